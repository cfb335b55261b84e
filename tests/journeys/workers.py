"""A real Redis and real Celery workers beside the test's own database."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
LOST_SECONDS = 4


def wait_until(question: Callable[[], Any], seconds: float) -> Any:
    """Ask until the answer is true; None if it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = question()
        if answer:
            return answer
        time.sleep(0.3)
    return None


class Services:
    """Processes of one test; all of them end with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "genresite.settings",
            "VAR_DIR": str(settings.VAR_DIR),
            "MODELS_DIR": str(settings.MODELS_DIR),
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
            "JOB_LOST_SECONDS": str(LOST_SECONDS),
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        self.log = (folder / "services.log").open("wb")
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str, **environment: str) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env={**self.environment, **environment},
            stdout=self.log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.running.append(process)
        return process

    def start_redis(self) -> None:
        from redis import Redis
        from redis.exceptions import RedisError

        self.start("manage.py", "run_redis")

        def answers() -> bool:
            try:
                with Redis(unix_socket_path=settings.REDIS_URL.removeprefix("unix://")) as client:
                    return bool(client.ping())
            except (RedisError, OSError):
                return False

        assert wait_until(answers, 60), self.read_log()

    def start_worker(self, *, stall_at: str = "") -> "subprocess.Popen[bytes]":
        """A training worker; one that stalls touches the file `self.mark` where it does."""
        self.mark.unlink(missing_ok=True)
        return self.start("-m", "tests.journeys.stalling_worker", STALL_AT=stall_at, STALL_MARK=str(self.mark))

    @property
    def mark(self) -> Path:
        return self.folder / "stalled"

    def kill_when_stalled(self, worker: "subprocess.Popen[bytes]") -> None:
        assert wait_until(lambda: self.mark.exists() or worker.poll() is not None, 120), self.read_log()
        assert worker.poll() is None, self.read_log()
        worker.kill()
        worker.wait()

    def read_log(self) -> str:
        self.log.flush()
        return (self.folder / "services.log").read_text(errors="replace")[-4000:]

    def stop(self) -> None:
        for process in reversed(self.running):
            if process.poll() is None:
                process.kill()
            process.wait()
        self.log.close()
