"""What the webhooks keep about a person; all of it goes with the account."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from genresite.accounts.personal_data import Row, Section, register
from genresite.hooks.models import Delivery, Webhook

if TYPE_CHECKING:
    from genresite.accounts.models import User


def register_sections() -> None:
    """Tell the account of webhooks and of what was sent to them."""
    register(Section("webhooks", _read_webhooks), Section("deliveries", _read_deliveries))


def _read_webhooks(user: "User") -> Iterator[Row]:
    yield from Webhook.objects.filter(owner=user).order_by("pk").values("id", "url", "events", "active", "created_at")


def _read_deliveries(user: "User") -> Iterator[Row]:
    fields = ("id", "webhook", "event", "event_id", "payload", "state", "attempts", "status_code", "created_at")
    yield from Delivery.objects.filter(webhook__owner=user).order_by("pk").values(*fields).iterator()
