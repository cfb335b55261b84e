"""A chunk of an import: what the catalogue has of its films, what is missing, and one write of all that."""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from movies.models import GenreLabel, Movie, Plot, Poster, SourceRecord
from movies.rows import MovieRow, RowError
from movies.services.attachments import delete_poster_files, write_poster_files
from movies.services.genres import Spellings
from movies.services.import_posters import Picture


@dataclass(frozen=True)
class Terms:
    """On what terms rows come in: their source, its licence, whether models may learn, and whose spellings hold."""

    source: str
    licence: str = ""
    may_train: bool = False
    spellings: str = ""


class Outcome(Enum):
    """What came of a row; the value is its count's name in the summary."""

    MADE = "made"
    COMPLETED = "completed"
    UNCHANGED = "unchanged"


@dataclass(eq=False)
class _Film:
    """A film as the catalogue has it, or as it will be after this chunk."""

    movie: Movie
    record: SourceRecord | None = None
    sources: set[str] = field(default_factory=set)
    genres: set[int] = field(default_factory=set)
    plots: dict[str, Plot] = field(default_factory=dict)
    posters: dict[str, Poster] = field(default_factory=dict)


def row_keys(row: MovieRow) -> list[Hashable]:
    """All that a row's film is recognised by, the surest first."""
    keys: list[Hashable] = [("imdb", row.imdb_id)] if row.imdb_id else []
    keys += [("tmdb", row.kind, row.tmdb_id)] if row.tmdb_id else []
    return [*keys, ("title", row.title, row.year, row.kind)]


def _contradicts(movie: Movie, row: MovieRow) -> bool:
    """Whether both have an id of the same kind, and another."""
    other_imdb = movie.imdb_id and row.imdb_id and movie.imdb_id != row.imdb_id
    other_tmdb = movie.tmdb_id and row.tmdb_id and movie.tmdb_id != row.tmdb_id
    return bool(other_imdb or other_tmdb)


