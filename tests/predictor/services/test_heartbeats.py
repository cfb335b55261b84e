"""Signs of life, and reports that stop a job. The thread itself is met in the journeys, with a real worker."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError
from django.utils import timezone

from predictor.models import Job
from predictor.services import heartbeats
from predictor.services.heartbeats import BEATS_BEFORE_LOST, JobStopped, Watch, keep_alive
from predictor.services.job_states import LOST_AFTER


@pytest.fixture
def running(db, monkeypatch) -> Job:
    # The thread closes its own connection; called here, it would close the test's.
    monkeypatch.setattr(heartbeats, "connection", SimpleNamespace(close=lambda: None))
    long_ago = timezone.now() - timedelta(minutes=5)
    return Job.objects.create(kind="training", model_kind="plot", state="running", attempt=1, heartbeat_at=long_ago)


class Stop:
    """Lets a number of beats pass."""

    def __init__(self, beats: int) -> None:
        self.left, self.pauses = beats, []

    def wait(self, pause: float) -> bool:
        self.pauses.append(pause)
        self.left -= 1
        return self.left < 0


def beat(job: Job, beats: int = 1) -> Watch:
    watch = Watch(job.pk, 1)
    heartbeats._beat(job.pk, 1, watch, Stop(beats), 5.0)
    job.refresh_from_db()
    return watch


def test_a_beat_is_a_sign_of_life(running):
    watch = beat(running)
    assert running.heartbeat_at > timezone.now() - timedelta(minutes=1) and not watch.lost.is_set()


def test_a_worker_that_was_given_up_notices_and_stops(running):
    Job.objects.update(attempt=2)
    watch = beat(running, beats=9)
    assert watch.lost.is_set()
    with pytest.raises(JobStopped):
        watch.report(1, 10, "reading")


def test_a_database_that_is_away_for_a_moment_is_asked_again(running, monkeypatch):
    class Away:
        asked = 0

        def filter(self, **_given):
            Away.asked += 1
            raise DatabaseError("not now")

    with monkeypatch.context() as patch:
        patch.setattr(heartbeats.Job, "objects", Away())
        watch = Watch(running.pk, 1)
        heartbeats._beat(running.pk, 1, watch, Stop(3), 5.0)
    assert Away.asked == 3 and not watch.lost.is_set()


def test_stages_are_told_and_a_cancelled_job_stops(running):
    watch = Watch(running.pk, 1)
    watch.report(1, 10, "reading films")
    watch.report(2, 10, "reading films")  # within the same second: not written
    running.refresh_from_db()
    assert (running.stage, running.done, running.total) == ("reading films", 1, 10)
    assert running.seconds_left is not None
    Job.objects.update(cancel_requested=True)
    with pytest.raises(JobStopped):
        watch.report(1, 5, "checking")


def test_the_thread_beats_often_enough_and_ends_with_the_work(monkeypatch):
    told = []
    monkeypatch.setattr(heartbeats, "_beat", lambda *given: told.append(given))
    with keep_alive(job_id=7, attempt=2):
        pass
    (job_id, attempt, _watch, stop, pause) = told[0]
    assert (job_id, attempt, stop.is_set()) == (7, 2, True)
    assert pause * BEATS_BEFORE_LOST == LOST_AFTER.total_seconds()
