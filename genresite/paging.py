"""Pages of lists that may grow to millions of rows."""

from functools import cached_property
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import QuerySet

# Counting every row of a list costs more than reading a page of it, and nobody leafs through thousands of pages: from
# here on a list says "more than", and search and filters lead further.
COUNTED_ROWS = 10_000


class Tally(NamedTuple):
    """A number of rows, and whether there are more than were counted."""

    rows: int
    more: bool = False


def count_some(rows: QuerySet[Any], limit: int | None = None) -> Tally:
    """Count rows, but no further than people care.

    Args:
        rows: What is counted.
        limit: How far, by default as far as lists count.

    Returns:
        The number, at most the limit.
    """
    most = COUNTED_ROWS if limit is None else limit
    # Without the order and the joins for show, and no further than it matters.
    found = rows.order_by()[: most + 1].count()
    return Tally(min(found, most), found > most)


class LongListPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """Counts up to `COUNTED_ROWS` rows only, so that a page costs the same however long the list is."""

    @cached_property
    def _counted(self) -> Tally:
        return count_some(self.object_list)  # type: ignore[arg-type]  # only ever of querysets

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        """Rows that can be leafed through."""
        return self._counted.rows

    @property
    def has_uncounted(self) -> bool:
        """Whether the list goes on behind the last page."""
        return self._counted.more


class CountedPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """Pages of a list whose rows were counted already."""

    def __init__(self, rows: QuerySet[Any], per_page: int, counted: int) -> None:
        super().__init__(rows, per_page)
        self._known = counted

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        """The rows, as they were counted."""
        return self._known
