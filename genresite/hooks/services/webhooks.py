"""Making, changing and removing webhooks, and their secrets."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from genresite.errors import Conflict, InvalidInput
from genresite.hooks.addresses import find_target
from genresite.hooks.models import Event, Webhook
from genresite.hooks.signatures import make_secret
from genresite.sealed import seal, unseal

if TYPE_CHECKING:
    from genresite.accounts.models import User

MOST_WEBHOOKS: Final = 20
# So long the previous secret signs too, for the receiver to change over.
ROTATION_OVERLAP: Final = timedelta(hours=24)
# A test is sent on demand; nobody subscribes to it.
CHOICES: Final = [(value, label) for value, label in Event.choices if value != Event.TEST]
_PURPOSE: Final = "webhook"


def create_webhook(*, owner: "User", url: str, events: Iterable[str]) -> tuple[Webhook, str]:
    """Let an address be told of events.

    Args:
        owner: Whose events.
        url: A public address.
        events: Names of events, at least one.

    Returns:
        The webhook, and its secret: the only time that it can be seen.

    Raises:
        InvalidInput: The address is not a public one, or the events are not known.
        Conflict: `webhook_exists`, or `too_many_webhooks`.
    """
    chosen = _clean_events(events)
    find_target(url)
    secret = make_secret()
    with transaction.atomic():
        # The person's row is the lock: two requests at once would both find room.
        get_user_model().objects.select_for_update().get(pk=owner.pk)
        if Webhook.objects.filter(owner=owner).count() >= MOST_WEBHOOKS:
            message = _("You have %(most)d webhooks, which is the most: remove one first.") % {"most": MOST_WEBHOOKS}
            raise Conflict(message, code="too_many_webhooks")
        if Webhook.objects.filter(owner=owner, url=url).exists():
            raise _exists(url)
        webhook = Webhook.objects.create(
            owner=owner, url=url, events=chosen, secret=seal(secret.encode(), purpose=_PURPOSE)
        )
    return webhook, secret


def _exists(url: str) -> Conflict:
    message = _("You have a webhook with the address %(url)s already: change that one.") % {"url": url}
    return Conflict(message, code="webhook_exists", field="url")


def _clean_events(events: Iterable[str]) -> list[str]:
    known = [value for value, _label in CHOICES]
    asked = set(events)
    if not asked or asked - set(known):
        message = _("Choose at least one of %(known)s.") % {"known": ", ".join(known)}
        raise InvalidInput(message, code="events_invalid", field="events")
    return [value for value in known if value in asked]


def update_webhook(
    *, webhook: Webhook, url: str | None = None, events: Iterable[str] | None = None, active: bool | None = None
) -> Webhook:
    """Change what is given.

    Args:
        webhook: The webhook.
        url: Its new address.
        events: All its events from now on.
        active: Whether it is told of anything.

    Returns:
        The webhook.

    Raises:
        InvalidInput: The address is not a public one, or the events are not known.
        Conflict: `webhook_exists`: another webhook of the person has the address.
    """
    changes: dict[str, object] = {}
    if url is not None:
        find_target(url)
        changes["url"] = url
    if events is not None:
        changes["events"] = _clean_events(events)
    if active is not None:
        changes["active"] = active
    try:
        with transaction.atomic():
            Webhook.objects.filter(pk=webhook.pk).update(**changes)
    except IntegrityError as exc:
        raise _exists(str(url)) from exc
    webhook.refresh_from_db()
    return webhook


def rotate_secret(*, webhook: Webhook) -> str:
    """Give a webhook a new secret; for a day both sign.

    Args:
        webhook: The webhook.

    Returns:
        The new secret: the only time that it can be seen.
    """
    secret = make_secret()
    with transaction.atomic():
        locked = Webhook.objects.select_for_update().get(pk=webhook.pk)
        locked.previous_secret, locked.previous_until = locked.secret, timezone.now() + ROTATION_OVERLAP
        locked.secret = seal(secret.encode(), purpose=_PURPOSE)
        locked.save(update_fields=["secret", "previous_secret", "previous_until"])
    webhook.refresh_from_db()
    return secret


def open_secrets(webhook: Webhook) -> list[str]:
    """The secrets that sign at present: the webhook's own, and during a rotation the previous one.

    Args:
        webhook: The webhook.

    Returns:
        One or two secrets.

    Raises:
        ValueError: The site's key was changed, so that they do not open any more.
    """
    sealed = [webhook.secret]
    if webhook.previous_until is not None and webhook.previous_until > timezone.now():
        sealed.append(webhook.previous_secret)
    return [unseal(value, purpose=_PURPOSE).decode() for value in sealed]


def delete_webhook(*, webhook: Webhook) -> None:
    """Remove a webhook with its log; nothing is sent there any more.

    Args:
        webhook: The webhook.
    """
    webhook.delete()
