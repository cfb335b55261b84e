"""Every write to the catalogue: films, their genres with provenance, plots and posters."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from genresite.errors import Conflict, InvalidInput
from movies import validators, vocabulary
from movies.images import VerifiedPoster
from movies.models import Genre, GenreAlias, GenreLabel, Movie, Plot, Poster

if TYPE_CHECKING:
    from genresite.accounts.models import User

_CLEANERS: dict[str, Callable[[Any], Any]] = {
    "title": validators.clean_title,
    "year": validators.clean_year,
    "kind": validators.clean_kind,
    "imdb_id": validators.clean_imdb_id,
    "tmdb_id": validators.clean_tmdb_id,
}


@dataclass(frozen=True)
class LoadedGenres:
    """What `load_genres` made; both are 0 when all was there."""

    genres: int
    aliases: int


@dataclass(frozen=True)
class ResolvedGenres:
    """Genres found for spellings, by name, and the spellings that nothing is known of."""

    genres: tuple[Genre, ...]
    unknown: tuple[str, ...]


# --- genres -----------------------------------------------------------------------------------
@transaction.atomic
def load_genres() -> LoadedGenres:
    """Bring the vocabulary's genres and aliases into the database; what is there already stays as it is.

    Returns:
        How many rows were made.
    """
    before = Genre.objects.count()
    rows = [Genre(name=name, slug=vocabulary.genre_slug(name)) for name in vocabulary.GENRES]
    Genre.objects.bulk_create(rows, ignore_conflicts=True)
    genres: dict[str, Genre | None] = {genre.name: genre for genre in Genre.objects.all()}
    made = len(genres) - before
    genres[""] = None  # what a spelling means that is known to mean no genre
    known = set(GenreAlias.objects.values_list("source", "name", "genre_id"))
    spellings = {(source, name) for source, name, _genre in known}
    missing = [
        GenreAlias(source=source, name=spelling, genre=genre)
        for source, aliases in vocabulary.ALIASES.items()
        for spelling, names in aliases.items()
        # A spelling that somebody here has given another meaning keeps it.
        if (source, spelling) not in spellings
        for genre in (genres[name] for name in names or [""])
    ]
    GenreAlias.objects.bulk_create(missing, ignore_conflicts=True)
    return LoadedGenres(genres=made, aliases=len(missing))


def resolve_genres(*, names: Iterable[str], source: str = vocabulary.ANY_SOURCE) -> ResolvedGenres:
    """Find the genres that a source's spellings mean.

    Args:
        names: Spellings; the canonical name in any case, an alias of the source, or an alias of any source.
        source: The source's name, for example "tmdb".

    Returns:
        The genres without repetition, by name, and the spellings not known at all. A spelling known to mean no genre
        ("TV Movie") is in neither.
    """
    genres = {genre.pk: genre for genre in Genre.objects.all()}
    meanings: dict[str, list[int]] = {}
    aliases = GenreAlias.objects.filter(source__in={vocabulary.ANY_SOURCE, source}).order_by("source")
    own = {alias.name for alias in aliases if alias.source == source}
    for alias in aliases:
        if alias.source == source or alias.name not in own:
            meanings.setdefault(alias.name, []).extend([alias.genre_id] if alias.genre_id else [])
    meanings.update({vocabulary.fold(genre.name): [genre.pk] for genre in genres.values()})
    spelled = [name for name in names if name.strip()]
    found = {pk for name in spelled for pk in meanings.get(vocabulary.fold(name), [])}
    unknown = tuple(name for name in spelled if vocabulary.fold(name) not in meanings)
    return ResolvedGenres(tuple(sorted((genres[pk] for pk in found), key=lambda genre: genre.name)), unknown)


def find_genres(*, names: Iterable[str], field: str = "genres") -> tuple[Genre, ...]:
    """Find genres by what a person or program calls them, refusing unknown words.

    Args:
        names: Canonical names or aliases.
        field: The input field that a refusal names.

    Returns:
        The genres, by name.

    Raises:
        InvalidInput: `genre_unknown`, with the words and the vocabulary in its details.
    """
    resolved = resolve_genres(names=names)
    if resolved.unknown:
        message = _("There is no genre called {names}. The genres are: {genres}.").format(
            names=", ".join(repr(name[:40]) for name in resolved.unknown[:5]), genres=", ".join(vocabulary.GENRES)
        )
        raise InvalidInput(message, code="genre_unknown", field=field, details={"unknown": list(resolved.unknown)})
    return resolved.genres


@transaction.atomic
def set_genres(
    *, movie: Movie, genres: Iterable[Genre], source: str = GenreLabel.PERSON, person: "User | None" = None
) -> bool:
    """Make these the film's genres; labels that stay keep their provenance.

    A person's word replaces every label. A data source replaces only its own labels and adds what is missing: it never
    takes away what a person or another source said.

    Args:
        movie: The film.
        genres: The genres, all of them.
        source: Who says so: "person", or the name of a data source.
        person: The person, where `source` is "person".

    Returns:
        Whether anything changed.
    """
    Movie.objects.select_for_update().get(pk=movie.pk)  # two people at once: one after the other
    wanted = {genre.pk: genre for genre in genres}
    labels = list(movie.labels.all())
    replaceable = [label for label in labels if source == GenreLabel.PERSON or label.source == source]
    dropped = [label.pk for label in replaceable if label.genre_id not in wanted]
    present = {label.genre_id for label in labels}
    added = [
        GenreLabel(movie=movie, genre=genre, source=source, person=person)
        for pk, genre in wanted.items()
        if pk not in present
    ]
    if dropped:
        movie.labels.filter(pk__in=dropped).delete()
    GenreLabel.objects.bulk_create(added)
    if dropped or added:
        Movie.objects.filter(pk=movie.pk).update(updated_at=timezone.now())
        vars(movie).pop("_prefetched_objects_cache", None)  # what was read before is stale now
    return bool(dropped or added)


# --- films ------------------------------------------------------------------------------------
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


# --- plots and posters ------------------------------------------------------------------------
def add_plot(
    *,
    movie: Movie,
    text: str,
    language: str = "en",
    source: str = GenreLabel.PERSON,
    licence: str = "",
    may_train: bool = False,
    person: "User | None" = None,
) -> Plot:
    """Add a synopsis to a film; a film may have several.

    Args:
        movie: The film.
        text: The synopsis, 20 to 20,000 characters.
        language: Its language code.
        source: Where it comes from.
        licence: The licence it is under, if known.
        may_train: Whether models may learn from it.
        person: Who adds it.

    Returns:
        The new plot.

    Raises:
        InvalidInput: A value breaks its rule.
        Conflict: `plot_exists`: the film has this very text.
    """
    cleaned = validators.clean_plot(text)
    if movie.plots.filter(text=cleaned).exists():
        raise Conflict(_("This film has this very plot already."), code="plot_exists", field="plot")
    return Plot.objects.create(
        movie=movie,
        text=cleaned,
        language=validators.clean_language(language),
        source=validators.clean_source(source),
        licence=validators.clean_licence(licence),
        may_train=may_train,
        added_by=person,
    )


def attach_poster(
    *,
    movie: Movie,
    poster: VerifiedPoster,
    source: str = GenreLabel.PERSON,
    licence: str = "",
    may_train: bool = False,
    person: "User | None" = None,
) -> Poster:
    """Give a film a poster; the newest one is shown first.

    Call it outside a transaction: the files are written before the row and removed again if the row fails.

    Args:
        movie: The film.
        poster: What `movies.images.read_poster` returned.
        source: Where it comes from.
        licence: The licence it is under, if known.
        may_train: Whether models may learn from it.
        person: Who adds it.

    Returns:
        The new poster.

    Raises:
        InvalidInput: The source or licence breaks its rule.
        Conflict: `poster_exists`: the film has this very file.
    """
    source, licence = validators.clean_source(source), validators.clean_licence(licence)
    exists = Conflict(_("This film has this very poster already."), code="poster_exists", field="poster")
    if movie.posters.filter(sha256=poster.sha256).exists():
        raise exists
    row = Poster(movie=movie, source=source, licence=licence, may_train=may_train, added_by=person)
    for name in ("sha256", "perceptual_hash", "width", "height"):
        setattr(row, name, getattr(poster, name))
    written: list[str] = []
    try:
        for field, content in ((row.file, poster.webp), (row.thumbnail, poster.thumbnail)):
            field.save(f"{uuid4().hex}.webp", ContentFile(content), save=False)
            written.append(str(field.name))
        with transaction.atomic():
            row.save(force_insert=True)
    except BaseException as exc:
        for name in written:
            default_storage.delete(name)
        if isinstance(exc, IntegrityError):
            raise exists from exc
        raise
    return row
