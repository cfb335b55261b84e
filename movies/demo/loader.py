"""The demo catalogue: facts of known films, synopses and posters of our own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.db import transaction

from movies.demo.draw import draw_poster_bytes
from movies.images import read_poster
from movies.models import Movie
from movies.rows import MovieRow, read_rows
from movies.services import add_plot, attach_poster, create_movie, load_genres, resolve_genres

CATALOGUE: Final = Path(__file__).with_name("catalogue.jsonl")
SOURCE: Final = "demo"
LICENCE: Final = "CC0-1.0"

# A film is recognised by its IMDb id, or else by what people call it.
Key = tuple[str, int | None] | str


@dataclass(frozen=True)
class LoadedDemo:
    """What `load_demo` made; both are 0 when all was there."""

    movies: int
    posters: int


def _key(title: str, year: int | None, imdb_id: str | None) -> Key:
    return imdb_id or (title, year)


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
    present: dict[Key, Movie] = {}
    for known in Movie.objects.filter(title__in=[row.title for row in rows]).prefetch_related("posters"):
        present[_key(known.title, known.year, known.imdb_id)] = known
    movies = posters = 0
    for row in rows:
        movie = present.get(_key(row.title, row.year, row.imdb_id))
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
