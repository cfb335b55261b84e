"""Share links: make one, take it back, open one."""

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from genresite.errors import Conflict, InvalidInput, NotFound
from genresite.sealed import seal, unseal
from genresite.throttles import limit_attempts
from predictor.models import Prediction, ShareLink

TOKEN_BYTES: Final = 32
MOST_DAYS: Final = 365
WINDOW_SECONDS: Final = 3600
_PURPOSE: Final = "share"


def create_share(
    *, prediction: Prediction, show_plot: bool = False, show_poster: bool = False, days: int | None = None
) -> ShareLink:
    """Let whoever has the link see a prediction. A link whose time is over makes room for the new one.

    Args:
        prediction: One of the person's own.
        show_plot: Whether the beginning of the plot is shown as well.
        show_poster: Whether the small poster is shown as well.
        days: After so many days the link stops working, 1 to 365; None for never.

    Returns:
        The link; `read_token` tells its token.

    Raises:
        InvalidInput: `days_invalid`, or `nothing_to_show`: the prediction has no plot or no poster to show.
        Conflict: `share_exists`: a working link is there, perhaps by a second press of the button.
    """
    if days is not None and not 1 <= days <= MOST_DAYS:
        message = _("A link works for 1 to %(most)d days, or without end; %(days)d days came.")
        raise InvalidInput(message % {"most": MOST_DAYS, "days": days}, code="days_invalid", field="days")
    _refuse_empty(show_plot, bool(prediction.plot), _("There is no plot to show."), "show_plot")
    _refuse_empty(show_poster, bool(prediction.poster_thumbnail), _("There is no poster to show."), "show_poster")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    try:
        with transaction.atomic():
            ShareLink.objects.expired().filter(prediction=prediction).delete()
            return ShareLink.objects.create(
                prediction=prediction,
                token_sha256=hash_token(token),
                sealed_token=seal(token.encode(), purpose=_PURPOSE),
                show_plot=show_plot,
                show_poster=show_poster,
                expires_at=None if days is None else timezone.now() + timedelta(days=days),
            )
    except IntegrityError as exc:
        message = _("This prediction has a link already: stop sharing first, then make another.")
        raise Conflict(message, code="share_exists") from exc


def _refuse_empty(wanted: bool, there: bool, message: str, field: str) -> None:
    if wanted and not there:
        raise InvalidInput(message, code="nothing_to_show", field=field)


def revoke_share(*, prediction: Prediction) -> bool:
    """Stop sharing a prediction; its link opens nothing from now on. Said twice, it is harmless.

    Args:
        prediction: One of the person's own.

    Returns:
        Whether there was a link.
    """
    return ShareLink.objects.filter(prediction=prediction).delete()[0] > 0


def hash_token(token: str) -> str:
    """What a token is found by: 64 hexadecimal digits. It is random and long, so that a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def read_token(link: ShareLink) -> str:
    """The token of a link, for its owner.

    Args:
        link: The owner's link.

    Returns:
        The token, or "" where the site's key was changed since: the link still works, but cannot be shown again.
    """
    try:
        return unseal(link.sealed_token, purpose=_PURPOSE).decode()
    except ValueError:
        return ""


def open_share(*, token: str, address: str) -> ShareLink:
    """The link of a token, with everything that its page shows.

    Args:
        token: What stands in the address.
        address: The network address that asks; each may look `SHARE_VIEWS_AN_HOUR` times an hour.

    Returns:
        The link.

    Raises:
        TooMany: The address has looked too often.
        NotFound: `share_gone`: revoked, expired, or never there; which of them is not told.
    """
    limit_attempts(name=f"share-{address}", most=settings.SHARE_VIEWS_AN_HOUR, seconds=WINDOW_SECONDS)
    link = ShareLink.objects.working().filter(token_sha256=hash_token(token)).select_related("prediction").first()
    if link is None:
        message = _("This link opens nothing (any more): it was taken back, its time is over, or a letter is missing.")
        raise NotFound(message, code="share_gone")
    return link


def limit_reasons(*, address: str) -> None:
    """Refuse to ask the models too often for people without an account.

    Args:
        address: The network address that asks; each may ask `SHARE_REASONS_AN_HOUR` times an hour.

    Raises:
        TooMany: It has asked too often.
    """
    limit_attempts(name=f"share-why-{address}", most=settings.SHARE_REASONS_AN_HOUR, seconds=WINDOW_SECONDS)
