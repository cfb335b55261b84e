"""Signs of life of a worker, given by a thread of its own, so that a long step without a report is no silence."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import DatabaseError, connection
from django.utils import timezone

from predictor.models import Job
from predictor.services.job_states import LOST_AFTER, report_stage

BEATS_BEFORE_LOST = 6
# A report is a write to the database: often enough for a page that looks every few seconds.
REPORT_SECONDS = 1.0


class JobStopped(Exception):
    """The work is to end here: somebody cancelled the job, or another worker has it by now."""


class Watch:
    """Reports the stages of a job and notices when it is to stop."""

    def __init__(self, job_id: int, attempt: int) -> None:
        self._job_id, self._attempt = job_id, attempt
        self._stage, self._reported = "", 0.0
        self._started: datetime = timezone.now()
        self.lost = threading.Event()

    def report(self, done: int, total: int, stage: str) -> None:
        """Say how far a stage is; told every step, it writes once a second.

        Args:
            done: Steps done.
            total: Steps in all.
            stage: What it is; its first word names the stage, the rest may change with every step.

        Raises:
            JobStopped: The job was cancelled, or is another worker's by now.
        """
        if self.lost.is_set():
            raise JobStopped
        name = stage.split(" ", 1)[0]
        if name != self._stage:
            self._stage, self._started, self._reported = name, timezone.now(), 0.0
        if time.monotonic() - self._reported < REPORT_SECONDS:
            return
        self._reported = time.monotonic()
        self.enter(stage, done, total)

    def enter(self, stage: str, done: int = 0, total: int = 0) -> None:
        """Say at once what is being done now.

        Raises:
            JobStopped: As `report`.
        """
        going_on = report_stage(
            job_id=self._job_id,
            attempt=self._attempt,
            done=done,
            total=total,
            stage=stage[:80],
            stage_started_at=self._started,
        )
        if not going_on:
            raise JobStopped


@contextmanager
def keep_alive(*, job_id: int, attempt: int) -> Iterator[Watch]:
    """Write a job's heartbeat from a thread while the work inside goes on.

    Args:
        job_id: The job's number.
        attempt: The claim under which the worker runs.

    Yields:
        A watch that reports stages.
    """
    watch, stop = Watch(job_id, attempt), threading.Event()
    pause = LOST_AFTER.total_seconds() / BEATS_BEFORE_LOST
    thread = threading.Thread(
        target=_beat, args=(job_id, attempt, watch, stop, pause), name=f"heartbeat-{job_id}", daemon=True
    )
    thread.start()
    try:
        yield watch
    finally:
        stop.set()
        thread.join(timeout=pause)


def _beat(job_id: int, attempt: int, watch: Watch, stop: threading.Event, pause: float) -> None:
    """Write until told to stop, or until the job is another's; a database that is away for a moment is asked again."""
    try:
        while not stop.wait(pause):
            try:
                ours = Job.objects.filter(pk=job_id, attempt=attempt, state=Job.State.RUNNING)
                if not ours.update(heartbeat_at=timezone.now()):
                    watch.lost.set()
                    return
            except DatabaseError:
                connection.close()
    finally:
        connection.close()
