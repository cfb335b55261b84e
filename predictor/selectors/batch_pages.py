"""Reads for the pages of batches."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from movies.vocabulary import genre_slug
from predictor.models import Batch, Job
from predictor.selectors.batches import ResultRow, RowDecoder, select_rows

ROWS_A_PAGE = 50
STATES = ("", "failed", "unsure")


@dataclass(frozen=True)
class GenreChip:
    """A decided genre with its probability."""

    name: str
    slug: str
    percent: str


@dataclass(frozen=True)
class ShownRow:
    """One row as the page shows it."""

    row: ResultRow
    chips: list[GenreChip]


@dataclass(frozen=True)
class StateTab:
    """A choice of rows."""

    state: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class BatchPage:
    """Everything that a batch's page shows."""

    batch: Batch
    rows: list[ShownRow]
    page_obj: Page
    tabs: list[StateTab]
    state: str

    @property
    def running(self) -> bool:
        """Whether the page should look again."""
        return not self.batch.job.finished

    @property
    def reading(self) -> bool:
        """Whether it is not known yet how many rows there are."""
        return self.running and not self.batch.job.total

    @property
    def time_left(self) -> str:
        """About how long it will still take, in words."""
        seconds = self.batch.job.seconds_left
        return "" if seconds is None or not self.running else tell_seconds(seconds)

    @property
    def can_retry(self) -> bool:
        """Whether another try could bring something."""
        job = self.batch.job
        unfinished = job.state in (Job.State.CANCELLED, Job.State.FAILED)
        return job.finished and bool(self.batch.source) and (unfinished or self.batch.failed_rows > 0)


def tell_seconds(seconds: int) -> str:
    """A time in words: seconds, minutes, or hours."""
    if seconds < 60:
        return ngettext("about %(count)d second", "about %(count)d seconds", max(seconds, 1)) % {
            "count": max(seconds, 1)
        }
    if seconds < 5400:
        minutes = round(seconds / 60)
        return ngettext("about %(count)d minute", "about %(count)d minutes", minutes) % {"count": minutes}
    hours = round(seconds / 3600)
    return ngettext("about %(count)d hour", "about %(count)d hours", hours) % {"count": hours}


def read_batch_list(page_obj: Page) -> dict[str, Any]:
    """What the list of batches shows."""
    return {"page_obj": page_obj, "unfinished": any(not batch.job.finished for batch in page_obj)}


def read_batch_page(batch: Batch, *, state: str = "", number: str | None = None) -> BatchPage:
    """What the page of a batch shows.

    Args:
        batch: From `Batch.objects.listed()`.
        state: Which rows: all, `failed` or `unsure`.
        number: Which page of them.
    """
    state = state if state in STATES else ""
    page_obj = Paginator(select_rows(batch, state), ROWS_A_PAGE).get_page(number)
    rows = [ShownRow(row, _make_chips(row)) for row in RowDecoder(batch).decode_page(list(page_obj.object_list))]
    labels = {"": _("All rows"), "failed": _("Failed"), "unsure": _("Unsure")}
    tabs = [StateTab(known, labels[known], known == state) for known in STATES]
    return BatchPage(batch, rows, page_obj, tabs, state)


def _make_chips(row: ResultRow) -> list[GenreChip]:
    return [GenreChip(name, genre_slug(name), f"{row.scores[name] * 100:.0f} %") for name in row.genres]
