"""What every endpoint shares: the signed-in request, and the check of what was sent."""

from typing import Any

from rest_framework.request import Request

from genresite.accounts.models import User


class SignedInRequest(Request):
    """A request as the permission check leaves it: it has a person."""

    user: User


def check_body(serializer_class: Any, request: SignedInRequest) -> dict[str, Any]:
    """What was sent, checked; a breach of a rule becomes a 400 that names the field."""
    serializer = serializer_class(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
