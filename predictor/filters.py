"""How predictions are searched and narrowed: one filter set for the history page and for the API."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from movies.genre_fields import GenreFilter
from movies.models import Genre
from predictor.models import Activation, Batch, Feedback, Job, Kind, ModelVersion, Prediction
from predictor.models.prediction import PredictionQuerySet
from predictor.paging import NEWEST_OF_DAYS

YES_NO = [("", _("any")), ("true", _("yes")), ("false", _("no"))]
DATE_INPUT = forms.DateInput(attrs={"type": "date"})
# No prediction lies outside, and every moment between them exists in every time zone.
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(9000, 1, 1)


class DayFilter(django_filters.DateFilter):  # type: ignore[misc]
    """Rows since a day began or, as an end, until it was over, in the site's time zone.

    Days are compared as moments: `created_at__date` would have the database work out the day of every row.
    """

    def __init__(self, *, last: bool = False, **options: Any) -> None:
        super().__init__(lookup_expr="lt" if last else "gte", widget=DATE_INPUT, **options)
        self._last = last

    def filter(self, qs: Any, value: date | None) -> Any:
        """Narrow to the day and what lies on its side."""
        if value is None:
            return qs
        day = min(max(value, FIRST_DAY), LAST_DAY) + timedelta(days=self._last)
        # Where the clocks are put forward at midnight, this is the moment at which they are.
        return super().filter(qs, datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone()))


class PredictionFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Text, kind, genre, dates, corrected or not, unsure or not, and for reviewers the owner."""

    q = django_filters.CharFilter(
        label=_("Search"),
        method="search",
        help_text=_("Words of the title, the plot, or the film's title."),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Title or words of the plot")}),
    )
    kind = django_filters.ChoiceFilter(
        label=_("Made from"),
        choices=Kind.choices,
        empty_label=_("any"),
        help_text=_("Only what was predicted from the plot, from the poster, or from both."),
    )
    genre = GenreFilter(
        label=_("Genre"),
        queryset=Genre.objects.all(),
        field_name="decided_genres__genre",
        to_field_name="slug",
        empty_label=_("any"),
        help_text=_("A decided genre; in the API by its slug, for example sci-fi."),
    )
    since = DayFilter(
        label=_("From"), field_name="created_at", help_text=_("Made on this day or later, in the site's time zone.")
    )
    until = DayFilter(
        label=_("To"),
        field_name="created_at",
        last=True,
        help_text=_("Made on this day or earlier, in the site's time zone."),
    )
    corrected = django_filters.BooleanFilter(
        label=_("Corrected"),
        method="narrow_corrected",
        widget=forms.Select(choices=YES_NO),
        help_text=_("Whether anybody said which genres are right; settled or not."),
    )
    unsure = django_filters.BooleanFilter(
        label=_("Unsure"),
        widget=forms.Select(choices=YES_NO),
        help_text=_("Whether the models found no genre that stands out clearly."),
    )
    owner = django_filters.CharFilter(
        label=_("Owner"),
        field_name="owner__username",
        lookup_expr="iexact",
        help_text=_("The name of whose it is; for reviewers."),
    )

    class Meta:
        model = Prediction
        fields: list[str] = []

    def search(self, queryset: PredictionQuerySet, name: str, value: str) -> PredictionQuerySet:
        """Those with the words in the title, the plot or the film's title."""
        return queryset.filter(Q(title__icontains=value) | Q(plot__icontains=value) | Q(movie__title__icontains=value))

    def narrow_corrected(self, queryset: PredictionQuerySet, name: str, value: bool) -> PredictionQuerySet:
        """Those that somebody has corrected, or has not."""
        return queryset.corrected() if value else queryset.uncorrected()

    @property
    def narrows(self) -> bool:
        """Whether anything was asked for at all."""
        return any(value not in (None, "") for value in self.form.cleaned_data.values()) if self.is_bound else False


class HistoryFilter(PredictionFilter):
    """The same for the page: only reviewers, who see everybody's predictions, can ask for an owner."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is not None and not self.request.user.is_reviewer:
            del self.filters["owner"]

    def filter_queryset(self, queryset: PredictionQuerySet) -> PredictionQuerySet:
        """The rows that fit; those of some days by the index of days, in the order in which they were made."""
        found: PredictionQuerySet = super().filter_queryset(queryset)
        dated = self.form.cleaned_data.get("since") or self.form.cleaned_data.get("until")
        return found.order_by(*NEWEST_OF_DAYS) if dated else found


class FeedbackFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Feedback by its state."""

    state = django_filters.ChoiceFilter(choices=Feedback.State.choices, help_text="Only corrections in this state.")

    class Meta:
        model = Feedback
        fields: list[str] = []


class JobFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Jobs by their state."""

    state = django_filters.ChoiceFilter(choices=Job.State.choices, help_text="Only jobs in this state.")

    class Meta:
        model = Job
        fields: list[str] = []


class BatchFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Batches by the state of their job."""

    state = django_filters.ChoiceFilter(
        field_name="job__state", choices=Job.State.choices, help_text="Only batches whose job is in this state."
    )

    class Meta:
        model = Batch
        fields: list[str] = []


class VersionFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Model versions by what they read and by their state."""

    kind = django_filters.ChoiceFilter(choices=Kind.choices, help_text="Only versions that read this.")
    state = django_filters.ChoiceFilter(choices=ModelVersion.State.choices, help_text="Only versions in this state.")

    class Meta:
        model = ModelVersion
        fields: list[str] = []


class ActivationFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Who let which version answer, by what the version reads."""

    kind = django_filters.ChoiceFilter(choices=Kind.choices, help_text="Only of versions that read this.")

    class Meta:
        model = Activation
        fields: list[str] = []
