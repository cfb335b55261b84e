"""A batch outlives its workers and its queue: real processes, killed without a word."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

ROOT = Path(__file__).resolve().parent.parent.parent
ROWS = 5_000
DONE_SECONDS = 240
PLOT = "A ghost walks through house number {number}, and every night it comes closer. " * 12
pytestmark = pytest.mark.services

SET_UP = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("load_genres", verbosity=0)
call_command("register_models", verbosity=0)
from genresite.accounts.models import User
User.objects.create_user("ann", "ann@example.org", "correct horse battery")
"""
GIVE_IN = """
import sys
import django
django.setup()
from pathlib import Path
from django.core.files.uploadedfile import SimpleUploadedFile
from genresite.accounts.models import User
from predictor.services.batch_requests import request_batch
data = Path(sys.argv[1]).read_bytes()
# The light model: what is proven here does not depend on which one answers.
upload = SimpleUploadedFile("films.csv", data)
request_batch(owner=User.objects.get(), upload=upload, version="plot-lstm-glove-1")
"""


class Site:
    """Redis, two workers and the clock, each a process group of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {
            key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
        }
        self.environment = {
            **kept, "VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "genresite.settings", "JOB_LOST_SECONDS": "8",
        }  # fmt: skip
        self.processes: list[subprocess.Popen] = []

    def start(self, *words: str) -> subprocess.Popen:
        with (self.folder / "processes.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *words], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.processes.append(process)
        return process

    def start_redis(self) -> subprocess.Popen:
        process = self.start("manage.py", "run_redis")
        assert wait_until(self.redis_answers, 30), self.log()
        return process

    def redis_answers(self) -> bool:
        try:
            with Redis(unix_socket_path=str(self.folder / "redis.sock")) as client:
                return bool(client.ping())
        except RedisError:
            return False

    def start_worker(self, name: str) -> subprocess.Popen:
        options = ["--queues", "inference,chores", "--concurrency", "1", "--hostname", f"{name}@%h"]
        return self.start("-m", "celery", "--app", "genresite", "--quiet", "worker", *options, "--loglevel", "INFO")

    def run(self, code: str, *words: str) -> None:
        command = [sys.executable, "-c", code, *words]
        answer = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr

    def ask(self, query: str) -> list[tuple]:
        with closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=20)) as connection:
            return connection.execute(query).fetchall()

    def done(self) -> int:
        return self.ask("SELECT done FROM predictor_job")[0][0]

    def state(self) -> str:
        return self.ask("SELECT state FROM predictor_job")[0][0]

    def log(self) -> str:
        return (self.folder / "processes.log").read_text()[-6000:]


def wait_until(question: Callable[[], object], seconds: float) -> object:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = question()
        if answer:
            return answer
        time.sleep(0.05)
    return None


def kill(process: subprocess.Popen) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    running = Site(tmp_path)
    running.run(SET_UP)
    (tmp_path / "films.csv").write_text(
        "id,plot\n" + "".join(f'{number},"{PLOT.format(number=number)}"\n' for number in range(1, ROWS + 1))
    )
    try:
        yield running
    finally:
        for process in running.processes:
            if process.poll() is None:
                kill(process)


def check_result(site: Site) -> None:
    """Complete and without doubles."""
    assert wait_until(lambda: site.state() == "succeeded", DONE_SECONDS), f"{site.state()} {site.done()}\n{site.log()}"
    rows = site.ask("SELECT line, film_id, error_code FROM predictor_batchrow ORDER BY line")
    assert [line for line, _id, _code in rows] == list(range(2, ROWS + 2))
    assert [json.loads(film_id) for _line, film_id, _code in rows] == [str(number) for number in range(1, ROWS + 1)]
    assert {code for _line, _id, code in rows} == {""}
    assert site.done() == ROWS


def test_a_worker_killed_during_a_batch_leaves_no_gap_and_no_double(site) -> None:
    site.start_redis()
    first, _second = site.start_worker("first"), site.start_worker("second")
    site.run(GIVE_IN, str(site.folder / "films.csv"))
    both = "SELECT count(*) FROM predictor_batchchunk WHERE state = 'running'"
    assert wait_until(lambda: site.ask(both)[0][0] == 2 and site.done() < ROWS, DONE_SECONDS), site.log()
    kill(first)
    assert site.state() == "running"
    check_result(site)
    assert site.ask("SELECT max(attempt) FROM predictor_batchchunk")[0][0] <= 2


def test_a_queue_restarted_during_a_batch_leaves_no_gap_and_no_double(site) -> None:
    redis = site.start_redis()
    site.start_worker("first"), site.start_worker("second")
    site.start("-m", "celery", "--app", "genresite", "--quiet", "beat", "--loglevel", "WARNING")
    site.run(GIVE_IN, str(site.folder / "films.csv"))
    assert wait_until(lambda: 0 < site.done() < ROWS, DONE_SECONDS), site.log()
    kill(redis)
    time.sleep(1)
    site.start_redis()
    check_result(site)
