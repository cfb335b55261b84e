"""Redis is found and started, and never twice."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from redis import Redis

from genresite.management.commands import run_redis

ROOT = Path(__file__).resolve().parents[4]


def test_installed_server_wins_over_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_redis.shutil, "which", lambda name: f"/opt/{name}")
    assert run_redis.find_redis_server() == "/opt/redis-server"


def test_wheel_brings_a_server_where_none_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_redis.shutil, "which", lambda name: None)
    assert os.access(run_redis.find_redis_server(), os.X_OK)


@override_settings(REDIS_URL="redis://cache.example.org/0")
def test_somebody_elses_server_is_not_started() -> None:
    with pytest.raises(CommandError, match="names a server of yours"):
        call_command("run_redis")


@pytest.mark.services
def test_server_answers_on_its_socket_and_a_second_one_is_refused(tmp_path: Path) -> None:
    environment = {**os.environ, "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "genresite.settings"}
    command = [sys.executable, "manage.py", "run_redis"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            client = Redis(unix_socket_path=str(tmp_path / "redis.sock"))
            deadline = time.monotonic() + 30
            while not (tmp_path / "redis.sock").exists() and time.monotonic() < deadline:
                time.sleep(0.1)
            assert client.ping() is True
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert client.config_get("port") == {"port": "0"}
            second = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
            assert second.returncode == 1
            assert "answers on" in second.stderr
            client.close()
        finally:
            server.terminate()
