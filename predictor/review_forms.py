"""The forms of the review pages."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from movies.genre_names import show_genre
from movies.models import Genre
from predictor.forms import ServiceForm
from predictor.models import Review

ORDERS = (Review.Order.RANKED, Review.Order.RANDOM)


def clean_order(value: str | None) -> str:
    """The order that an address asks for; the ranked one unless it says "random"."""
    return Review.Order.RANDOM if value == Review.Order.RANDOM else Review.Order.RANKED


class GenresForm(ServiceForm):
    """Genres to tick, and a remark."""

    genres = forms.MultipleChoiceField(label=_("Genres"), required=False, widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(label=_("Note"), required=False, max_length=500, widget=forms.TextInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = Genre.objects.values_list("name", flat=True)
        self.fields["genres"].choices = [(name, show_genre(name)) for name in names]  # type: ignore[attr-defined]

    @property
    def ticked(self) -> list[str]:
        """The names that were sent, right or wrong."""
        return list(self["genres"].value() or [])


class ReviewForm(GenresForm):
    """A decision on an item."""

    ACCEPT, SKIP, LATER = "accept", "skip", "later"

    verdict = forms.ChoiceField(choices=[(ACCEPT, _("Accept")), (SKIP, _("Skip")), (LATER, _("Next"))])
    blind = forms.BooleanField(required=False, widget=forms.HiddenInput)
    order = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_order(self) -> str:
        """One of the two orders of the queue."""
        return clean_order(self.cleaned_data["order"])


class ProposalForm(GenresForm):
    """A reviewer's word on one correction: the genres that are right, or that it is rejected."""

    verdict = forms.ChoiceField(choices=[("accept", _("Accept")), ("reject", _("Reject"))])
    seen = forms.DateTimeField(widget=forms.HiddenInput)


class BulkForm(forms.Form):
    """A reviewer's word on many corrections, each named by its number and the time of the words that were read."""

    verdict = forms.ChoiceField(choices=[("accept", _("Accept")), ("reject", _("Reject"))])

    def clean(self) -> dict[str, Any]:
        """Read `items`, each "17@2026-11-21T12:00:00.123456+00:00"."""
        cleaned = super().clean() or self.cleaned_data
        cleaned["items"] = [self._read_item(text) for text in cast(QueryDict, self.data).getlist("items")]
        return cleaned

    def _read_item(self, text: str) -> tuple[int, datetime]:
        number, _at, moment = text.partition("@")
        try:
            seen = parse_datetime(moment)
        except ValueError:
            seen = None
        if not number.isdecimal() or len(number) > 18 or seen is None or seen.tzinfo is None:
            raise forms.ValidationError(
                _("A correction is named by its number and the time of its words; “%(text)s” is not."),
                params={"text": text[:60]},
            )
        return int(number), seen


class HabitsForm(forms.Form):
    """How a reviewer likes to work."""

    shortcuts = forms.BooleanField(
        label=_("Single keys choose genres and decide"),
        required=False,
        help_text=_("Switch this off if your keyboard or your screen reader uses these keys."),
    )
    blind = forms.BooleanField(
        label=_("Hide the proposal until I have chosen"),
        required=False,
        help_text=_("Then the site can measure how far people just agree with the machine."),
    )
    daily_goal = forms.IntegerField(label=_("Items a day"), min_value=1, max_value=1000)
