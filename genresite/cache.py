"""Django's Redis cache, made to survive a Redis that is away.

The cache holds rate-limit counters and nothing that cannot be computed again, so a lost cache must not take sign-in
or the pages down with it. Limits are not enforced while Redis is away; the log says so.
"""

import logging
import time
from collections.abc import Callable
from typing import Any, ClassVar, Final

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

logger = logging.getLogger(__name__)

QUIET_SECONDS: Final = 60.0
"""A process that has told of a lost Redis says nothing more of it for so long: a page may ask dozens of times."""

# In one step, so that no two requests get the same count and no counter is left without an end.
_COUNT_HIT = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('TTL', KEYS[1])}
"""


class ForgivingRedisCache(RedisCache):
    """A cache that answers "not there" while Redis cannot be reached."""

    _quiet_until: ClassVar[float] = 0.0

    def _forgive(self, call: Callable[[], Any], default: Any) -> Any:
        try:
            return call()
        except (RedisConnectionError, RedisTimeoutError) as exc:
            if time.monotonic() >= ForgivingRedisCache._quiet_until:
                ForgivingRedisCache._quiet_until = time.monotonic() + QUIET_SECONDS
                logger.warning("The cache is away, going on without it: %s", exc)
            return default

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Read a value, or `default` if it is missing or Redis is away."""
        return self._forgive(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        """Keep a value if Redis is there."""
        self._forgive(lambda: super(ForgivingRedisCache, self).set(key, value, *args, **kwargs), None)

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        """Keep a value unless the key exists; True as well while Redis is away."""
        return bool(self._forgive(lambda: super(ForgivingRedisCache, self).add(key, value, *args, **kwargs), True))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget a value."""
        return bool(self._forgive(lambda: super(ForgivingRedisCache, self).delete(key, version), False))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Count up atomically; `delta` itself while Redis is away."""
        return int(self._forgive(lambda: super(ForgivingRedisCache, self).incr(key, delta, version), delta))

    def count_hit(self, key: str, seconds: int) -> tuple[int, int]:
        """Count one more in a window that the first one opens.

        Args:
            key: What is counted.
            seconds: How long the window is.

        Returns:
            The count with this one, and the seconds until the window ends; (0, 0) while Redis is away.
        """
        full_key = self.make_and_validate_key(key)

        def count() -> tuple[int, int]:
            client = self._cache.get_client(full_key, write=True)
            hits, seconds_left = client.eval(_COUNT_HIT, 1, full_key, seconds)
            return int(hits), int(seconds_left)

        counted: tuple[int, int] = self._forgive(count, (0, 0))
        return counted
