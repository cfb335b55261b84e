"""A job is claimed once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from predictor.models import Job
from predictor.services.job_states import LOST_AFTER, Claim, claim_job, fail_job, finish_job, report_progress

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(rita) -> Job:
    return Job.objects.create(kind="catalogue", requested_by=rita)


def progress(job: Job, attempt: int, done: int = 1) -> bool:
    return report_progress(job_id=job.pk, attempt=attempt, done=done, total=9, outcome={"predicted": done})


def test_a_job_is_claimed_once(job):
    assert claim_job(job.pk) == (Claim.OURS, 1)
    assert claim_job(job.pk)[0] is Claim.BUSY


def test_a_job_of_a_lost_worker_is_taken_over_and_the_lost_worker_shut_out(job):
    claim_job(job.pk)
    Job.objects.update(heartbeat_at=timezone.now() - LOST_AFTER - timedelta(seconds=1))
    assert claim_job(job.pk) == (Claim.OURS, 2)
    assert progress(job, 2)
    assert not progress(job, 1, done=7)
    finish_job(job_id=job.pk, attempt=1)
    fail_job(job_id=job.pk, attempt=1, failure="late")
    job.refresh_from_db()
    assert (job.state, job.done) == ("running", 1)


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
def test_a_finished_job_is_not_claimed(job, state):
    Job.objects.update(state=state)
    assert claim_job(job.pk)[0] is Claim.OVER
    assert claim_job(987654)[0] is Claim.OVER


def test_progress_is_kept_and_told_to_stop(job):
    claim_job(job.pk)
    assert progress(job, 1, done=3)
    job.refresh_from_db()
    assert (job.done, job.total, job.outcome) == (3, 9, {"predicted": 3}) and job.heartbeat_at
    Job.objects.update(cancel_requested=True)
    assert not progress(job, 1, done=4)
    finish_job(job_id=job.pk, attempt=1)
    job.refresh_from_db()
    assert (job.state, job.done) == ("cancelled", 4)


def test_a_failure_is_kept_in_words(job):
    claim_job(job.pk)
    fail_job(job_id=job.pk, attempt=1, failure="x" * 600)
    job.refresh_from_db()
    assert job.state == "failed" and len(job.failure) == 500 and job.finished_at
