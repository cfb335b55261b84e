"""What every API endpoint shares: the error body and paging."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from genresite.errors import DomainError, TooMany


class NewestFirstPagination(CursorPagination):
    """Pages of a list that grows at its front: stable while rows arrive."""

    ordering: str | tuple[str, ...] = "-id"
    page_size_query_param = "page_size"
    max_page_size = 200

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """One page; a cursor that somebody wrote by hand is no page.

        DRF checks a cursor's form only: "eleven" in the place of a number reaches the database.
        """
        try:
            page: list[Any] | None = super().paginate_queryset(queryset, request, view)
        except (ValueError, ValidationError, DataError) as exc:
            raise exceptions.NotFound(self.invalid_cursor_message) from exc
        return page


def answer_unchanged(request: Request, etag: str) -> HttpResponseBase | None:
    """What to answer where the caller has the present state already, before any work is done for it.

    Args:
        request: May say `If-None-Match`.
        etag: The present state's, with its quotes.

    Returns:
        304, or None where the whole answer is to be sent.
    """
    return get_conditional_response(request._request, etag=etag)


class SmallListPagination(PageNumberPagination):
    """Pages of a list that hardly grows (genres, models)."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 200


def _first_problem(detail: Any, path: str = "") -> tuple[str, str]:
    """The first field path and sentence in DRF's nested validation detail."""
    if isinstance(detail, dict):
        key, value = next(iter(detail.items()))
        return _first_problem(value, f"{path}.{key}" if path else str(key))
    if isinstance(detail, list):
        return _first_problem(detail[0], path) if detail else (path, "Invalid.")
    return path, str(detail)


def _as_error_body(exc: exceptions.APIException) -> dict[str, Any]:
    """The site's error body for an exception that DRF raised itself."""
    if isinstance(exc, exceptions.ValidationError):
        field, sentence = _first_problem(exc.detail)
        named = "" if field in ("", "non_field_errors") else f"{field}: "
        return {
            "error": {
                "code": "invalid",
                "message": f"{named}{sentence}",
                "details": {"field": field, "fields": exc.detail},
            }
        }
    field, sentence = _first_problem(exc.detail)
    details = {"retry_after_seconds": getattr(exc, "wait", None)} if isinstance(exc, exceptions.Throttled) else {}
    return {"error": {"code": exc.default_code, "message": sentence, "details": details}}


def handle_exception(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception hook: every refusal leaves in the one error body.

    Args:
        exc: What the endpoint raised.
        context: DRF's view context.

    Returns:
        The answer, or None for an unknown exception, which stays a 500.
    """
    if "request" in context:
        # A refusal is JSON even where the endpoint answers with a picture or a file: their renderers write no bodies.
        context["request"].accepted_renderer = JSONRenderer()
        context["request"].accepted_media_type = JSONRenderer.media_type
    if isinstance(exc, DomainError):
        headers = {"Retry-After": str(exc.retry_after_seconds)} if isinstance(exc, TooMany) else None
        return Response(exc.as_dict(), status=exc.status, headers=headers)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    response = exception_handler(exc, context)
    if response is not None and isinstance(exc, exceptions.APIException):
        response.data = _as_error_body(exc)
    return response
