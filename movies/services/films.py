"""Adding and changing films."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from genresite.errors import Conflict
from movies import validators
from movies.figures import forget_figures
from movies.models import Genre, GenreLabel, Movie
from movies.services.genres import set_genres

if TYPE_CHECKING:
    from genresite.accounts.models import User

_CLEANERS: dict[str, Callable[[Any], Any]] = {
    "title": validators.clean_title,
    "year": validators.clean_year,
    "kind": validators.clean_kind,
    "imdb_id": validators.clean_imdb_id,
    "tmdb_id": validators.clean_tmdb_id,
}


def find_duplicate(
    *, kind: str, imdb_id: str | None, tmdb_id: int | None, but: Movie | None = None
) -> tuple[str, Movie] | None:
    """Find a film that has one of the ids already.

    Args:
        kind: "movie" or "show": TMDB numbers them separately.
        imdb_id: The IMDb id or None.
        tmdb_id: The TMDB id or None.
        but: A film that may have them, for it is the one being changed.

    Returns:
        The field at fault and the film, or None.
    """
    others = Movie.objects.exclude(pk=but.pk) if but else Movie.objects.all()
    if imdb_id and (found := others.filter(imdb_id=imdb_id).first()):
        return "imdb_id", found
    if tmdb_id and (found := others.filter(kind=kind, tmdb_id=tmdb_id).first()):
        return "tmdb_id", found
    return None


def _refuse_duplicate(movie: Movie) -> None:
    duplicate = find_duplicate(kind=movie.kind, imdb_id=movie.imdb_id, tmdb_id=movie.tmdb_id, but=movie)
    if duplicate is None:
        return
    field, found = duplicate
    name = {"imdb_id": "IMDb id", "tmdb_id": "TMDB id"}[field]
    message = _("{title} has the {name} {value} already: an id belongs to one film.").format(
        title=found, name=name, value=getattr(movie, field)
    )
    details = {"movie": found.pk, "url": reverse("movies:detail", args=[found.pk])}
    raise Conflict(message, code="movie_exists", field=field, details=details)


def _save(movie: Movie) -> None:
    _refuse_duplicate(movie)
    try:
        with transaction.atomic():
            movie.save()
    except IntegrityError as exc:  # somebody else added it between the look and the write
        _refuse_duplicate(movie)
        raise Conflict(_("This film was just added by somebody else."), code="movie_exists") from exc


@transaction.atomic
def create_movie(
    *,
    title: str,
    year: int | None = None,
    kind: str = Movie.Kind.MOVIE,
    imdb_id: str | None = None,
    tmdb_id: int | None = None,
    genres: Iterable[Genre] = (),
    source: str = GenreLabel.PERSON,
    person: "User | None" = None,
) -> Movie:
    """Add a film.

    Args:
        title: Its title.
        year: The year it was first shown, or None.
        kind: "movie" or "show".
        imdb_id: "tt" and digits, or None.
        tmdb_id: TMDB's number, or None.
        genres: Its genres, if known.
        source: Who says what its genres are.
        person: Who adds it.

    Returns:
        The new film.

    Raises:
        InvalidInput: A value breaks its rule.
        Conflict: `movie_exists`: another film has the id; `details` has its number and address.
    """
    given = {"title": title, "year": year, "kind": kind, "imdb_id": imdb_id, "tmdb_id": tmdb_id}
    movie = Movie(created_by=person, **{name: _CLEANERS[name](value) for name, value in given.items()})
    _save(movie)
    forget_figures()
    genres = list(genres)
    if genres:
        set_genres(movie=movie, genres=genres, source=source, person=person)
    return movie


@transaction.atomic
def update_movie(
    *, movie: Movie, person: "User | None" = None, genres: Iterable[Genre] | None = None, **changes: Any
) -> Movie:
    """Change a film's facts, and its genres if they are given.

    Args:
        movie: The film.
        person: Who changes it.
        genres: All its genres from now on, or None to leave them.
        **changes: Any of title, year, kind, imdb_id, tmdb_id.

    Returns:
        The film.

    Raises:
        InvalidInput: A value breaks its rule.
        Conflict: `movie_exists`.
    """
    for name, value in changes.items():
        setattr(movie, name, _CLEANERS[name](value))
    if changes:
        _save(movie)
    if genres is not None:
        set_genres(movie=movie, genres=genres, person=person)
    return movie
