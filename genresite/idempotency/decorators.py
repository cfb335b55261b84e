"""Idempotency-Key for an endpoint that creates something."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from genresite.errors import DomainError
from genresite.idempotency.keys import fingerprint, read_key
from genresite.idempotency.services import claim_key, free_key, keep_answer, mark_interrupted

# After these nothing has happened; after anything else nobody can say.
_REFUSALS = (DomainError, APIException, Http404, PermissionDenied)
Endpoint = TypeVar("Endpoint", bound=Callable[..., Response])


def idempotent(endpoint: Endpoint) -> Endpoint:
    """Let a method of an APIView that creates something honour `Idempotency-Key`.

    The same key and body give the first answer again, with the header `Idempotent-Replayed: true`; the same key with
    another body is 409. Only an answer of success is kept: a refusal had no effect, so the key stays free.

    Args:
        endpoint: A method such as `post` that returns a `Response`. This decorator goes innermost, below
            `extend_schema`.

    Returns:
        The same with the key; the API's description finds it by `is_idempotent`.
    """

    @wraps(endpoint)
    def answer_once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = read_key(request)
        if key is None:
            return endpoint(view, request, *args, **kwargs)
        user: Any = request.user
        first = claim_key(user=user, key=key, fingerprint=fingerprint(request))
        if first is not None:
            return Response(first.body, status=first.status, headers={"Idempotent-Replayed": "true"})
        try:
            response = endpoint(view, request, *args, **kwargs)
        except _REFUSALS:
            free_key(user=user, key=key)
            raise
        except BaseException:
            mark_interrupted(user=user, key=key)
            raise
        keep_answer(user=user, key=key, status=response.status_code, body=JSONRenderer().render(response.data))
        return response

    answer_once.is_idempotent = True  # type: ignore[attr-defined]  # a mark for the API's description
    return cast(Endpoint, answer_once)
