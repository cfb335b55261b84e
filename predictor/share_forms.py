"""The form that makes a share link."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from genresite.errors import Conflict
from predictor.forms import Result, ServiceForm
from predictor.models import Prediction

NEVER = "never"
DAYS_CHOICES = [("7", _("7 days")), ("30", _("30 days")), ("90", _("90 days")), (NEVER, _("Never"))]


class ShareForm(ServiceForm):
    """How much a link shows, and for how long. Without a plot or a poster there is nothing to tick."""

    show_plot = forms.BooleanField(label=_("Show how the plot begins"), required=False)
    show_poster = forms.BooleanField(label=_("Show the poster, small"), required=False)
    days = forms.ChoiceField(label=_("Stops working after"), choices=DAYS_CHOICES, initial="30")

    def __init__(self, *args: Any, prediction: Prediction, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "share-%s")
        super().__init__(*args, **kwargs)
        if not prediction.plot:
            del self.fields["show_plot"]
        if not prediction.poster_thumbnail:
            del self.fields["show_poster"]

    def clean_days(self) -> int | None:
        """The choice as a number of days; None for never."""
        choice = self.cleaned_data["days"]
        return None if choice == NEVER else int(choice)

    def submit(self, service: Callable[..., Result], **arguments: Any) -> Result | None:
        """As for every form of a service; that there is a link already is told beside the link."""
        try:
            return super().submit(service, **arguments)
        except Conflict as exc:
            self.refusal = exc
            self.add_error(None, exc.message)
            return None
