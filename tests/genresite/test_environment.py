"""The secret key and the Redis addresses."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from genresite.environment import MAX_SOCKET_PATH_BYTES, default_redis_url, load_or_create_secret_key, redis_urls


def test_secret_key_is_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret-key"
    first = load_or_create_secret_key(path)
    assert len(first) >= 50
    assert load_or_create_secret_key(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret-key"]


def test_processes_starting_together_agree_on_the_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: load_or_create_secret_key(tmp_path / "key"), range(32)))
    assert len(keys) == 1


def test_socket_address_is_split_for_cache_and_broker() -> None:
    cache, broker = redis_urls("unix:///srv/site/redis.sock")
    assert cache == "unix:///srv/site/redis.sock?db=1"
    assert broker == "redis+socket:///srv/site/redis.sock?virtual_host=0"


def test_server_address_is_used_as_it_is() -> None:
    assert redis_urls("redis://cache.example.org:6379/3") == ("redis://cache.example.org:6379/3",) * 2


def test_socket_stays_under_var_where_the_path_fits(tmp_path: Path) -> None:
    assert default_redis_url(tmp_path) == f"unix://{tmp_path}/redis.sock"


def test_socket_of_a_deep_folder_moves_to_a_short_path(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 120)
    url = default_redis_url(deep)
    assert len(url.removeprefix("unix://").encode()) <= MAX_SOCKET_PATH_BYTES
    assert url == default_redis_url(deep)
    assert url != default_redis_url(tmp_path / ("b" * 120))
