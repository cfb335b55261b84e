"""Pages of predictions for programs."""

from typing import Any, Final

from rest_framework.request import Request

from genresite.api import NewestFirstPagination

# By number, as lists come otherwise, a month of two years ago would be looked for through everything made since.
NEWEST_OF_DAYS: Final = ("-created_at", "-id")


class PredictionPagination(NewestFirstPagination):
    """The latest first: by number, and by time where days are asked for, as the index of days has them."""

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> Any:
        """The fields of the order."""
        dated = request.query_params.get("since") or request.query_params.get("until")
        return NEWEST_OF_DAYS if dated else super().get_ordering(request, queryset, view)
