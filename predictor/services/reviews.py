"""The review of items: decide, skip, settle what two reviewers see differently, undo."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from genresite.errors import Conflict, NotFound
from genresite.kept import forget_kept
from movies.genre_names import show_genres
from predictor.access import require_reviewer
from predictor.models import Feedback, Prediction, Review, ReviewHabits
from predictor.models.names import join_names
from predictor.models.review import CONFLICTS, UNDO_DAYS
from predictor.services import words
from predictor.services.feedback import clean_word, decide
from predictor.services.review_memory import lock_prediction, name_genres, read_scene, remember_item, restore_scene
from predictor.services.review_queue import release_item

if TYPE_CHECKING:
    from genresite.accounts.models import User


@dataclass(frozen=True)
class UndoneReview:
    """A review that was taken back.

    Attributes:
        review: The review.
        kept: What was left as it is because somebody changed it since, of "film" and "feedback".
    """

    review: Review
    kept: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What happened, in words."""
        if "film" in self.kept:
            return _("Undone, but the film keeps its genres: somebody has changed them since.")
        if "feedback" in self.kept:
            return _("Undone, but the correction stays as it is: somebody has changed or settled it since.")
        return _("Undone: everything is as it was before.")


def record_review(
    *,
    prediction: Prediction,
    reviewer: "User",
    genres: Iterable[str],
    note: str = "",
    blind: bool = False,
    order: str = Review.Order.DIRECT,
) -> Review:
    """Keep which genres a reviewer holds for right. The same said twice is harmless.

    The first decision on an item becomes accepted feedback and the film's genres. A second reviewer's changes nothing:
    it is kept beside the first, and where they differ the item waits among the conflicts.

    Args:
        prediction: The item.
        reviewer: A reviewer or a member of staff.
        genres: The genres that are right, all of them.
        note: A remark of up to 500 characters.
        blind: Whether the models' proposal was hidden until the reviewer had chosen.
        order: How the item came to the reviewer, one of `Review.Order`.

    Returns:
        The review.

    Raises:
        Forbidden: The person is no reviewer.
        InvalidInput: No genre, an unknown genre, or a note that breaks its rule.
        Conflict: `reviewed_already`: the same reviewer decided otherwise before, and has not undone it.
    """
    require_reviewer(reviewer)
    found, note = clean_word(genres=genres, note=note)
    release_item(prediction.pk)
    with transaction.atomic():
        locked = lock_prediction(prediction.pk)
        earlier = _find_own(locked, reviewer)
        if earlier is not None and earlier.verdict != Review.Verdict.SKIPPED:
            return _same_or_refuse(earlier, name_genres(found))
        if not Review.objects.deciding().filter(prediction=locked).exclude(reviewer=reviewer).exists():
            return decide(prediction=locked, reviewer=reviewer, genres=found, note=note, blind=blind, order=order)
        machine = name_genres(locked.decided.all())
        return remember_item(
            prediction=locked,
            reviewer=reviewer,
            before={},
            verdict=Review.Verdict.CONFIRMED if name_genres(found) == machine else Review.Verdict.AMENDED,
            chosen_names=join_names(name_genres(found)),
            proposed_names=join_names(machine),
            blind=blind,
            order=order,
            note=note,
        )


def skip_item(
    *, prediction: Prediction, reviewer: "User", blind: bool = False, order: str = Review.Order.DIRECT
) -> Review:
    """Remember that a reviewer would rather not decide on an item: it does not come again to them.

    Args:
        prediction: The item.
        reviewer: A reviewer or a member of staff.
        blind: Whether the models' proposal was hidden.
        order: How the item came to the reviewer.

    Returns:
        The review.

    Raises:
        Forbidden: The person is no reviewer.
        Conflict: `reviewed_already`: the reviewer has decided on it.
    """
    require_reviewer(reviewer)
    release_item(prediction.pk)
    with transaction.atomic():
        locked = lock_prediction(prediction.pk)
        earlier = _find_own(locked, reviewer)
        if earlier is not None:
            return _same_or_refuse(earlier, [])
        return remember_item(
            prediction=locked,
            reviewer=reviewer,
            before={},
            verdict=Review.Verdict.SKIPPED,
            proposed_names=join_names(name_genres(locked.decided.all())),
            blind=blind,
            order=order,
        )


def settle_conflict(*, prediction: Prediction, reviewer: "User", genres: Iterable[str], note: str = "") -> Review:
    """Decide what two reviewers see differently: other accepted words on the item give way.

    Args:
        prediction: The item.
        reviewer: A reviewer or a member of staff.
        genres: The genres that are right, all of them.
        note: A remark of up to 500 characters.

    Returns:
        The settlement.

    Raises:
        Forbidden: The person is no reviewer.
        InvalidInput: No genre, an unknown genre, or a note that breaks its rule.
        Conflict: `nothing_to_settle`: the reviewers agree, or somebody settled it already with other genres.
    """
    require_reviewer(reviewer)
    found, note = clean_word(genres=genres, note=note)
    chosen = name_genres(found)
    with transaction.atomic():
        locked = lock_prediction(prediction.pk)
        settled = Review.objects.live().filter(prediction=locked, task=Review.Task.CONFLICT).first()
        if settled is not None and settled.chosen == chosen:
            return settled
        if not Review.objects.contested().filter(prediction=locked).exists():
            raise Conflict(
                _("There is nothing to settle here: the reviewers agree, or somebody has settled it already."),
                code="nothing_to_settle",
            )
        before = read_scene(locked)
        _overrule(locked, reviewer, chosen)
        feedback = words.propose(prediction=locked, author=reviewer, genres=found, note=note)
        words.accept(feedback=feedback, reviewer=reviewer, seen=feedback.updated_at)
        forget_kept(CONFLICTS)
        machine = name_genres(locked.decided.all())
        return Review.objects.create(
            prediction=locked,
            reviewer=reviewer,
            task=Review.Task.CONFLICT,
            verdict=Review.Verdict.CONFIRMED if chosen == machine else Review.Verdict.AMENDED,
            chosen_names=join_names(chosen),
            proposed_names=join_names(machine),
            note=note,
            proposal=feedback,
            before=before,
            after=read_scene(locked),
        )


