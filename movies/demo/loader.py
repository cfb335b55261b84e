"""The demo catalogue: facts of known films, synopses and posters of our own."""

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.db import transaction
from django.db.models import Q

from movies.demo.draw import draw_poster_bytes
from movies.images import read_poster
from movies.models import Movie
from movies.rows import MovieRow, read_rows
from movies.services import add_plot, attach_poster, create_movie, load_genres, resolve_genres

CATALOGUE: Final = Path(__file__).with_name("catalogue.jsonl")
SOURCE: Final = "demo"
LICENCE: Final = "CC0-1.0"


@dataclass(frozen=True)
class LoadedDemo:
    """What `load_demo` made; both are 0 when all was there."""

    movies: int
    posters: int


def _keys(film: Movie | MovieRow) -> list[Hashable]:
    """All that a film is recognised by: a person may have changed any of it."""
    names: list[Hashable] = [("called", film.title, film.year)]
    names += [("imdb", film.imdb_id)] if film.imdb_id else []
    return names + ([("tmdb", film.kind, film.tmdb_id)] if film.tmdb_id else [])


def _find_present(rows: list[MovieRow]) -> dict[Hashable, Movie]:
    """The films of the catalogue that rows may mean, by everything that they are recognised by."""
    maybe = (
        Q(title__in=[row.title for row in rows])
        | Q(imdb_id__in=[row.imdb_id for row in rows if row.imdb_id])
        | Q(tmdb_id__in=[row.tmdb_id for row in rows if row.tmdb_id])
    )
    films = Movie.objects.filter(maybe).prefetch_related("posters")
    return {key: film for film in films for key in _keys(film)}


@transaction.atomic
def _create(row: MovieRow) -> Movie:
    genres = resolve_genres(names=row.genres).genres
    movie = create_movie(
        title=row.title,
        year=row.year,
        kind=row.kind,
        imdb_id=row.imdb_id,
        tmdb_id=row.tmdb_id,
        genres=genres,
        source=SOURCE,
    )
    add_plot(movie=movie, text=row.plot, language=row.language, source=SOURCE, licence=row.licence, may_train=False)
    return movie


def load_demo() -> LoadedDemo:
    """Fill the catalogue with the demo films; what is there already, changed or not, stays as it is.

    Films that the catalogue file leaves without genres get no poster either: they are there to be predicted.

    Returns:
        How many films and posters were made.
    """
    load_genres()
    rows = [row for row in read_rows(CATALOGUE) if isinstance(row, MovieRow)]
    present = _find_present(rows)
    movies = posters = 0
    for row in rows:
        movie = next((present[key] for key in _keys(row) if key in present), None)
        if movie is None:
            movie = _create(row)
            movies += 1
        elif movie.created_by_id is not None or movie.posters.all():
            continue
        if row.genres:  # made just now, or left without by a first run that was stopped
            poster = read_poster(draw_poster_bytes(row.title, row.year, row.genres))
            attach_poster(movie=movie, poster=poster, source=SOURCE, licence=LICENCE)
            posters += 1
    return LoadedDemo(movies=movies, posters=posters)
