"""Celery tasks: each takes a job's number and makes one service call."""

from typing import Any

from celery import shared_task

from predictor.services import batches
from predictor.services.job_states import LOST_AFTER, Claim


@shared_task(bind=True, max_retries=None)
def run_catalogue(self: Any, job_id: int) -> None:
    """Do a catalogue job.

    The queue delivers a task again when its worker dies, often before the dead worker's heartbeat is old enough to
    take the job over; then this looks again later.

    Args:
        self: The task, given by Celery.
        job_id: The job's number.
    """
    if batches.run_catalogue(job_id=job_id) is Claim.BUSY:
        raise self.retry(countdown=LOST_AFTER.total_seconds() + 5)
