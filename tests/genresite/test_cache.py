"""The cache without its Redis."""

from pathlib import Path

import pytest

from genresite.cache import QUIET_SECONDS, ForgivingRedisCache


@pytest.fixture
def lost_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ForgivingRedisCache:
    monkeypatch.setattr(ForgivingRedisCache, "_quiet_until", 0.0)
    return ForgivingRedisCache(f"unix://{tmp_path}/nobody.sock?db=1", {})


def test_lost_cache_answers_not_there(lost_cache: ForgivingRedisCache, caplog: pytest.LogCaptureFixture) -> None:
    lost_cache.set("key", "value")
    assert lost_cache.get("key", "fallback") == "fallback"
    assert lost_cache.add("key", 1) is True
    assert lost_cache.incr("key", 3) == 3
    assert lost_cache.delete("key") is False
    assert "The cache is away" in caplog.text


def test_a_lost_cache_is_told_of_once_a_minute(
    lost_cache: ForgivingRedisCache, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr("genresite.cache.time.monotonic", lambda: now)
    for _ in range(3):
        lost_cache.get("key")
    assert caplog.text.count("The cache is away") == 1
    now += QUIET_SECONDS
    lost_cache.get("key")
    assert caplog.text.count("The cache is away") == 2
