"""Signs of life, and reports that stop a job."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from predictor.models import Job
from predictor.services import heartbeats
from predictor.services.heartbeats import JobStopped, keep_alive


@pytest.fixture
def running(transactional_db, sam, monkeypatch) -> Job:
    monkeypatch.setattr(heartbeats, "LOST_AFTER", timedelta(seconds=0.3))
    long_ago = timezone.now() - timedelta(minutes=5)
    return Job.objects.create(kind="training", model_kind="plot", state="running", attempt=1, heartbeat_at=long_ago)


def wait_for(question, seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not question():
        time.sleep(0.02)
    return bool(question())


def beats(job: Job) -> bool:
    job.refresh_from_db()
    return job.heartbeat_at > timezone.now() - timedelta(minutes=1)


def test_a_thread_gives_signs_of_life_while_the_work_is_silent(running):
    with keep_alive(job_id=running.pk, attempt=1):
        assert wait_for(lambda: beats(running))


def test_a_worker_that_was_given_up_notices_and_stops(running):
    with keep_alive(job_id=running.pk, attempt=1) as watch:
        Job.objects.update(attempt=2)
        assert wait_for(watch.lost.is_set)
        with pytest.raises(JobStopped):
            watch.report(1, 10, "reading")


def test_stages_are_told_and_a_cancelled_job_stops(running):
    with keep_alive(job_id=running.pk, attempt=1) as watch:
        watch.report(1, 10, "reading films")
        watch.report(2, 10, "reading films")  # within the same second: not written
        running.refresh_from_db()
        assert (running.stage, running.done, running.total) == ("reading films", 1, 10)
        assert running.seconds_left is not None
        Job.objects.update(cancel_requested=True)
        with pytest.raises(JobStopped):
            watch.report(1, 5, "checking")
