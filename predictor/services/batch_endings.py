"""How a batch ends, and telling its owner's programs: done, failed or cancelled, each is announced once."""

from django.db import transaction

from genresite.hooks.models import Event
from genresite.hooks.services import announce
from predictor.models import Batch
from predictor.services.job_states import fail_job


def fail_batch(*, job_id: int, attempt: int, failure: str) -> None:
    """Close the job of a batch that cannot go on, and tell of it.

    Args:
        job_id: The number of the batch's job.
        attempt: The claim under which the caller works.
        failure: Why, in words.
    """
    with transaction.atomic():
        if fail_job(job_id=job_id, attempt=attempt, failure=failure):
            announce_end(job_id=job_id)


def announce_end(*, job_id: int) -> None:
    """Tell the owner's programs that a batch is over; call it in the transaction that closed the job.

    Args:
        job_id: The number of the job; nothing happens if no batch has it any more.
    """
    batch = Batch.objects.select_related("job", "owner").filter(job=job_id).first()
    if batch is not None:
        payload = {
            "batch": batch.pk,
            "state": batch.job.state,
            "rows": batch.rows,
            "failed_rows": batch.failed_rows,
        }
        announce(Event.BATCH_FINISHED, batch.owner, payload)