class Chunk:
    """Rows that are looked up, planned and written together; made anew for every try.

    Args:
        terms: On what terms the rows come in.
        spellings: What genre names mean.
        pictures: What `read_pictures` returned for the rows.
    """

    def __init__(self, terms: Terms, spellings: Spellings, pictures: dict[Path, Picture]) -> None:
        self.terms = terms
        self.unknown: Counter[str] = Counter()
        self.labels: list[GenreLabel] = []
        self.plots: list[Plot] = []
        self.posters: list[tuple[Poster, Picture]] = []
        self._spellings = spellings
        self._pictures = pictures
        self._new: list[Movie] = []
        self._records: list[SourceRecord] = []
        self._changed: dict[type[Any], dict[int, Any]] = {Movie: {}, SourceRecord: {}, Plot: {}, Poster: {}}
        self._by_id: dict[Hashable, _Film] = {}
        self._by_title: dict[Hashable, list[_Film]] = {}

    # --- what the catalogue has -------------------------------------------------------------------
    def look_up(self, rows: list[MovieRow], *, lock: bool) -> None:
        """Read all films that the rows may mean, with what they have; inside the transaction that will write."""
        records = SourceRecord.objects.filter(source=self.terms.source)
        imdb_ids = {row.imdb_id for row in rows if row.imdb_id}
        tmdb_ids = {row.tmdb_id for row in rows if row.tmdb_id}
        found = set(Movie.objects.filter(imdb_id__in=imdb_ids).values_list("pk", flat=True))
        found |= set(Movie.objects.filter(tmdb_id__in=tmdb_ids).values_list("pk", flat=True))
        titles = {(row.title, row.year, row.kind) for row in rows}
        namesakes = records.filter(title__in={row.title for row in rows})
        found |= {pk for pk, *name in namesakes.values_list("movie", "title", "year", "kind") if tuple(name) in titles}
        # Locked in the order of their numbers: two imports at once wait for each other and never for good.
        movies: QuerySet[Movie] = Movie.objects.filter(pk__in=found).order_by("pk")
        films = {movie.pk: _Film(movie) for movie in (movies.select_for_update() if lock else movies)}
        for record in SourceRecord.objects.filter(movie__in=films):
            films[record.movie_id].sources.add(record.source)
            if record.source == self.terms.source:
                films[record.movie_id].record = record
        for movie_pk, genre_pk in GenreLabel.objects.filter(movie__in=films).values_list("movie", "genre"):
            films[movie_pk].genres.add(genre_pk)
        for plot in Plot.objects.filter(movie__in=films):
            films[plot.movie_id].plots[plot.text] = plot
        for poster in Poster.objects.filter(movie__in=films):
            films[poster.movie_id].posters[poster.sha256] = poster
        for film in films.values():
            self._register(film)

    def _register(self, film: _Film) -> None:
        movie, record = film.movie, film.record
        if movie.imdb_id:
            self._by_id["imdb", movie.imdb_id] = film
        if movie.tmdb_id:
            self._by_id["tmdb", movie.kind, movie.tmdb_id] = film
        if record is not None:
            namesakes = self._by_title.setdefault(("title", record.title, record.year, record.kind), [])
            if film not in namesakes:
                namesakes.append(film)

    def _find(self, row: MovieRow) -> _Film | None:
        *ids, title = row_keys(row)
        film = next((self._by_id[key] for key in ids if key in self._by_id), None)
        if film is None:
            namesakes = self._by_title.get(title, [])
            film = next((namesake for namesake in namesakes if not _contradicts(namesake.movie, row)), None)
        return film

    # --- what is missing --------------------------------------------------------------------------
    def plan(self, row: MovieRow) -> Outcome | RowError:
        """Note what a row brings; nothing of it, if there is anything wrong with it."""
        film = self._find(row)
        picture = self._pictures[row.poster] if row.poster else None
        error = self._check(row, film, picture)
        if error is not None:
            return error
        outcome = Outcome.UNCHANGED
        if film is None:
            facts = {name: getattr(row, name) for name in ("title", "year", "kind", "imdb_id", "tmdb_id")}
            film, outcome = _Film(Movie(**facts)), Outcome.MADE
            self._new.append(film.movie)
        # A list, not a generator: every part is to be noted.
        added = [self._note_facts(film, row), self._note_record(film, row), self._note_genres(film, row)]
        added += [self._note_plot(film, row), picture is not None and self._note_poster(film, picture)]
        if outcome is Outcome.MADE:  # from now on no source changes them; those of this row are in
            film.movie.genres_decided_at = row.decided_at
        self._register(film)
        if outcome is Outcome.UNCHANGED and any(added):
            self._changed[Movie][id(film.movie)] = film.movie
            return Outcome.COMPLETED
        return outcome

    def _check(self, row: MovieRow, film: _Film | None, picture: Picture | None) -> RowError | None:
        if film is not None and row.tmdb_id and film.movie.kind == row.kind:
            other = self._by_id.get(("tmdb", row.kind, row.tmdb_id), film)
            other_imdb = row.imdb_id and film.movie.imdb_id and film.movie.imdb_id != row.imdb_id
            if other is not film or other_imdb:
                message = _("The IMDb id {imdb} and the TMDB id {tmdb} belong to two films of the catalogue.")
                text = message.format(imdb=row.imdb_id, tmdb=row.tmdb_id)
                return RowError(row.file, row.line, "ids_disagree", text, "tmdb_id")
        if picture is not None:
            if film is None or picture.sha256 not in film.posters:
                picture.verify()
            if picture.error is not None:
                return RowError(row.file, row.line, picture.error.code, picture.error.message, "poster")
        return None

    def _note_facts(self, film: _Film, row: MovieRow) -> bool:
        movie, before = film.movie, (film.movie.title, film.movie.year, film.movie.imdb_id, film.movie.tmdb_id)
        movie.year = movie.year if movie.year is not None else row.year
        movie.imdb_id = movie.imdb_id or row.imdb_id
        if movie.kind == row.kind:  # TMDB numbers films and shows separately
            movie.tmdb_id = movie.tmdb_id or row.tmdb_id
        if movie.title == movie.imdb_id:  # the id stood for a title that no source had told
            movie.title = row.title
        return before != (movie.title, movie.year, movie.imdb_id, movie.tmdb_id)

    def _note_record(self, film: _Film, row: MovieRow) -> bool:
        """Keep who has the film; terms that changed since this source's last import hold for all that it brought."""
        own = {label.source: (label.licence, label.may_train) for label in row.labels}
        licence, may_train = own.pop(self.terms.source, (self.terms.licence, self.terms.may_train))
        added = [self._add_record(film, row, source, *terms) for source, terms in own.items()]
        record = film.record
        if record is None:
            film.record = self._add_record(film, row, self.terms.source, licence, may_train)
            return True
        if (record.licence, record.may_train) == (licence, may_train) or row.labels or row.plot_source:
            return any(added)
        items: list[Any] = [record, *film.plots.values(), *film.posters.values()]
        for item in items:
            if item.source == self.terms.source:
                item.licence, item.may_train = licence, may_train
                self._changed[type(item)][id(item)] = item
        return True

    def _add_record(
        self, film: _Film, row: MovieRow, source: str, licence: str, may_train: bool
    ) -> SourceRecord | None:
        """Keep that a source has the film, unless that is known or it stands for people."""
        if source in film.sources or source == GenreLabel.PERSON:
            return None
        facts = {"title": row.title, "year": row.year, "kind": row.kind}
        record = SourceRecord(movie=film.movie, source=source, licence=licence, may_train=may_train, **facts)
        film.sources.add(source)
        self._records.append(record)
        return record

    def _note_genres(self, film: _Film, row: MovieRow) -> bool:
        resolved = self._spellings.resolve(row.genres)
        self.unknown.update(name[:80] for name in resolved.unknown)
        if film.movie.genres_decided_at is not None:
            return False
        missing = [genre for genre in resolved.genres if genre.pk not in film.genres]
        film.genres.update(genre.pk for genre in missing)
        told = {genre.pk: label for label in row.labels for genre in self._spellings.resolve([label.genre]).genres}
        for genre in missing:
            label = GenreLabel(movie=film.movie, genre=genre, source=self.terms.source)
            if genre.pk in told:
                label.source, label.labelled_at = told[genre.pk].source, told[genre.pk].labelled_at
            self.labels.append(label)
        return bool(missing)

    def _note_plot(self, film: _Film, row: MovieRow) -> bool:
        if not row.plot or row.plot in film.plots or film.record is None:
            return False
        own = {"source": row.plot_source, "licence": row.licence, "may_train": row.may_train}
        origin = own if row.plot_source else self._origin(film.record)
        plot = Plot(movie=film.movie, text=row.plot, language=row.language, **origin)
        film.plots[row.plot] = plot
        self.plots.append(plot)
        return True

    def _note_poster(self, film: _Film, picture: Picture) -> bool:
        if picture.sha256 in film.posters or film.record is None:
            return False
        poster = Poster(movie=film.movie, sha256=picture.sha256, **self._origin(film.record))
        film.posters[picture.sha256] = poster
        self.posters.append((poster, picture))
        return True

    def _origin(self, record: SourceRecord) -> dict[str, Any]:
        return {"source": record.source, "licence": record.licence, "may_train": record.may_train}

    # --- the write --------------------------------------------------------------------------------
    @contextmanager
    def poster_files(self) -> Iterator[None]:
        """Delete the files of this chunk's posters again if its rows did not come to be saved."""
        try:
            yield
        except BaseException:
            for poster, _picture in self.posters:
                delete_poster_files(row=poster)
            raise

    def write(self) -> None:
        """Write everything that was noted, in the transaction that looked it up."""
        for poster, picture in self.posters:
            if picture.verified is not None:
                write_poster_files(row=poster, poster=picture.verified)
        now = timezone.now()
        for movie in self._changed[Movie].values():
            movie.updated_at = now
        fields = {
            Movie: ["title", "year", "imdb_id", "tmdb_id", "updated_at"],
            SourceRecord: ["licence", "may_train"],
            Plot: ["licence", "may_train"],
            Poster: ["licence", "may_train"],
        }
        for model, changed in self._changed.items():
            stored = [item for item in changed.values() if item.pk is not None]  # the others are written whole, below
            model.objects.bulk_update(stored, fields[model], batch_size=200)
        Movie.objects.bulk_create(self._new)
        SourceRecord.objects.bulk_create(self._records)
        GenreLabel.objects.bulk_create(self.labels)
        Plot.objects.bulk_create(self.plots)
        Poster.objects.bulk_create([poster for poster, _picture in self.posters])
