"""Asking for a job and calling it off."""

from datetime import timedelta

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from genresite.errors import Conflict, Forbidden, Unavailable
from predictor import tasks
from predictor.models import Job, Prediction
from predictor.services.jobs import cancel_job, request_catalogue_job
from tests.factories import make_movie
from tests.predictor.fakes import SCARY


@pytest.fixture
def queued(monkeypatch) -> list[int]:
    """A queue that only notes what was put into it."""
    numbers: list[int] = []
    monkeypatch.setattr(tasks.run_catalogue, "delay_on_commit", numbers.append)
    return numbers


def test_a_reviewer_asks_for_a_catalogue_job(rita, fake_models, queued):
    make_movie(plot=SCARY)
    job = request_catalogue_job(requested_by=rita)
    assert (job.kind, job.state, job.total, job.requested_by) == ("catalogue", "queued", 1, rita)
    assert queued == [job.pk]


def test_the_task_runs_after_the_commit(rita, fake_models, django_capture_on_commit_callbacks):
    make_movie(plot=SCARY)
    with django_capture_on_commit_callbacks(execute=True):
        job = request_catalogue_job(requested_by=rita)
    job.refresh_from_db()
    assert (job.state, job.done) == ("succeeded", 1) and Prediction.objects.get().origin == "job"


def test_a_second_request_conflicts(rita, fake_models, queued):
    make_movie(plot=SCARY)
    request_catalogue_job(requested_by=rita)
    with pytest.raises(Conflict, match="waits or runs already"):
        request_catalogue_job(requested_by=rita)
    assert len(queued) == 1


def test_nothing_to_do_is_told(rita, fake_models, queued):
    make_movie()
    with pytest.raises(Conflict, match="No film in the catalogue waits"):
        request_catalogue_job(requested_by=rita)
    assert not Job.objects.exists()


def test_only_reviewers_ask(ann, fake_models, queued):
    with pytest.raises(Forbidden):
        request_catalogue_job(requested_by=ann)


def test_a_queue_that_is_away_answers_in_words_and_the_job_is_not_stuck(rita, fake_models, monkeypatch):
    def fail(job_id):
        raise OperationalError("Error 2 connecting to unix:///nowhere")

    monkeypatch.setattr(tasks.run_catalogue, "delay_on_commit", fail)
    make_movie(plot=SCARY)
    with pytest.raises(Unavailable, match="queue cannot be reached"):
        request_catalogue_job(requested_by=rita)
    job = Job.objects.get()
    assert job.state == "failed" and "queue cannot be reached" in job.failure and job.finished_at


def test_cancelling_a_waiting_job_ends_it_at_once(rita, fake_models, queued):
    make_movie(plot=SCARY)
    job = cancel_job(job=request_catalogue_job(requested_by=rita), person=rita)
    assert job.state == "cancelled" and job.finished_at
    assert cancel_job(job=job, person=rita).state == "cancelled"


def test_cancelling_a_running_job_asks_its_worker(rita, db):
    job = Job.objects.create(kind="catalogue", requested_by=rita, state="running", heartbeat_at=timezone.now())
    job = cancel_job(job=job, person=rita)
    assert job.state == "running" and job.cancel_requested


def test_cancelling_a_lost_job_ends_it(rita, db):
    silent = timezone.now() - timedelta(minutes=10)
    job = Job.objects.create(kind="catalogue", requested_by=rita, state="running", heartbeat_at=silent)
    assert cancel_job(job=job, person=rita).state == "cancelled"


def test_a_job_that_is_done_stays_done(rita, db):
    job = Job.objects.create(kind="catalogue", requested_by=rita, state="succeeded")
    assert cancel_job(job=job, person=rita).state == "succeeded"


def test_a_stranger_cancels_nothing(ann, rita, sam, db):
    job = Job.objects.create(kind="catalogue", requested_by=rita)
    with pytest.raises(Forbidden):
        cancel_job(job=job, person=ann)
    assert cancel_job(job=job, person=sam).state == "cancelled"
