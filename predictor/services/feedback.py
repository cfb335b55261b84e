"""Feedback: what people say the genres are, and what reviewers make of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from genresite.errors import Conflict, DomainError, InvalidInput, NotFound
from genresite.hooks.models import Event
from genresite.hooks.services import announce
from movies.models import Genre
from movies.services import find_genres
from movies.validators import clean_line
from predictor.access import require_reviewer
from predictor.models import Feedback, Prediction, Review
from predictor.models.names import join_names
from predictor.services import words
from predictor.services.review_memory import lock_prediction, name_genres, read_scene, remember_item

if TYPE_CHECKING:
    from genresite.accounts.models import User

NOTE_MAX_CHARS = 500
BULK_MAX_ITEMS = 100


@dataclass(frozen=True)
class Settlement:
    """What became of one correction of a bulk request.

    Attributes:
        pk: The correction's number.
        feedback: The settled correction, or None if it was refused.
        refusal: Why it was refused.
    """

    pk: int
    feedback: Feedback | None = None
    refusal: DomainError | None = None


def clean_word(*, genres: Iterable[str], note: str) -> tuple[tuple[Genre, ...], str]:
    """Check the genres and the note that somebody gave.

    Args:
        genres: Names of genres, or what other sources call them; at least one.
        note: A remark of up to 500 characters.

    Returns:
        The genres and the cleaned note.

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
    return found, note


