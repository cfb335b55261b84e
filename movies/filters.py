"""How a list of films is narrowed: the same for the page and the API."""

from typing import Any, Final

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from movies.genre_fields import GenreFilter
from movies.models import FIRST_YEAR, LAST_YEAR, Genre, Movie
from movies.querysets import MovieQuerySet
from movies.validators import TITLE_MAX_CHARS

ORDERS: Final = {
    "title": ("title", "year", "id"),
    "newest": ("-year", "title", "id"),
    "oldest": ("year", "title", "id"),
    "added": ("-id",),
}


class YearFilter(django_filters.Filter):
    """A whole year in range; anything else is an error instead of an overflow."""

    field_class = forms.IntegerField

    def __init__(self, **options: Any) -> None:
        super().__init__(field_name="year", min_value=FIRST_YEAR, max_value=LAST_YEAR, **options)


def _either(yes: Any, no: Any) -> forms.Select:
    return forms.Select(choices=[("", _("Any")), ("true", yes), ("false", no)])


class MovieFilter(django_filters.FilterSet):
    """Title, genre, kind, years, and what a film has or lacks."""

    q = django_filters.CharFilter(
        method="filter_title",
        label=_("Title"),
        max_length=TITLE_MAX_CHARS,
        help_text=_("Words of the title, in any order."),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Search titles")}),
    )
    genre = GenreFilter(
        field_name="genres",
        queryset=Genre.objects.all(),
        to_field_name="slug",
        label=_("Genre"),
        empty_label=_("Any"),
        help_text=_("A genre of the film; in the API by its slug, for example sci-fi."),
    )
    kind = django_filters.ChoiceFilter(
        choices=Movie.Kind, label=_("Kind"), empty_label=_("Any"), help_text=_("Only films of this kind.")
    )
    year_from = YearFilter(lookup_expr="gte", label=_("From year"), help_text=_("Released in this year or later."))
    year_to = YearFilter(lookup_expr="lte", label=_("To year"), help_text=_("Released in this year or earlier."))
    has_plot = django_filters.BooleanFilter(
        method="filter_plot",
        label=_("Plot"),
        widget=_either(_("With a plot"), _("Without")),
        help_text=_("Whether the catalogue has a plot of the film."),
    )
    has_poster = django_filters.BooleanFilter(
        method="filter_poster",
        label=_("Poster"),
        widget=_either(_("With a poster"), _("Without")),
        help_text=_("Whether the catalogue has a poster of the film."),
    )
    labelled = django_filters.BooleanFilter(
        method="filter_labelled",
        label=_("Genres"),
        widget=_either(_("With genres"), _("Without genres")),
        help_text=_("Whether anybody, a person or a source, has named genres of the film."),
    )

    class Meta:
        model = Movie
        fields: list[str] = []

    def filter_title(self, queryset: MovieQuerySet, name: str, value: str) -> MovieQuerySet:
        """Films whose title has every word."""
        return queryset.titled(value)

    def filter_plot(self, queryset: MovieQuerySet, name: str, value: bool) -> MovieQuerySet:
        """Films with or without a plot."""
        return queryset.plotted(value)

    def filter_poster(self, queryset: MovieQuerySet, name: str, value: bool) -> MovieQuerySet:
        """Films with or without a poster."""
        return queryset.postered(value)

    def filter_labelled(self, queryset: MovieQuerySet, name: str, value: bool) -> MovieQuerySet:
        """Films with or without genres."""
        return queryset.labelled() if value else queryset.unlabelled()


class MoviePageFilter(MovieFilter):
    """The same with an order to choose; the API's pages have their own, which stays stable while films arrive."""

    order = django_filters.ChoiceFilter(
        method="filter_order",
        label=_("Order"),
        empty_label=None,
        choices=[
            ("title", _("Title")),
            ("newest", _("Newest film first")),
            ("oldest", _("Oldest film first")),
            ("added", _("Latest added first")),
        ],
    )

    MAIN = ("q", "genre", "kind", "order")

    def as_toolbar(self) -> dict[str, Any]:
        """What the toolbar shows: fields always seen, fields on demand, and whether any filter is in use."""
        used = {name for name in self.filters if name != "order" and self.data and self.data.get(name)}
        return {
            "main_fields": [self.form[name] for name in self.MAIN],
            "more_fields": [field for field in self.form if field.name not in self.MAIN],
            "more_open": bool(used - set(self.MAIN)),
            "narrowed": bool(used),
        }

    def filter_order(self, queryset: MovieQuerySet, name: str, value: str) -> MovieQuerySet:
        """Put the films in the chosen order."""
        return queryset.order_by(*ORDERS[value])
