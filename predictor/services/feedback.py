"""Feedback: what people say the genres are, and what reviewers make of it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from genresite.errors import Conflict, Forbidden, InvalidInput
from movies.models import Movie
from movies.services import find_genres, set_genres
from movies.validators import clean_line
from predictor.models import Feedback, Prediction

if TYPE_CHECKING:
    from genresite.accounts.models import User

NOTE_MAX_CHARS = 500


def record_feedback(*, prediction: Prediction, author: "User", genres: Iterable[str], note: str = "") -> Feedback:
    """Keep what a person says the genres of a prediction are; said again, it replaces what was said.

    A reviewer's own word is accepted at once; anybody else's waits for a reviewer. The caller has made sure that the
    author may see the prediction.

    Args:
        prediction: The prediction.
        author: Who says so.
        genres: Names of genres, or what other sources call them; at least one.
        note: A remark of up to 500 characters.

    Returns:
        The stored feedback.

    Raises:
        InvalidInput: No genre, an unknown genre, or a note that breaks its rule.
    """
    note = clean_line(note, field="note", label=_("note"), max_chars=NOTE_MAX_CHARS, required=False)
    found = find_genres(names=genres)
    if not found:
        raise InvalidInput(
            _("Choose at least one genre: a correction says which genres are right, and none came."),
            code="genres_missing",
            field="genres",
        )
    with transaction.atomic():
        # Locks the row where the database can, so that two browser tabs of one person do not mix their genres.
        Prediction.objects.select_for_update().get(pk=prediction.pk)
        proposed = {"note": note, "state": Feedback.State.PROPOSED, "settled_by": None, "settled_at": None}
        feedback, _created = Feedback.objects.update_or_create(prediction=prediction, author=author, defaults=proposed)
        feedback.genres.set(found)
        if author.is_reviewer:
            _settle(feedback, author, Feedback.State.ACCEPTED)
    feedback.refresh_from_db()
    return feedback


def settle_feedback(*, feedback: Feedback, reviewer: "User", accept: bool) -> Feedback:
    """Accept or reject what somebody proposed. Saying the same twice is harmless.

    Accepted feedback on a prediction of a catalogue film becomes the film's genres, in the name of its author.

    Args:
        feedback: What was proposed.
        reviewer: A reviewer or a member of staff.
        accept: True to accept, False to reject.

    Returns:
        The settled feedback.

    Raises:
        Forbidden: The person is no reviewer.
        Conflict: It was settled the other way already.
    """
    if not reviewer.is_reviewer:
        raise Forbidden(_("Only reviewers accept or reject corrections."))
    verdict = Feedback.State.ACCEPTED if accept else Feedback.State.REJECTED
    with transaction.atomic():
        settled = _settle(feedback, reviewer, verdict)
    feedback.refresh_from_db()
    if not settled and feedback.state != verdict:
        raise Conflict(
            _("This correction is %(state)s already; only its author can propose anew.")
            % {"state": feedback.get_state_display().lower()},
            code="feedback_settled",
        )
    return feedback


def _settle(feedback: Feedback, reviewer: "User", verdict: str) -> bool:
    """Move feedback on from proposed; False if it was settled before."""
    rows = (
        Feedback.objects.filter(pk=feedback.pk)
        .awaiting_review()
        .update(state=verdict, settled_by=reviewer, settled_at=timezone.now())
    )
    movie: Movie | None = feedback.prediction.movie
    if rows == 1 and verdict == Feedback.State.ACCEPTED and movie is not None:
        set_genres(movie=movie, genres=feedback.genres.all(), person=feedback.author)
    return rows == 1
