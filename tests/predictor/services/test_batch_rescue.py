"""Batches that the queue has forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from predictor import tasks
from predictor.models import BatchRow, Job
from predictor.services import batch_plans, batch_runs
from predictor.services.batch_rescue import take_back_silent
from tests.predictor.batch_maker import give_in, make_csv

LONG_AGO = timedelta(minutes=10)


@pytest.mark.parametrize(
    ("change", "taken"),
    [
        ({}, False),
        ({"queued_at": LONG_AGO}, True),
        ({"queued_at": None}, True),
        ({"queued_at": None, "state": "cancelled"}, False),
        ({"queued_at": LONG_AGO, "cancel_requested": True}, False),
        ({"queued_at": LONG_AGO, "state": "succeeded"}, False),
        ({"queued_at": LONG_AGO, "state": "running", "heartbeat_at": timedelta()}, False),
        ({"queued_at": LONG_AGO, "state": "running", "heartbeat_at": LONG_AGO}, True),
        ({"queued_at": timedelta(), "state": "running", "heartbeat_at": LONG_AGO}, False),
        ({"queued_at": LONG_AGO, "kind": "training"}, False),
    ],
)
def test_who_is_looked_after(ann, change, taken):
    job = give_in(ann).job
    now = timezone.now()
    values = {name: now - value if isinstance(value, timedelta) else value for name, value in change.items()}
    Job.objects.filter(pk=job.pk).update(**values)
    assert take_back_silent() == ([(job.pk, "batch")] if taken else [])
    assert take_back_silent() == [], "the same batch was handed out twice at once"


def test_a_batch_left_by_its_worker_is_finished(ann, fake_models, monkeypatch):
    monkeypatch.setattr(batch_plans, "CHUNK_ROWS", 3)
    batch = give_in(ann, make_csv(10))
    batch_plans.read_batch(job_id=batch.job_id)
    batch_runs.claim_chunk(batch, "the worker that died")
    long_ago = timezone.now() - LONG_AGO
    batch.chunks.filter(state="running").update(heartbeat_at=long_ago)
    Job.objects.filter(pk=batch.job_id).update(heartbeat_at=long_ago, queued_at=long_ago)
    tasks.rescue_batches()
    assert Job.objects.get(pk=batch.job_id).state == "succeeded"
    assert list(BatchRow.objects.order_by("line").values_list("line", flat=True)) == list(range(2, 12))
