"""One effect for a create that is sent twice: claim the key, keep the answer, or free the key again."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from genresite.errors import Conflict
from genresite.idempotency.models import KeptAnswer
from genresite.sealed import seal, unseal

if TYPE_CHECKING:
    from genresite.accounts.models import User

KEPT_FOR: Final = timedelta(hours=24)
# An answer takes seconds, an upload of two gigabytes minutes. Who is silent for longer was interrupted.
INTERRUPTED_AFTER: Final = timedelta(minutes=15)
_PURPOSE: Final = "idempotency"
# In place of an HTTP status: the request broke off.
_INTERRUPTED: Final = 0


@dataclass(frozen=True)
class FirstAnswer:
    """What was answered to the first request."""

    status: int
    body: Any


def claim_key(*, user: "User", key: str, fingerprint: str) -> FirstAnswer | None:
    """Take a key for a request, unless it was taken before.

    The unique row decides between two requests at once; the one that comes second has no effect.

    Args:
        user: Who sends it; two people may choose the same key.
        key: The Idempotency-Key.
        fingerprint: What `genresite.idempotency.keys.fingerprint` says of the request.

    Returns:
        The first answer, or None where this request is the first and is to be worked on.

    Raises:
        Conflict: `idempotency_key_reused`: the key came with another request before; `idempotency_in_progress`: the
            first request is being worked on; `idempotency_interrupted`: it broke off, and whether it had its effect is
            not known.
    """
    KeptAnswer.objects.filter(user=user, created_at__lt=timezone.now() - KEPT_FOR).delete()
    try:
        with transaction.atomic():
            KeptAnswer.objects.create(user=user, key=key, fingerprint=fingerprint)
    except IntegrityError:
        # Empty where the first request was refused at this very moment, which freed the key.
        kept = KeptAnswer.objects.filter(user=user, key=key).first()
        return _answer_again(kept, fingerprint)
    return None


def _answer_again(kept: KeptAnswer | None, fingerprint: str) -> FirstAnswer:
    if kept is not None and kept.fingerprint != fingerprint:
        message = _("This Idempotency-Key was used for another request: a new request needs a new key.")
        raise Conflict(message, code="idempotency_key_reused")
    if kept is not None and kept.status:
        return FirstAnswer(kept.status, json.loads(unseal(kept.answer, purpose=_PURPOSE)))
    silent = kept is not None and timezone.now() - kept.created_at > INTERRUPTED_AFTER
    if silent or (kept is not None and kept.status == _INTERRUPTED):
        message = _("The first request broke off, perhaps after its effect. Look for it, or send it under a new key.")
        raise Conflict(message, code="idempotency_interrupted")
    message = _("The first request with this Idempotency-Key is still being worked on. Please ask again in a moment.")
    raise Conflict(message, code="idempotency_in_progress")


def keep_answer(*, user: "User", key: str, status: int, body: bytes) -> None:
    """Keep what is answered to the first request.

    Args:
        user: Who sent it.
        key: A key that `claim_key` gave to this request.
        status: The answer's status.
        body: The answer as JSON.
    """
    KeptAnswer.objects.filter(user=user, key=key).update(status=status, answer=seal(body, purpose=_PURPOSE))


def free_key(*, user: "User", key: str) -> None:
    """Give a key back after a refusal: nothing has happened, and the request may come again, mended.

    Args:
        user: Who sent it.
        key: A key that `claim_key` gave to this request.
    """
    KeptAnswer.objects.filter(user=user, key=key, status=None).delete()


def mark_interrupted(*, user: "User", key: str) -> None:
    """Say that a request broke off: it may or may not have had its effect, so it is not worked on again.

    Args:
        user: Who sent it.
        key: A key that `claim_key` gave to this request.
    """
    KeptAnswer.objects.filter(user=user, key=key, status=None).update(status=_INTERRUPTED)


def purge_answers() -> int:
    """Delete what is older than a day.

    Returns:
        How many answers went.
    """
    return KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()[0]
