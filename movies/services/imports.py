"""Bringing in films of a data set: in chunks, each looked up at once and written whole or not at all."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from genresite.errors import Conflict, InvalidInput
from movies import validators
from movies.figures import forget_figures
from movies.models import GenreLabel
from movies.rows import MovieRow, RowError, RowSkipped
from movies.services.genres import Spellings, load_genres
from movies.services.import_chunks import Chunk, Outcome, Terms, row_keys
from movies.services.import_posters import read_pictures

CHUNK_ROWS: Final = 1_000
# A chunk holds its posters' pictures, up to about a megabyte each.
CHUNK_POSTERS: Final = 40
KEPT_ERRORS: Final = 50
SHOWN_NAMES: Final = 50
# A file of rubbish may have a new "genre" on every line; that many are told apart, the rest are counted together.
MAX_UNKNOWN_NAMES: Final = 2_000
SOURCE_MAX_CHARS: Final = 40
_TRIES: Final = 3


@dataclass
class ImportSummary:
    """What came of an import.

    Attributes:
        made: Films that were not in the catalogue.
        completed: Films that were, and got a fact, a genre, a plot or a poster more.
        unchanged: Rows that told nothing new.
        errors: Rows that could not be taken.
        labels: Genre labels written.
        plots: Plots written.
        posters: Posters written.
        skipped: Why rows were left out on purpose, with their numbers.
        unknown: Genre names that nothing is known of, with their numbers.
        ignored: Columns that the catalogue has no place for.
        first_errors: The first errors, for a page.
        whole: Whether the file could be read to its end.
    """

    made: int = 0
    completed: int = 0
    unchanged: int = 0
    errors: int = 0
    labels: int = 0
    plots: int = 0
    posters: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    ignored: set[str] = field(default_factory=set)
    first_errors: list[RowError] = field(default_factory=list)
    whole: bool = True

    @property
    def rows(self) -> int:
        """Rows that were films or should have been."""
        return self.made + self.completed + self.unchanged + self.errors

    @property
    def most_unknown(self) -> list[tuple[str, int]]:
        """The unknown genres that come most often, for a page."""
        return self.unknown.most_common(SHOWN_NAMES)

    @property
    def ignored_names(self) -> list[str]:
        """Columns not read, for a page."""
        return sorted(self.ignored)[:SHOWN_NAMES]


def check_source(source: str) -> str:
    """Check the name of a data set: 1 to 40 characters on one line, and not "person", which means people here.

    Raises:
        InvalidInput: `source_missing`, `source_too_long`, `source_invalid_characters` or `source_reserved`.
    """
    cleaned = validators.clean_line(source, field="source", label=_("source"), max_chars=SOURCE_MAX_CHARS)
    if cleaned.lower() == GenreLabel.PERSON:
        message = _("The source {source!r} stands for people here; name the data set, such as imdb.")
        raise InvalidInput(message.format(source=cleaned), code="source_reserved", field="source")
    return cleaned


def check_terms(*, source: str, licence: str = "", may_train: bool = False, spellings: str = "") -> Terms:
    """Check on what terms rows come in.

    Args:
        source: Where they come from, such as "imdb"; films are recognised by it.
        licence: The licence they are under, if known.
        may_train: Whether models may learn from them.
        spellings: Whose genre aliases hold; by default the source's.

    Returns:
        The checked terms.

    Raises:
        InvalidInput: A value breaks its rule.
    """
    cleaned = check_source(source)
    return Terms(cleaned, validators.clean_licence(licence), may_train, spellings or cleaned.lower())


@dataclass
class _Import:
    """One import on its way.

    Attributes:
        foreseen: In a dry run, what films of earlier chunks would be known by, and what they would have.
    """

    terms: Terms
    dry_run: bool
    report: Callable[[RowError], object]
    spellings: Spellings
    summary: ImportSummary = field(default_factory=ImportSummary)
    foreseen: dict[int, int] = field(default_factory=dict)

    def tell(self, error: RowError) -> None:
        """Count an error, keep it if it is among the first, and hand it on."""
        self.summary.errors += 1
        self.summary.whole = self.summary.whole and not error.fatal
        if len(self.summary.first_errors) < KEPT_ERRORS:
            self.summary.first_errors.append(error)
        self.report(error)

    def films(self, rows: Iterable[MovieRow | RowError | RowSkipped]) -> Iterator[MovieRow]:
        """The films among the rows; everything else is counted."""
        for row in rows:
            if isinstance(row, MovieRow):
                self.summary.ignored.update(row.ignored[:100])
                yield row
            elif isinstance(row, RowError):
                self.tell(row)
            else:
                self.summary.skipped[row.reason] += row.count

    def take(self, rows: list[MovieRow]) -> None:
        """Bring in a chunk of films, whole or not at all."""
        pictures = read_pictures(rows)
        for attempt in range(_TRIES):
            chunk = Chunk(self.terms, self.spellings, pictures)
            try:
                outcomes = self._plan_and_write(chunk, rows)
            except IntegrityError as exc:  # somebody added one of the films between the look and the write
                if attempt == _TRIES - 1:
                    message = _("The catalogue is being changed by others; please run the import again.")
                    raise Conflict(message, code="catalogue_busy") from exc
                continue
            self._count(rows, outcomes, chunk)
            return

    def _plan_and_write(self, chunk: Chunk, rows: list[MovieRow]) -> list[Outcome | RowError]:
        with chunk.poster_files(), transaction.atomic():
            chunk.look_up(rows, lock=not self.dry_run)
            outcomes = [chunk.plan(row) for row in rows]
            if not self.dry_run:
                chunk.write()
        return outcomes

    def _count(self, rows: list[MovieRow], outcomes: list[Outcome | RowError], chunk: Chunk) -> None:
        for row, outcome in zip(rows, outcomes, strict=True):
            if isinstance(outcome, RowError):
                self.tell(outcome)
                continue
            outcome = self._foresee(row, outcome) if self.dry_run else outcome
            setattr(self.summary, outcome.value, getattr(self.summary, outcome.value) + 1)
        for name, count in chunk.unknown.items():
            known = name in self.summary.unknown or len(self.summary.unknown) < MAX_UNKNOWN_NAMES
            self.summary.unknown[name if known else _("(others)")] += count
        self.summary.labels += len(chunk.labels)
        self.summary.plots += len(chunk.plots)
        self.summary.posters += len(chunk.posters)

    def _foresee(self, row: MovieRow, outcome: Outcome) -> Outcome:
        """What a real run would do with a film that it would have made in an earlier chunk."""
        if outcome is not Outcome.MADE:
            return outcome
        keys = [hash(key) for key in row_keys(row)]
        has_id = row.imdb_id is not None or row.tmdb_id is not None
        content = hash((row.imdb_id, row.tmdb_id, row.genres, row.plot, row.poster))
        # With ids, a namesake with other ids is another film; the title alone decides only where there are none.
        before = next((self.foreseen[key] for key in keys[: -1 if has_id else None] if key in self.foreseen), None)
        self.foreseen.update((key, content) for key in keys if before is None)
        if before is None:
            return outcome
        return Outcome.UNCHANGED if before == content else Outcome.COMPLETED


def _split(films: Iterator[MovieRow]) -> Iterator[list[MovieRow]]:
    chunk: list[MovieRow] = []
    posters = 0
    for film in films:
        chunk.append(film)
        posters += film.poster is not None
        if len(chunk) >= CHUNK_ROWS or posters >= CHUNK_POSTERS:
            yield chunk
            chunk, posters = [], 0
    if chunk:
        yield chunk


def import_films(
    *,
    rows: Iterable[MovieRow | RowError | RowSkipped],
    terms: Terms,
    dry_run: bool = False,
    report: Callable[[RowError], object] = lambda _error: None,
    advance: Callable[[ImportSummary], object] = lambda _summary: None,
) -> ImportSummary:
    """Bring films of a data set into the catalogue; the same rows again change nothing.

    A film is recognised by its IMDb id, else by its TMDB id and kind, else by the title, year and kind under which this
    source brought it in before. A known film gets what it lacks; nothing of it is overwritten or taken away. Where a
    person has decided its genres, they stay as they are. A row is taken whole or not at all.

    Args:
        rows: Films, what is wrong with lines, and what was left out, as `movies.importers.read_films` yields them.
        terms: What `check_terms` returned.
        dry_run: Whether to find out only what would happen.
        report: Called with every error.
        advance: Called with the state of the summary after each chunk.

    Returns:
        What came of it.

    Raises:
        InvalidInput: The file as a whole cannot be read.
        Conflict: `catalogue_busy`: others change the same films again and again.
    """
    load_genres()
    run = _Import(terms, dry_run, report, Spellings(terms.spellings))
    for chunk in _split(run.films(rows)):
        run.take(chunk)
        advance(run.summary)
    forget_figures()
    return run.summary
