"""Celery tasks of the webhooks: each makes one service call."""

from celery import shared_task

from genresite.hooks.services import deliveries
from genresite.idempotency.services import purge_answers


@shared_task(soft_time_limit=45, time_limit=60)
def deliver(delivery_id: int) -> None:
    """Make one attempt at a delivery, and come again if it failed.

    Args:
        delivery_id: The delivery's number.
    """
    seconds = deliveries.send_delivery(delivery_id=delivery_id)
    if seconds is not None:
        deliver.apply_async((delivery_id,), countdown=seconds)


@shared_task
def deliver_due() -> None:
    """Send what is due and was not sent, because the queue was away or a worker died."""
    for delivery_id in deliveries.list_due():
        deliver.delay(delivery_id)


@shared_task
def tidy() -> None:
    """Delete what the log of deliveries and the answers to Idempotency-Keys have kept for long enough."""
    deliveries.purge_deliveries()
    purge_answers()
