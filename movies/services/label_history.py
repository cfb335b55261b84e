"""What a film's labels were at a moment, and putting them back."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from movies.figures import forget_figures
from movies.models import GenreLabel, Movie

if TYPE_CHECKING:
    from genresite.accounts.models import User

LabelMoment = dict[str, Any]
"""A film's labels as plain JSON: the film, when a person last decided, and every label with its provenance."""


def read_labels(movie: Movie) -> LabelMoment:
    """What the film's labels are now.

    Args:
        movie: The film.

    Returns:
        Plain values, to be kept as JSON and given to `restore_labels`.
    """
    decided = Movie.objects.values_list("genres_decided_at", flat=True).get(pk=movie.pk)
    labels = GenreLabel.objects.filter(movie=movie).order_by("genre_id")
    return {
        "movie": movie.pk,
        "decided_at": decided and decided.isoformat(),
        "labels": [[label.genre_id, label.source, label.person_id, label.labelled_at.isoformat()] for label in labels],
    }


@transaction.atomic
def restore_labels(*, before: LabelMoment, after: LabelMoment) -> bool:
    """Put a film's labels back to what they were, unless somebody changed them since.

    Args:
        before: What they were.
        after: What they were made into; only if they still are that, they are put back.

    Returns:
        Whether they are as before now; False where somebody decided anew, or the film is gone.
    """
    movie = Movie.objects.select_for_update().filter(pk=before["movie"]).first()
    if movie is None:
        return False
    now = read_labels(movie)
    if _genres(now) == _genres(before) and now["decided_at"] == before["decided_at"]:
        return True
    if _genres(now) != _genres(after) or now["decided_at"] != after["decided_at"]:
        return False
    people = _find_people(before)
    kept = {tuple(label) for label in before["labels"]}
    movie.labels.exclude(pk__in=[label.pk for label in movie.labels.all() if _row(label) in kept]).delete()
    present = set(movie.labels.values_list("genre_id", flat=True))
    for genre, source, person, labelled_at in before["labels"]:
        if genre not in present:
            label = GenreLabel.objects.create(movie=movie, genre_id=genre, source=source, person=people.get(person))
            GenreLabel.objects.filter(pk=label.pk).update(labelled_at=labelled_at)
    decided = before["decided_at"] and datetime.fromisoformat(before["decided_at"])
    Movie.objects.filter(pk=movie.pk).update(genres_decided_at=decided, updated_at=timezone.now())
    forget_figures()
    return True


def _row(label: GenreLabel) -> tuple[Any, ...]:
    return (label.genre_id, label.source, label.person_id, label.labelled_at.isoformat())


def _genres(moment: LabelMoment) -> set[int]:
    """Its genres alone: a label whose person's account was deleted since has not changed."""
    return {genre for genre, _source, _person, _labelled_at in moment["labels"]}


def _find_people(moment: LabelMoment) -> "dict[int, User]":
    """Those who gave the labels and still have an account."""
    numbers = [person for _genre, _source, person, _labelled_at in moment["labels"] if person]
    return dict(get_user_model().objects.in_bulk(numbers))
