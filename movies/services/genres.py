"""The genre vocabulary, and which film has which genres by whose word."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from movies import vocabulary
from movies.figures import forget_figures
from movies.models import Genre, GenreAlias, GenreLabel, Movie

if TYPE_CHECKING:
    from genresite.accounts.models import User


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


class Spellings:
    """What the spellings of a source mean, read once: for a file of many rows.

    Args:
        source: The source's name, for example "tmdb"; its own aliases go before those of any source.
    """

    def __init__(self, source: str = vocabulary.ANY_SOURCE) -> None:
        self.genres = {genre.pk: genre for genre in Genre.objects.all()}
        self._meanings: dict[str, list[int]] = {}
        aliases = GenreAlias.objects.filter(source__in={vocabulary.ANY_SOURCE, source}).order_by("source")
        own = {alias.name for alias in aliases if alias.source == source}
        for alias in aliases:
            if alias.source == source or alias.name not in own:
                self._meanings.setdefault(alias.name, []).extend([alias.genre_id] if alias.genre_id else [])
        self._meanings.update({vocabulary.fold(genre.name): [genre.pk] for genre in self.genres.values()})

    def resolve(self, names: Iterable[str]) -> ResolvedGenres:
        """Find the genres that spellings mean; see `resolve_genres`."""
        spelled = [name for name in names if name.strip()]
        found = {pk for name in spelled for pk in self._meanings.get(vocabulary.fold(name), [])}
        unknown = tuple(name for name in spelled if vocabulary.fold(name) not in self._meanings)
        return ResolvedGenres(tuple(sorted((self.genres[pk] for pk in found), key=lambda genre: genre.name)), unknown)


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
    return Spellings(source).resolve(names)


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

    A person's word replaces every label and holds: once a person has decided, no data source changes the film's genres.
    Before that, a data source replaces only its own labels and adds what is missing: it never takes away what another
    source said.

    Args:
        movie: The film.
        genres: The genres, all of them.
        source: Who says so: "person", or the name of a data source.
        person: The person, where `source` is "person".

    Returns:
        Whether anything changed.
    """
    locked = Movie.objects.select_for_update().get(pk=movie.pk)  # two people at once: one after the other
    by_person = source == GenreLabel.PERSON
    if locked.genres_decided_at and not by_person:
        return False
    wanted = {genre.pk: genre for genre in genres}
    labels = list(movie.labels.all())
    replaceable = [label for label in labels if by_person or label.source == source]
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
    now = timezone.now()
    if by_person and (wanted or dropped):
        Movie.objects.filter(pk=movie.pk).update(genres_decided_at=now)
    if dropped or added:
        Movie.objects.filter(pk=movie.pk).update(updated_at=now)
        vars(movie).pop("_prefetched_objects_cache", None)  # what was read before is stale now
        forget_figures()
    return bool(dropped or added)
