"""Pages of lists that may grow to millions of rows."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

# Counting every row of a list costs more than reading a page of it, and nobody leafs through thousands of pages: from
# here on a list says "more than", and search and filters lead further.
COUNTED_ROWS = 10_000


class LongListPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """Counts up to `COUNTED_ROWS` rows only, so that a page costs the same however long the list is."""

    @cached_property
    def _counted(self) -> int:
        # Without the order and the joins for show, and no further than it matters.
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        return rows.order_by()[: COUNTED_ROWS + 1].count()

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        """Rows that can be leafed through."""
        return min(self._counted, COUNTED_ROWS)

    @property
    def has_uncounted(self) -> bool:
        """Whether the list goes on behind the last page."""
        return self._counted > COUNTED_ROWS
