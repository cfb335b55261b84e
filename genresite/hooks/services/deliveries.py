"""Sending: claim an attempt, sign, send, and write down what came of it."""

import json
import time
from datetime import timedelta
from typing import Any, Final

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from genresite.hooks.addresses import find_target
from genresite.hooks.models import Delivery
from genresite.hooks.sending import Outcome, post
from genresite.hooks.services.webhooks import open_secrets
from genresite.hooks.signatures import sign

# Waiting before the second, third … attempt: three hours in all, so that a receiver may be down for a while.
BACK_OFF: Final = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=3))
# A worker that claimed an attempt is done within a minute (`time_limit` of the task), or dead.
LOST_AFTER: Final = timedelta(minutes=5)
LOG_KEPT_FOR: Final = timedelta(days=30)
_DUE_AT_ONCE: Final = 500


def _due() -> Q:
    now = timezone.now()
    waiting = Q(state=Delivery.State.WAITING) & (Q(next_attempt_at=None) | Q(next_attempt_at__lte=now))
    return waiting | Q(state=Delivery.State.SENDING, claimed_at__lt=now - LOST_AFTER)


def send_delivery(*, delivery_id: int) -> float | None:
    """Make one attempt at a delivery, if one is due; a task that came twice or too early does nothing.

    Args:
        delivery_id: Its number.

    Returns:
        Seconds until the next attempt, or None where none is to be made.
    """
    claimed = Delivery.objects.filter(_due(), pk=delivery_id)
    rows = claimed.update(state=Delivery.State.SENDING, attempts=F("attempts") + 1, claimed_at=timezone.now())
    if rows != 1:
        return None
    delivery = Delivery.objects.select_related("webhook").get(pk=delivery_id)
    return _write_down(delivery, _attempt(delivery))


def _attempt(delivery: Delivery) -> Outcome:
    webhook = delivery.webhook
    if not webhook.active:
        return Outcome(None, _("The webhook is switched off."), 0)
    body = json.dumps(as_message(delivery), separators=(",", ":")).encode()
    timestamp = int(time.time())
    try:
        signature = sign(body, keys=open_secrets(webhook), timestamp=timestamp)
        target = find_target(webhook.url)
    except (InvalidInput, ValueError) as exc:
        return Outcome(None, str(exc), 0)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "GenreSite-Webhooks/1",
        "GenreSite-Event": delivery.event,
        "GenreSite-Delivery": str(delivery.event_id),
        "GenreSite-Signature": signature,
    }
    return post(target, body, headers)


def as_message(delivery: Delivery) -> dict[str, Any]:
    """What is sent: the same in every attempt and replay, so that a receiver can tell that it knows the event."""
    return {
        "id": str(delivery.event_id),
        "event": delivery.event,
        "created_at": delivery.created_at.isoformat(),
        "data": delivery.payload,
    }


def _write_down(delivery: Delivery, outcome: Outcome) -> float | None:
    """Keep what came of the attempt; seconds until another, if there is to be one."""
    facts: dict[str, Any] = {
        "status_code": outcome.status,
        "problem": outcome.problem[:300],
        "duration_ms": outcome.duration_ms,
    }
    wait = BACK_OFF[delivery.attempts - 1] if delivery.attempts <= len(BACK_OFF) else None
    if outcome.accepted:
        facts |= {"state": Delivery.State.DELIVERED, "finished_at": timezone.now(), "next_attempt_at": None}
    elif wait is None or not delivery.webhook.active:
        facts |= {"state": Delivery.State.FAILED, "finished_at": timezone.now(), "next_attempt_at": None}
    else:
        facts |= {"state": Delivery.State.WAITING, "next_attempt_at": timezone.now() + wait}
    mine = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.SENDING, attempts=delivery.attempts)
    again = mine.update(**facts) == 1 and facts["state"] == Delivery.State.WAITING and wait is not None
    # A second late, so that the attempt is due when the task comes.
    return wait.total_seconds() + 1 if again and wait is not None else None


def list_due() -> list[int]:
    """Numbers of deliveries that are due and wait, as they do after the queue was away or a worker died.

    Returns:
        The oldest ones, at most 500.
    """
    return list(Delivery.objects.filter(_due()).order_by("pk").values_list("pk", flat=True)[:_DUE_AT_ONCE])


def purge_deliveries() -> int:
    """Delete what the log has kept for a month.

    Returns:
        How many lines went.
    """
    return Delivery.objects.filter(created_at__lt=timezone.now() - LOG_KEPT_FOR).delete()[0]
