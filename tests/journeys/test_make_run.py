"""`make run` as its user meets it: everything starts, answers, takes a job, and stops at Ctrl-C."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 120
pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(shutil.which("make") is None, reason="there is no make on this machine"),
    pytest.mark.skipif(not (ROOT / ".venv/installed").exists(), reason="the environment was not made by `make setup`"),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError as error:
        return 0, str(error).encode()


def wait_until(question, seconds: float):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = question()
        if answer:
            return answer
        time.sleep(0.3)
    return None


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, subprocess.Popen, Path]]:
    """A whole site with a folder of its own, started as a user starts it."""
    folder = tmp_path_factory.mktemp("site")
    port = free_port()
    environment = {
        key: value for key, value in os.environ.items() if key not in {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "BIND"}
    }
    environment |= {"VAR_DIR": str(folder), "PORT": str(port), "WEB_WORKERS": "1"}
    log = (folder / "run.log").open("wb")
    process = subprocess.Popen(
        ["make", "run"], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
    )
    url = f"http://127.0.0.1:{port}"
    try:
        healthy = wait_until(lambda: get(f"{url}/health/")[0] == 200 or process.poll() is not None, START_SECONDS)
        assert healthy, f"{get(f'{url}/health/')}\n{(folder / 'run.log').read_text()}"
        assert process.poll() is None, (folder / "run.log").read_text()
        yield url, process, folder
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        log.close()


def test_every_part_is_up(site) -> None:
    url, _process, _folder = site
    status, body = get(f"{url}/health/")
    assert status == 200
    assert json.loads(body)["healthy"] is True


def test_pages_and_hashed_static_files_are_served(site) -> None:
    url, _process, folder = site
    status, page = get(f"{url}/")
    assert status == 200
    assert b"GenreSite" in page
    manifest = json.loads((folder / "static/staticfiles.json").read_text())
    hashed = next(name for name in manifest["paths"].values() if name.startswith("css/"))
    assert get(f"{url}/static/{hashed}")[0] == 200


def test_address_is_printed(site) -> None:
    url, _process, folder = site
    assert f"{url}/" in (folder / "run.log").read_text()


def test_shell_predicts_with_the_same_models(site) -> None:
    _url, _process, folder = site
    plot = "A sheriff and an outlaw duel at noon in a dusty frontier town."
    answer = subprocess.run(
        [sys.executable, "manage.py", "predict", "--plot", plot],
        cwd=ROOT, env={**os.environ, "VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "genresite.settings"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert "Western" in answer.stdout


def test_killed_worker_and_killed_redis_come_back(site) -> None:
    url, _process, folder = site
    redis = Redis(unix_socket_path=str(folder / "redis.sock"))
    first = redis.info("server")["process_id"]
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: get(f"{url}/health/")[0] == 503, 30), "the loss of Redis is not told"
    assert get(f"{url}/")[0] == 200
    assert wait_until(lambda: get(f"{url}/health/")[0] == 200, 60), get(f"{url}/health/")
    assert redis.info("server")["process_id"] != first
    redis.close()


def test_ctrl_c_stops_all_of_it(site) -> None:
    url, process, folder = site
    os.killpg(process.pid, signal.SIGINT)
    assert wait_until(lambda: process.poll() is not None, 60) is not None
    assert get(f"{url}/health/")[0] == 0
    left = subprocess.run(["pgrep", "-f", str(folder)], capture_output=True, text=True, check=False).stdout.split()
    assert left == []
