"""The writes that feedback consists of. Each belongs in a transaction that has locked the prediction."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from genresite.kept import forget_kept
from movies.models import Genre
from movies.services import set_genres
from predictor.models import Feedback, Prediction
from predictor.models.names import join_names

if TYPE_CHECKING:
    from genresite.accounts.models import User


def words_scope(owner: int | None) -> str:
    """What figures of people's words are kept under: of one person's predictions, or None for everybody's."""
    return f"words:{owner or 'all'}"


def forget_figures(prediction: Prediction) -> None:
    """Have the figures that a prediction's feedback counts in counted anew.

    Args:
        prediction: What was spoken of.
    """
    forget_kept(words_scope(None), words_scope(prediction.owner_id))


def propose(*, prediction: Prediction, author: "User", genres: Iterable[Genre], note: str) -> Feedback:
    """Write what a person says, as a proposal; said again, it replaces what was said.

    Args:
        prediction: The prediction, locked.
        author: Who says so.
        genres: The genres that are right.
        note: A remark, checked.

    Returns:
        The proposal.
    """
    proposed = {
        "note": note,
        "state": Feedback.State.PROPOSED,
        "authors_names": "",
        "settled_by": None,
        "settled_at": None,
    }
    feedback, _created = Feedback.objects.update_or_create(prediction=prediction, author=author, defaults=proposed)
    feedback.genres.set(genres)
    forget_figures(prediction)
    return feedback


def accept(*, feedback: Feedback, reviewer: "User", seen: datetime, genres: Iterable[Genre] | None = None) -> bool:
    """Accept a proposal, as it is or with other genres; a catalogue film gets them.

    Args:
        feedback: The proposal; its prediction is locked.
        reviewer: Who accepts it.
        seen: When the words that the reviewer read were written.
        genres: The genres that are right, where they are not the author's.

    Returns:
        Whether it was accepted; False if it was settled or changed since.
    """
    if not _move(feedback, reviewer, seen, Feedback.State.ACCEPTED):
        return False
    own = list(feedback.genres.all())
    chosen = own if genres is None else list(genres)
    amended = {genre.pk for genre in chosen} != {genre.pk for genre in own}
    if amended:
        Feedback.objects.filter(pk=feedback.pk).update(authors_names=join_names(genre.name for genre in own))
        feedback.genres.set(chosen)
    movie = feedback.prediction.movie
    if movie is not None:
        set_genres(movie=movie, genres=chosen, person=reviewer if amended else feedback.author)
    return True


def reject(*, feedback: Feedback, reviewer: "User", seen: datetime) -> bool:
    """Reject a proposal.

    Args:
        feedback: The proposal.
        reviewer: Who rejects it.
        seen: When the words that the reviewer read were written.

    Returns:
        Whether it was rejected; False if it was settled or changed since.
    """
    return _move(feedback, reviewer, seen, Feedback.State.REJECTED)


def _move(feedback: Feedback, reviewer: "User", seen: datetime, state: str) -> bool:
    """Move feedback on from proposed: one of several who try at once succeeds, and only with the words it was shown."""
    rows = Feedback.objects.filter(pk=feedback.pk, updated_at=seen).awaiting_review()
    moved = rows.update(state=state, settled_by=reviewer, settled_at=timezone.now()) == 1
    if moved:
        forget_figures(feedback.prediction)
    return moved
