"""The doors of the queue."""

import pytest
from celery.exceptions import Retry

from predictor import tasks
from predictor.services import batches
from predictor.services.job_states import LOST_AFTER, Claim


def test_a_task_makes_one_service_call(monkeypatch):
    called = []
    monkeypatch.setattr(batches, "run_catalogue", lambda *, job_id: called.append(job_id) or Claim.OURS)
    tasks.run_catalogue.run(7)
    assert called == [7]


def test_a_job_that_another_worker_seems_to_have_is_looked_at_again(monkeypatch):
    monkeypatch.setattr(batches, "run_catalogue", lambda *, job_id: Claim.BUSY)
    asked = []
    monkeypatch.setattr(tasks.run_catalogue, "retry", lambda countdown: asked.append(countdown) or Retry())
    with pytest.raises(Retry):
        tasks.run_catalogue.run(7)
    assert asked[0] > LOST_AFTER.total_seconds()
