"""No job is stuck: what lost its worker, or its message, is taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from predictor import tasks
from predictor.models import Job
from predictor.services.job_states import LOST_AFTER, claim_job
from predictor.services.jobs import reap_jobs
from predictor.services.reaping import MAX_ATTEMPTS, RESEND_AFTER, take_back_lost


def make_job(**facts) -> Job:
    silent = timezone.now() - LOST_AFTER - timedelta(seconds=1)
    facts = {
        "kind": "training",
        "model_kind": "plot",
        "state": "running",
        "attempt": 1,
        "heartbeat_at": silent,
        **facts,
    }
    return Job.objects.create(**facts)


def test_a_worker_is_given_up_well_within_a_minute():
    assert timedelta(seconds=40) >= LOST_AFTER


def test_a_job_whose_worker_is_silent_waits_again_and_can_be_claimed(db):
    job = make_job()
    assert take_back_lost() == [job]
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("queued", 1)
    assert take_back_lost() == []
    assert claim_job(job.pk)[1] == 2


def test_a_job_with_signs_of_life_is_left_alone(db):
    make_job(heartbeat_at=timezone.now())
    assert take_back_lost() == []


def test_a_job_that_takes_every_worker_with_it_fails_in_words(db):
    job = make_job(attempt=MAX_ATTEMPTS)
    assert take_back_lost() == []
    job.refresh_from_db()
    assert job.state == "failed" and "ran out of memory" in job.failure and job.finished_at


def test_a_lost_job_that_was_to_be_cancelled_is_cancelled(db):
    job = make_job(cancel_requested=True)
    assert take_back_lost() == []
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_job_that_the_queue_forgot_is_sent_again_once(db):
    job = make_job(state="queued", heartbeat_at=None, queued_at=timezone.now() - RESEND_AFTER - timedelta(seconds=1))
    assert take_back_lost() == [job] and take_back_lost() == []


def test_looking_at_the_jobs_sends_them(db, monkeypatch):
    job, sent = make_job(), []
    monkeypatch.setattr(tasks.train, "delay_on_commit", sent.append)
    assert reap_jobs() == [job] and sent == [job.pk]


def test_a_queue_that_is_away_does_no_harm(db, monkeypatch):
    def fail(_job_id):
        raise OperationalError("nobody there")

    job = make_job()
    monkeypatch.setattr(tasks.train, "delay_on_commit", fail)
    assert reap_jobs() == [job]
    job.refresh_from_db()
    assert job.state == "queued"


@pytest.mark.parametrize("task", ["reap_jobs", "train_on_schedule", "train_on_new_labels"])
def test_chores_send_what_they_open(db, monkeypatch, task):
    job, sent = make_job(state="queued"), []
    monkeypatch.setattr(tasks.train, "delay", sent.append)
    for service in ("take_back_lost",):
        monkeypatch.setattr(tasks.reaping, service, lambda: [job])
    for service in ("open_scheduled_trainings", "open_due_trainings"):
        monkeypatch.setattr(tasks.training_requests, service, lambda: [job])
    getattr(tasks, task).run()
    assert sent == [job.pk]
