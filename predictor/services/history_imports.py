"""Bringing in predictions and corrections that a site like this one has exported.

A prediction is recognised by its moment and by what was given, so that a file that comes again changes nothing. People
are matched by their names; what belongs to nobody here is kept without a person.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from genresite.errors import Conflict
from movies.rows import RowError
from movies.services.imports import check_source
from predictor.access import require_staff
from predictor.history_rows import HistoryRow
from predictor.models import HistoryImport
from predictor.services.history_chunks import Chunk, Counts, Seen
from predictor.services.history_links import Links

if TYPE_CHECKING:
    from genresite.accounts.models import User

CHUNK_ROWS: Final = 500
KEPT_ERRORS: Final = 50
SOURCE: Final = "genresite"
_TRIES: Final = 3


@dataclass
class HistorySummary:
    """What came of an import.

    Attributes:
        made: Rows whose prediction was not here.
        completed: Rows whose prediction was, and got a correction more.
        unchanged: Rows that told nothing new.
        errors: Rows that could not be taken.
        corrections: Corrections written.
        without_person: Predictions and corrections written that name a person whom nobody here is called.
        without_film: Predictions written that name a film that the catalogue does not have.
        without_version: Predictions written that name a model version that this site does not have.
        first_errors: The first errors, for a page.
        whole: Whether the file could be read to its end.
    """

    made: int = 0
    completed: int = 0
    unchanged: int = 0
    errors: int = 0
    corrections: int = 0
    without_person: int = 0
    without_film: int = 0
    without_version: int = 0
    first_errors: list[RowError] = field(default_factory=list)
    whole: bool = True

    @property
    def rows(self) -> int:
        """Rows that were predictions or corrections, or should have been."""
        return self.made + self.completed + self.unchanged + self.errors

    @property
    def nothing(self) -> bool:
        """Whether not one row could be read."""
        return not self.whole and self.rows == self.errors

    def add(self, counts: Counts) -> None:
        """Count what came of a chunk."""
        for name, count in vars(counts).items():
            setattr(self, name, getattr(self, name) + count)

    def tell(self, error: RowError) -> None:
        """Count an error, and keep it if it is among the first."""
        self.errors += 1
        self.whole = self.whole and not error.fatal
        if len(self.first_errors) < KEPT_ERRORS:
            self.first_errors.append(error)


def import_history(
    *,
    rows: Iterable[HistoryRow | RowError],
    person: "User | None",
    file_name: str,
    source: str = SOURCE,
    dry_run: bool = False,
    report: Callable[[RowError], object] = lambda _error: None,
    advance: Callable[[HistorySummary], object] = lambda _summary: None,
) -> HistorySummary:
    """Bring predictions and corrections in; the same rows again change nothing.

    What is known is left as it is, but for a correction that it lacks. Nobody is told of what comes in: corrections
    keep the state that they have in the file, and films keep their genres.

    Args:
        rows: What `predictor.history_files.read_history` yields.
        person: Who brings them in: a member of staff; None for somebody in the shell.
        file_name: What the file is called, for the provenance.
        source: The site that it comes from, for the provenance.
        dry_run: Whether to find out only what would happen.
        report: Called with every error.
        advance: Called with the state of the summary after each chunk.

    Returns:
        What came of it.

    Raises:
        Forbidden: The person is not staff.
        InvalidInput: The source breaks its rule, or the file as a whole cannot be read.
        Conflict: `history_busy`: others write the same predictions again and again.
    """
    if person is not None:
        require_staff(person)
    run = _Import(HistoryImport(source=check_source(source), file_name=file_name[-120:], person=person), dry_run)
    for chunk in _split(run.films(rows, report)):
        run.take(chunk, report)
        advance(run.summary)
    return run.summary


@dataclass
class _Import:
    """One import on its way.

    Attributes:
        origin: What the rows that come in will name; stored with the first of them.
        seen: In a dry run, what earlier chunks would have brought.
    """

    origin: HistoryImport
    dry_run: bool
    summary: HistorySummary = field(default_factory=HistorySummary)
    seen: Seen = field(default_factory=dict)
    links: Links = field(default_factory=Links)

    def films(
        self, rows: Iterable[HistoryRow | RowError], report: Callable[[RowError], object]
    ) -> Iterator[HistoryRow]:
        """The rows that can be read; what is wrong with the others is counted and handed on."""
        for row in rows:
            if isinstance(row, RowError):
                self.tell(row, report)
            else:
                yield row

    def tell(self, error: RowError, report: Callable[[RowError], object]) -> None:
        """Count an error and hand it on."""
        self.summary.tell(error)
        report(error)

    def take(self, rows: list[HistoryRow], report: Callable[[RowError], object]) -> None:
        """Bring in a chunk, whole or not at all."""
        for attempt in range(_TRIES):
            chunk = Chunk(self.links, dict(self.seen) if self.dry_run else {})
            try:
                with transaction.atomic():
                    chunk.plan(rows, lock=not self.dry_run)
                    if not self.dry_run:
                        chunk.write(self.origin)
            except IntegrityError as exc:  # another import wrote one of them between the look and the write
                if attempt == _TRIES - 1:
                    message = _("The history is being written by others; please run the import again.")
                    raise Conflict(message, code="history_busy") from exc
                continue
            break
        if self.dry_run:
            self.seen = chunk.seen
        self.summary.add(chunk.counts)
        for error in chunk.errors:
            self.tell(error, report)


def _split(rows: Iterator[HistoryRow]) -> Iterator[list[HistoryRow]]:
    chunk: list[HistoryRow] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK_ROWS:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
