"""A whole catalogue entry at once, as the add and edit pages send it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from movies.images import VerifiedPoster
from movies.models import Movie
from movies.services.attachments import add_plot, attach_poster
from movies.services.films import create_movie, update_movie

if TYPE_CHECKING:
    from genresite.accounts.models import User


@dataclass(frozen=True)
class Entry:
    """What a person filled in: facts and genres of the film, and a plot and a poster where they were given.

    Attributes:
        facts: Arguments of `create_movie`: title, year, kind, ids, genres.
        plot: Arguments of `add_plot`, or None.
        poster: The verified poster, or None.
        poster_facts: Further arguments of `attach_poster`.
    """

    facts: dict[str, Any]
    plot: dict[str, Any] | None
    poster: VerifiedPoster | None
    poster_facts: dict[str, Any]


def record_entry(*, entry: Entry, person: "User", movie: Movie | None = None) -> Movie:
    """Add a film, or change one, with what a person filled in.

    Args:
        entry: The facts, and the plot and poster to add.
        person: Who filled it in.
        movie: The film to change, or None to add one.

    Returns:
        The film.

    Raises:
        InvalidInput: A value breaks its rule.
        Conflict: Another film has an id, or the film has this plot or poster already.
    """
    with transaction.atomic():
        if movie is None:
            movie = create_movie(**entry.facts, person=person)
        else:
            update_movie(movie=movie, **entry.facts, person=person)
        if entry.plot:
            add_plot(movie=movie, **entry.plot, person=person)
    if entry.poster:
        attach_poster(movie=movie, poster=entry.poster, **entry.poster_facts, person=person)
    return movie