def record_feedback(*, prediction: Prediction, author: "User", genres: Iterable[str], note: str = "") -> Feedback:
    """Keep what a person says the genres of a prediction are; said again, it replaces what was said.

    A reviewer's own word is accepted at once and can be undone; anybody else's waits for a reviewer. The caller has
    made sure that the author may see the prediction.

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
    found, note = clean_word(genres=genres, note=note)
    with transaction.atomic():
        # Two browser tabs of one person must not mix their genres.
        locked = lock_prediction(prediction.pk)
        if author.is_reviewer:
            feedback = decide(prediction=locked, reviewer=author, genres=found, note=note).proposal
        else:
            feedback = words.propose(prediction=locked, author=author, genres=found, note=note)
    assert feedback is not None  # noqa: S101 - a decision always names the word that it wrote
    feedback.refresh_from_db()
    return feedback


def decide(
    *,
    prediction: Prediction,
    reviewer: "User",
    genres: Sequence[Genre],
    note: str,
    blind: bool = False,
    order: str = Review.Order.DIRECT,
) -> Review:
    """Write a reviewer's own word on an item: accepted feedback, the film's genres, and how to undo it.

    Args:
        prediction: The item, locked in a transaction.
        reviewer: Who decides.
        genres: The genres that are right, by name.
        note: A remark, checked.
        blind: Whether the proposal was hidden until the reviewer had chosen.
        order: How the item came to the reviewer.

    Returns:
        The review; its `proposal` is the feedback that it wrote.
    """
    before = read_scene(prediction)
    feedback = words.propose(prediction=prediction, author=reviewer, genres=genres, note=note)
    words.accept(feedback=feedback, reviewer=reviewer, seen=feedback.updated_at)
    machine = name_genres(prediction.decided.all())
    chosen = name_genres(genres)
    return remember_item(
        prediction=prediction,
        reviewer=reviewer,
        before=before,
        verdict=Review.Verdict.CONFIRMED if chosen == machine else Review.Verdict.AMENDED,
        chosen_names=join_names(chosen),
        proposed_names=join_names(machine),
        blind=blind,
        order=order,
        note=note,
        proposal=feedback,
    )


def settle_feedback(*, feedback: Feedback, reviewer: "User", accept: bool, seen: datetime | None = None) -> Feedback:
    """Accept or reject what somebody proposed. Saying the same twice is harmless.

    Accepted feedback on a prediction of a catalogue film becomes the film's genres, in the name of its author.

    Args:
        feedback: What was proposed.
        reviewer: A reviewer or a member of staff.
        accept: True to accept, False to reject.
        seen: The `updated_at` of the words that the reviewer read; by default those of `feedback` as it was loaded.

    Returns:
        The settled feedback.

    Raises:
        Forbidden: The person is no reviewer.
        Conflict: It was settled the other way already, or its author changed it since the reviewer read it.
    """
    require_reviewer(reviewer)
    seen = seen or feedback.updated_at
    verdict = Feedback.State.ACCEPTED if accept else Feedback.State.REJECTED
    with transaction.atomic():
        fresh, before = _lock(feedback)
        settle = words.accept if accept else words.reject
        settled = settle(feedback=fresh, reviewer=reviewer, seen=seen)
        if settled:
            _remember(fresh, reviewer, before, Review.Verdict.CONFIRMED if accept else Review.Verdict.REJECTED)
    feedback.refresh_from_db()
    if not settled and feedback.state != verdict:
        _refuse(feedback)
    return feedback


def amend_feedback(
    *, feedback: Feedback, reviewer: "User", genres: Iterable[str], seen: datetime | None = None
) -> Feedback:
    """Accept what somebody proposed, with other genres; the author's own genres and note are kept beside them.

    A catalogue film gets the genres in the reviewer's name. With the author's genres it is a plain acceptance.

    Args:
        feedback: What was proposed.
        reviewer: A reviewer or a member of staff.
        genres: The genres that are right, all of them.
        seen: The `updated_at` of the words that the reviewer read; by default those of `feedback` as it was loaded.

    Returns:
        The settled feedback.

    Raises:
        Forbidden: The person is no reviewer.
        InvalidInput: No genre, or an unknown one.
        Conflict: It was settled already with another outcome, or its author changed it since the reviewer read it.
    """
    require_reviewer(reviewer)
    seen = seen or feedback.updated_at
    found, _note = clean_word(genres=genres, note="")
    with transaction.atomic():
        fresh, before = _lock(feedback)
        proposed = name_genres(fresh.genres.all())
        settled = words.accept(feedback=fresh, reviewer=reviewer, seen=seen, genres=found)
        if settled:
            same = proposed == name_genres(found)
            verdict = Review.Verdict.CONFIRMED if same else Review.Verdict.AMENDED
            _remember(fresh, reviewer, before, verdict, proposed)
    feedback.refresh_from_db()
    now = set(feedback.genres.all())
    if not settled and not (feedback.state == Feedback.State.ACCEPTED and now == set(found)):
        _refuse(feedback)
    return feedback


def settle_in_bulk(*, seen: Sequence[tuple[int, datetime]], reviewer: "User", accept: bool) -> list[Settlement]:
    """Accept or reject many corrections, each by itself: what is refused holds nothing else up.

    Args:
        seen: Number and `updated_at` of each, as the reviewer read it; at most 100.
        reviewer: A reviewer or a member of staff.
        accept: True to accept them, False to reject them.

    Returns:
        What became of each, in the order given.

    Raises:
        Forbidden: The person is no reviewer.
        InvalidInput: None, or too many.
    """
    require_reviewer(reviewer)
    if not 1 <= len(seen) <= BULK_MAX_ITEMS:
        message = _("Choose 1 to %(limit)s corrections; %(count)s came.") % {
            "limit": BULK_MAX_ITEMS,
            "count": len(seen),
        }
        raise InvalidInput(message, code="items_count", field="items")
    rows = Feedback.objects.select_related("prediction__movie", "author").in_bulk([pk for pk, _moment in seen])
    return [_settle_one(pk, rows.get(pk), reviewer, accept, moment) for pk, moment in seen]


def _settle_one(pk: int, feedback: Feedback | None, reviewer: "User", accept: bool, seen: datetime) -> Settlement:
    if feedback is None:
        return Settlement(pk, refusal=NotFound(_("There is no correction %(pk)s.") % {"pk": pk}))
    try:
        return Settlement(pk, settle_feedback(feedback=feedback, reviewer=reviewer, accept=accept, seen=seen))
    except DomainError as exc:
        return Settlement(pk, refusal=exc)


def _lock(feedback: Feedback) -> tuple[Feedback, dict[str, object]]:
    """The correction as it is now, its prediction held, and what stands before the decision."""
    prediction = lock_prediction(feedback.prediction_id)
    fresh = Feedback.objects.select_related("author").get(pk=feedback.pk)
    fresh.prediction = prediction
    return fresh, read_scene(prediction)


def _remember(
    feedback: Feedback,
    reviewer: "User",
    before: dict[str, object],
    verdict: Review.Verdict,
    proposed: Sequence[str] | None = None,
) -> None:
    """Keep the decision on somebody's correction, and tell the author's program.

    Where none is named, the author's genres are as they were.
    """
    names = name_genres(feedback.genres.all())
    Review.objects.create(
        prediction=feedback.prediction,
        reviewer=reviewer,
        task=Review.Task.PROPOSAL,
        verdict=verdict,
        chosen_names="" if verdict == Review.Verdict.REJECTED else join_names(names),
        proposed_names=join_names(names if proposed is None else proposed),
        proposal=feedback,
        before=before,
        after=read_scene(feedback.prediction),
    )
    rejected = verdict == Review.Verdict.REJECTED
    payload = {
        "feedback": feedback.pk,
        "prediction": feedback.prediction_id,
        "state": str(Feedback.State.REJECTED if rejected else Feedback.State.ACCEPTED),
        "genres": list(names),
    }
    announce(Event.FEEDBACK_SETTLED, feedback.author, payload)


def _refuse(feedback: Feedback) -> None:
    """Say why a correction could not be settled as the reviewer wanted."""
    if feedback.state == Feedback.State.PROPOSED:
        raise Conflict(
            _("%(author)s changed this correction after you read it. Read it again before you settle it.")
            % {"author": feedback.author or _("Its author")},
            code="feedback_edited",
            details={"updated_at": feedback.updated_at.isoformat()},
        )
    raise Conflict(
        _("This correction is %(state)s already; only its author can propose anew.")
        % {"state": feedback.get_state_display().lower()},
        code="feedback_settled",
    )
