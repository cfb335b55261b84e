"""Whose programs are told that a batch is over, however it ends: once each."""

import pytest

from genresite.hooks.models import Delivery
from predictor.models import Job
from predictor.services import batch_plans, batch_runs
from predictor.services.batch_endings import announce_end, fail_batch
from predictor.services.batch_requests import cancel_batch, delete_batch
from predictor.services.jobs import cancel_job
from tests.genresite.hooks.makers import make_webhook
from tests.predictor.batch_maker import give_in


@pytest.fixture
def batch(ann, ben, fake_models):
    make_webhook(ann)
    make_webhook(ben)
    return give_in(ann)


def told() -> list[tuple[str, str]]:
    return [(row.webhook.owner.username, row.payload["state"]) for row in Delivery.objects.select_related("webhook")]


def test_done(batch):
    batch_plans.read_batch(job_id=batch.job_id)
    batch_runs.work_batch(job_id=batch.job_id, worker="w")
    batch_runs.work_batch(job_id=batch.job_id, worker="w")
    assert told() == [("ann", "succeeded")]
    assert Delivery.objects.get().payload == {"batch": batch.pk, "state": "succeeded", "rows": 4, "failed_rows": 1}


@pytest.mark.parametrize("state", ["queued", "running"])
def test_cancelled_while_it_waits_and_while_it_runs(batch, ann, state):
    Job.objects.filter(pk=batch.job_id).update(state=state)
    cancel_batch(batch=batch, person=ann)
    cancel_batch(batch=batch, person=ann)
    assert told() == [("ann", "cancelled")]


def test_cancelled_by_a_reviewer_it_is_still_the_owners(batch, rita):
    cancel_batch(batch=batch, person=rita)
    assert told() == [("ann", "cancelled")]


def test_thrown_away_before_it_was_done(batch, ann):
    delete_batch(batch=batch, person=ann)
    assert told() == [("ann", "cancelled")]


def test_a_file_that_turns_out_to_be_too_long(batch, settings):
    settings.BATCH_MAX_ROWS = 1
    batch_plans.read_batch(job_id=batch.job_id)
    batch.job.refresh_from_db()
    assert batch.job.state == "failed" and "more than" in batch.job.failure
    assert told() == [("ann", "failed")]


def test_a_fault_of_ours(batch, monkeypatch):
    monkeypatch.setattr(batch_plans._Plan, "make", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        batch_plans.read_batch(job_id=batch.job_id)
    assert told() == [("ann", "failed")]


def test_what_is_over_is_not_told_again(batch, ann):
    fail_batch(job_id=batch.job_id, attempt=0, failure="The disk is full.")
    fail_batch(job_id=batch.job_id, attempt=0, failure="The disk is full.")
    cancel_batch(batch=batch, person=ann)
    assert told() == [("ann", "failed")]


def test_other_jobs_are_told_of_to_nobody(ann, db):
    make_webhook(ann)
    job = Job.objects.create(kind=Job.Kind.CATALOGUE, requested_by=ann)
    assert cancel_job(job=job, person=ann).state == "cancelled"
    announce_end(job_id=job.pk)
    assert told() == []
