"""What the catalogue keeps about a person: the films, labels, plots and posters that they added. It all stays."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from genresite.accounts.personal_data import Row, Section, register
from movies.models import GenreLabel, Movie, Plot, Poster

if TYPE_CHECKING:
    from genresite.accounts.models import User


def register_sections() -> None:
    """Tell the account of everything that this app keeps. Deleting the account only takes the name off."""
    register(
        Section("films", _read_films),
        Section("labels", _read_labels),
        Section("plots", _read_plots),
        Section("posters", _read_posters, _poster_files),
    )


def _read_films(user: "User") -> Iterator[Row]:
    fields = ("id", "title", "year", "kind", "imdb_id", "tmdb_id", "created_at")
    yield from Movie.objects.filter(created_by=user).order_by("pk").values(*fields).iterator()


def _read_labels(user: "User") -> Iterator[Row]:
    mine = GenreLabel.objects.filter(person=user).order_by("pk").select_related("genre")
    for label in mine.iterator():
        yield {"movie": label.movie_id, "genre": label.genre.name, "labelled_at": label.labelled_at}


def _read_plots(user: "User") -> Iterator[Row]:
    fields = ("id", "movie", "text", "language", "source", "licence", "may_train", "added_at")
    yield from Plot.objects.filter(added_by=user).order_by("pk").values(*fields).iterator()


def _read_posters(user: "User") -> Iterator[Row]:
    fields = ("id", "movie", "file", "source", "licence", "may_train", "added_at")
    yield from Poster.objects.filter(added_by=user).order_by("pk").values(*fields).iterator()


def _poster_files(user: "User") -> list[str]:
    return list(Poster.objects.filter(added_by=user).values_list("file", flat=True))
