"""Asking for an export that is written in the background."""

from typing import TYPE_CHECKING

from predictor import tasks
from predictor.models import Export
from predictor.services.exports import Order, open_export
from predictor.services.jobs import queue_job

if TYPE_CHECKING:
    from genresite.accounts.models import User


def request_export(*, order: Order, person: "User") -> Export:
    """Queue the writing of a file.

    Call it outside a transaction: the task is queued once the row is there for workers to see.

    Args:
        order: What `order_export` returned.
        person: Who asked.

    Returns:
        The export, waiting for a worker.

    Raises:
        Conflict: Some exports of theirs are not finished yet.
        Unavailable: The queue cannot be reached.
    """
    export = open_export(order=order, person=person)
    export.job = queue_job(export.job, tasks.write_export)
    return export
