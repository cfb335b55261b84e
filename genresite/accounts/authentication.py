"""API tokens at the door: knox, plus the day of last use."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from knox.auth import TokenAuthentication
from rest_framework import exceptions

from genresite.accounts.models import ApiToken

# Writing the row at every request would make reads cost a write; a minute is exact enough for a person.
LAST_USE_RESOLUTION = timedelta(minutes=1)


class ApiTokenAuthentication(TokenAuthentication):
    """Knox's check of `Authorization: Token …`, noting when the token was last used."""

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
