"""The cache of the tests: in memory, with the counter of the site's own cache."""

import time

from django.core.cache.backends.locmem import LocMemCache


class CountingLocMemCache(LocMemCache):
    def count_hit(self, key: str, seconds: int) -> tuple[int, int]:
        self.add(f"{key}-ends", time.time() + seconds, seconds)
        self.add(key, 0, seconds)
        return self.incr(key), max(1, int(self.get(f"{key}-ends", 0) - time.time()))
