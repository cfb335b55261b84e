"""The cache without its Redis."""

from pathlib import Path

import pytest

from genresite.cache import ForgivingRedisCache


@pytest.fixture
def lost_cache(tmp_path: Path) -> ForgivingRedisCache:
    return ForgivingRedisCache(f"unix://{tmp_path}/nobody.sock?db=1", {})


def test_lost_cache_answers_not_there(lost_cache: ForgivingRedisCache, caplog: pytest.LogCaptureFixture) -> None:
    lost_cache.set("key", "value")
    assert lost_cache.get("key", "fallback") == "fallback"
    assert lost_cache.add("key", 1) is True
    assert lost_cache.incr("key", 3) == 3
    assert lost_cache.delete("key") is False
    assert "The cache is away" in caplog.text
