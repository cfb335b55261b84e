"""What stood before a decision and after it: remembered, and put back when the decision is undone."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from genresite.kept import forget_kept
from movies.services.label_history import read_labels, restore_labels
from predictor.models import Feedback, Prediction, Review
from predictor.models.review import CONFLICTS

if TYPE_CHECKING:
    from genresite.accounts.models import User

Scene = dict[str, Any]
"""The feedback on a prediction by its number, and the labels of its film, as plain JSON."""

FILM, FEEDBACK = "film", "feedback"


def lock_prediction(pk: int) -> Prediction:
    """The prediction, held until the transaction ends, so that decisions on it come one after the other."""
    # Its film is read when it is asked for, after the lock: a row joined to one that had to be waited for is as old as
    # the statement, so that a film saved meanwhile would be missing on PostgreSQL.
    return Prediction.objects.select_for_update(of=("self",)).get(pk=pk)


def read_scene(prediction: Prediction) -> Scene:
    """What people's words on the prediction and the film's labels are now."""
    rows = Feedback.objects.filter(prediction=prediction).prefetch_related("genres")
    film = read_labels(prediction.movie) if prediction.movie else None
    return {FEEDBACK: {str(row.pk): _as_json(row) for row in rows}, FILM: film}


def _as_json(row: Feedback) -> dict[str, Any]:
    return {
        "genres": sorted(genre.pk for genre in row.genres.all()),
        "authors_names": row.authors_names,
        "note": row.note,
        "state": row.state,
        "settled_by": row.settled_by_id,
        "settled_at": row.settled_at and row.settled_at.isoformat(),
        "updated_at": row.updated_at.isoformat(),
    }


def remember_item(*, prediction: Prediction, reviewer: "User", before: Scene, **facts: Any) -> Review:
    """Keep a reviewer's decision on an item; an earlier one of theirs is replaced.

    Args:
        prediction: The item, locked.
        reviewer: Who decided.
        before: What stood before; undoing leads back to what stood before the first decision.
        **facts: Further fields of the review.

    Returns:
        The new review.
    """
    earlier = Review.objects.live().filter(prediction=prediction, reviewer=reviewer, task=Review.Task.ITEM).first()
    if earlier is not None:
        Review.objects.filter(pk=earlier.pk).update(undone_at=timezone.now())
        before = earlier.before or before
    after = read_scene(prediction) if before else {}
    if Review.objects.deciding().filter(prediction=prediction).exclude(reviewer=reviewer).exists():
        # Most items are decided by one person and contradict nobody: their decisions leave the count as it is.
        forget_kept(CONFLICTS)
    return Review.objects.create(prediction=prediction, reviewer=reviewer, before=before, after=after, **facts)


@transaction.atomic
def restore_scene(*, prediction: Prediction, before: Scene, after: Scene) -> list[str]:
    """Put back what stood before a decision, but nothing that somebody changed since.

    Args:
        prediction: The item, locked.
        before: What stood before the decision.
        after: What stood after it.

    Returns:
        Which parts were left as they are, of "film" and "feedback".
    """
    if not before:
        return []
    now = read_scene(prediction)[FEEDBACK]
    touched = [pk for pk in {**before[FEEDBACK], **after[FEEDBACK]} if _at(before, pk) != _at(after, pk)]
    changed = [pk for pk in touched if _words(now.get(pk)) != _words(_at(after, pk))]
    for pk in touched:
        if pk not in changed:
            _restore_feedback(int(pk), _at(before, pk))
    kept = [FEEDBACK] if changed else []
    was, became = before[FILM], after[FILM]
    if was is not None and became is not None and was != became and not restore_labels(before=was, after=became):
        kept.append(FILM)
    return kept


def _at(scene: Scene, pk: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = scene[FEEDBACK].get(pk)
    return found


def _words(row: dict[str, Any] | None) -> Any:
    """A row without its people: an account that was deleted since has changed no words."""
    return row and {key: value for key, value in row.items() if key != "settled_by"}


def _restore_feedback(pk: int, row: dict[str, Any] | None) -> None:
    if row is None:
        Feedback.objects.filter(pk=pk).delete()
        return
    # Not by save(), which would date the author's words anew.
    Feedback.objects.filter(pk=pk).update(
        authors_names=row["authors_names"],
        note=row["note"],
        state=row["state"],
        settled_by=_find_person(row["settled_by"]),
        settled_at=_read_time(row["settled_at"]),
        updated_at=_read_time(row["updated_at"]),
    )
    Feedback.objects.get(pk=pk).genres.set(row["genres"])


def _find_person(pk: int | None) -> "User | None":
    model: Any = Review._meta.get_field("reviewer").related_model
    found: User | None = model.objects.filter(pk=pk).first() if pk else None
    return found


def _read_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def name_genres(genres: Iterable[Any]) -> list[str]:
    """The names of genres, alphabetical."""
    return sorted(genre.name for genre in genres)
