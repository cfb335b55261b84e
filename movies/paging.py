"""Pages of the catalogue for programs: in the orders of the page, stable while films arrive."""

from typing import Any, Final

from django.db.models import BigIntegerField, ExpressionWrapper, F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from rest_framework.request import Request

from genresite.api import NewestFirstPagination
from genresite.errors import InvalidInput

# A page goes on behind the last film's place, which only one film may have: thousands are of one year.
_PLACES_A_YEAR: Final = 10**10
ORDERS: Final = {
    "added": ("-id",),
    "title": ("title", "id"),
    "newest": ("-place",),
    "oldest": ("place",),
}


class MoviePagination(NewestFirstPagination):
    """Cursor pages in the order that `?order=` names; films without a year count as the oldest."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """One page."""
        if "place" in ORDERS[self._read_order(request)][0]:
            place = Coalesce("year", 0, output_field=BigIntegerField()) * _PLACES_A_YEAR + F("id")
            queryset = queryset.annotate(place=ExpressionWrapper(place, output_field=BigIntegerField()))
        return super().paginate_queryset(queryset, request, view)

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        """The fields of the order asked for."""
        return ORDERS[self._read_order(request)]

    @staticmethod
    def _read_order(request: Request) -> str:
        name = request.query_params.get("order") or "added"
        if name not in ORDERS:
            message = _("The order is one of %(known)s; %(name)s came.")
            message %= {"known": ", ".join(ORDERS), "name": name[:20]}
            raise InvalidInput(message, code="order_unknown", field="order")
        return name

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """For the API's description: the cursor, the page's size, and the order."""
        order = {
            "name": "order",
            "in": "query",
            "required": False,
            "description": "As on the page: latest added first, by title, by year.",
            "schema": {"type": "string", "enum": list(ORDERS), "default": "added"},
        }
        return [*super().get_schema_operation_parameters(view), order]