def undo_review(*, review: Review, reviewer: "User") -> UndoneReview:
    """Take a review back: what stood before stands again. Undoing twice is harmless.

    What somebody changed since stays as it is, and the answer says so. A second reviewer's decision on the same item
    takes the place of the one that is taken back.

    Args:
        review: One of the reviewer's own.
        reviewer: Who takes it back.

    Returns:
        The review, and what was left as it is.

    Raises:
        NotFound: It is somebody else's review.
        Conflict: `too_late_to_undo`: it is older than 30 days.
    """
    if review.reviewer_id != reviewer.pk:
        raise NotFound(_("There is no such review of yours."))
    with transaction.atomic():
        locked = lock_prediction(review.prediction_id)
        review.refresh_from_db()
        if review.undone_at is not None:
            return UndoneReview(review)
        if not review.undoable:
            message = _("A review can be undone for %(days)s days; this one is of %(day)s.")
            day = timezone.localtime(review.created_at).date().isoformat()
            raise Conflict(message % {"days": UNDO_DAYS, "day": day}, code="too_late_to_undo")
        review.undone_at = timezone.now()
        review.save(update_fields=["undone_at"])
        kept = restore_scene(prediction=locked, before=review.before, after=review.after)
        words.forget_figures(locked)
        forget_kept(CONFLICTS)
        if review.before and not kept:
            _promote_second(locked)
    return UndoneReview(review, tuple(kept))


def change_habits(*, reviewer: "User", shortcuts: bool, blind: bool, daily_goal: int) -> ReviewHabits:
    """Keep how a reviewer likes to work.

    Args:
        reviewer: Whose habits they are.
        shortcuts: Whether single keys choose genres and decide.
        blind: Whether proposals are hidden until the reviewer has chosen.
        daily_goal: Items a day, 1 to 1,000.

    Returns:
        The habits.

    Raises:
        Forbidden: The person is no reviewer.
    """
    require_reviewer(reviewer)
    habits, _created = ReviewHabits.objects.update_or_create(
        person=reviewer, defaults={"shortcuts": shortcuts, "blind": blind, "daily_goal": daily_goal}
    )
    return habits


def _find_own(prediction: Prediction, reviewer: "User") -> Review | None:
    """The reviewer's live review of the item."""
    own = Review.objects.live().filter(prediction=prediction, reviewer=reviewer, task=Review.Task.ITEM)
    return own.first()


def _same_or_refuse(earlier: Review, chosen: list[str]) -> Review:
    if earlier.chosen == chosen:
        return earlier
    raise Conflict(
        _("You reviewed this item already: %(genres)s. Undo that first, if you see it differently now.")
        % {"genres": show_genres(earlier.chosen) or _("skipped")},
        code="reviewed_already",
        details={"review": earlier.pk},
    )


def _overrule(prediction: Prediction, reviewer: "User", chosen: list[str]) -> None:
    """Reject every accepted word on the item that names other genres, so that one truth is left to learn from."""
    accepted = Feedback.objects.filter(prediction=prediction, state=Feedback.State.ACCEPTED).prefetch_related("genres")
    overruled = [row.pk for row in accepted if name_genres(row.genres.all()) != chosen]
    Feedback.objects.filter(pk__in=overruled).update(
        state=Feedback.State.REJECTED, settled_by=reviewer, settled_at=timezone.now()
    )
    words.forget_figures(prediction)


def _promote_second(prediction: Prediction) -> None:
    """Let the earliest second look on an item count, now that the first decision is gone."""
    if Feedback.objects.filter(prediction=prediction, state=Feedback.State.ACCEPTED).exists():
        return
    looks = Review.objects.deciding().filter(prediction=prediction, task=Review.Task.ITEM).exclude(reviewer=None)
    second = next((look for look in looks.select_related("reviewer").order_by("pk") if not look.before), None)
    if second is None or second.reviewer is None:
        return
    found, note = clean_word(genres=second.chosen, note=second.note)
    before = read_scene(prediction)
    feedback = words.propose(prediction=prediction, author=second.reviewer, genres=found, note=note)
    words.accept(feedback=feedback, reviewer=second.reviewer, seen=feedback.updated_at)
    second.proposal, second.before, second.after = feedback, before, read_scene(prediction)
    second.save(update_fields=["proposal", "before", "after"])
