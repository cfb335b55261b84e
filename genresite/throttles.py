"""How often the API may be called. Apart from `genresite.api`, because DRF's views import what this module holds.

DRF's own throttles read a list, add to it and write it back: two requests at once count as one. Here Redis counts, in
one step. The limit is no limit while Redis is away; the cache's log says so.
"""

from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from genresite.errors import TooMany


class CountingThrottle(SimpleRateThrottle):
    """So many requests in a window that starts with the first of them."""

    seconds_left = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count this request; True while the count is within the limit."""
        key = self.get_cache_key(request, view)
        most, seconds = self.parse_rate(self.get_rate())
        if key is None or most is None:
            return True
        count, self.seconds_left = cache.count_hit(key, seconds)  # type: ignore[attr-defined]
        return bool(count <= most)

    def wait(self) -> float:
        """Seconds until the window ends: the answer's `Retry-After`."""
        return max(1, self.seconds_left)


class UserThrottle(CountingThrottle):
    """So many requests per person, by whatever token; the rate is the setting `API_RATE`."""

    scope = "user"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """One counter a person. Strangers get the docs only, which cost nothing."""
        return f"api-user-{request.user.pk}" if request.user.is_authenticated else None


class TokenThrottle(CountingThrottle):
    """So many requests per token, so that one program cannot use up what all have; the setting `API_TOKEN_RATE`."""

    scope = "token"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """One counter a token, by its digest; none for a browser's session."""
        return None if request.auth is None else f"api-token-{request.auth.pk[:32]}"


def limit_attempts(*, name: str, most: int, seconds: int) -> None:
    """Refuse what is tried too often, such as guessing a password.

    Args:
        name: What is counted, for whom.
        most: So many attempts are allowed
        seconds: in a window of so many seconds.

    Raises:
        TooMany: There were more.
    """
    count, seconds_left = cache.count_hit(f"attempts-{name}", seconds)  # type: ignore[attr-defined]
    if count > most:
        message = _("Too many attempts: at most %(most)d in %(minutes)d minutes. Please try again later.")
        raise TooMany(message % {"most": most, "minutes": seconds // 60}, retry_after_seconds=max(1, seconds_left))
