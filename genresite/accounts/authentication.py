"""API tokens at the door: knox, plus the day of last use."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from knox.auth import TokenAuthentication
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from genresite.accounts.models import ApiToken, User
from genresite.errors import Forbidden

# Writing the row at every request would make reads cost a write; a minute is exact enough for a person.
LAST_USE_RESOLUTION = timedelta(minutes=1)


class ApiTokenAuthentication(TokenAuthentication):
    """Knox's check of `Authorization: Token …`, noting when the token was last used.

    That a read-only token changes nothing is held here at the door, where no endpoint can forget it.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Find who sends the request, and refuse what their token may not do.

        Raises:
            Forbidden: `read_only_token`: the token reads only, and the request would change something.
            exceptions.AuthenticationFailed: The token is wrong.
        """
        found: tuple[User, ApiToken] | None = super().authenticate(request)
        if found is not None and found[1].read_only and request.method not in SAFE_METHODS:
            message = _("This token reads only; a %(method)s needs one that may write.") % {"method": request.method}
            raise Forbidden(message, code="read_only_token")
        return found

    def authenticate_credentials(self, token: bytes) -> tuple[Any, ApiToken]:
        """Find the person of a token.

        Raises:
            exceptions.AuthenticationFailed: The token is unknown, expired, or not even text.
        """
        try:
            token.decode("ascii")
        except UnicodeDecodeError as exc:
            raise exceptions.AuthenticationFailed("The token has characters that no token of this site has.") from exc
        user, api_token = super().authenticate_credentials(token)
        now = timezone.now()
        if api_token.last_used_at is None or now - api_token.last_used_at > LAST_USE_RESOLUTION:
            ApiToken.objects.filter(pk=api_token.pk).update(last_used_at=now)
        return user, api_token
