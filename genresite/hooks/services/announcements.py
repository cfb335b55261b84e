"""An event becomes a row for each webhook that wants it, in the transaction that made it happen."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from genresite.errors import Conflict
from genresite.hooks import tasks
from genresite.hooks.models import Delivery, Event, Webhook
from genresite.throttles import limit_attempts

if TYPE_CHECKING:
    from genresite.accounts.models import User


def announce(event: str, user: "User | None", payload: dict[str, Any]) -> int:
    """Tell a person's webhooks that something happened.

    Call it inside the transaction of what happened: the rows stand or fall with it, and are sent once it stands. A
    queue that is away costs no event, since what is due is looked for again and again.

    Args:
        event: One of `Event`.
        user: Whose webhooks are told; None for a deleted account.
        payload: What is said of it; JSON-serialisable and short: numbers of things rather than the things.

    Returns:
        How many webhooks are told.
    """
    if user is None:
        return 0
    return _write(event, Webhook.objects.filter(owner=user, active=True), payload)


def announce_to_all(event: str, payload: dict[str, Any]) -> int:
    """Tell everybody's webhooks that something happened which concerns all.

    Args:
        event: One of `Event`.
        payload: What is said of it.

    Returns:
        How many webhooks are told.
    """
    return _write(event, Webhook.objects.filter(active=True, owner__is_active=True), payload)


def _write(event: str, webhooks: Iterable[Webhook], payload: dict[str, Any]) -> int:
    event_id = uuid4()
    with transaction.atomic():
        rows = Delivery.objects.bulk_create(
            Delivery(webhook=webhook, event=Event(event), event_id=event_id, payload=payload)
            for webhook in webhooks
            if event in webhook.events
        )
        for row in rows:
            _queue(row.pk)
    return len(rows)


def _queue(delivery_id: int) -> None:
    """Let a worker send a delivery once its row is there to see; a queue that is away is no failure of the event."""
    transaction.on_commit(lambda: tasks.deliver.delay(delivery_id), robust=True)


def send_test(*, webhook: Webhook) -> Delivery:
    """Send an event that means nothing, to see whether it arrives.

    Args:
        webhook: Where to.

    Returns:
        The delivery, on its way.

    Raises:
        TooMany: More than ten in a minute.
    """
    limit_attempts(name=f"webhook-{webhook.pk}", most=10, seconds=60)
    delivery = Delivery.objects.create(webhook=webhook, event=Event.TEST, payload={"message": "It works."})
    _queue(delivery.pk)
    return delivery


def replay_delivery(*, delivery: Delivery) -> Delivery:
    """Send an event once more, as a new line of the log with the same event id.

    Args:
        delivery: One that was delivered or has failed.

    Returns:
        The new delivery, on its way.

    Raises:
        Conflict: `delivery_unfinished`: it is still being tried.
        TooMany: More than ten in a minute.
    """
    if delivery.state not in (Delivery.State.DELIVERED, Delivery.State.FAILED):
        message = _("This event is still being tried; there is nothing to replay yet.")
        raise Conflict(message, code="delivery_unfinished")
    limit_attempts(name=f"webhook-{delivery.webhook_id}", most=10, seconds=60)
    again = Delivery.objects.create(
        webhook_id=delivery.webhook_id, event=delivery.event, event_id=delivery.event_id, payload=delivery.payload
    )
    _queue(again.pk)
    return again
