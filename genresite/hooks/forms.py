"""The form of a webhook. Rules are in the services."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from genresite.errors import Conflict, InvalidInput
from genresite.hooks.addresses import URL_MAX_CHARS
from genresite.hooks.services.webhooks import CHOICES

Result = TypeVar("Result")


class WebhookForm(forms.Form):
    """Where to, and what of."""

    url = forms.CharField(
        label=_("Address"),
        max_length=URL_MAX_CHARS,
        help_text=_("A public address of your program that takes a POST."),
        widget=forms.URLInput(attrs={"placeholder": "https://example.org/genresite", "autocomplete": "off"}),
    )
    events = forms.MultipleChoiceField(label=_("Tell it when"), choices=CHOICES, widget=forms.CheckboxSelectMultiple)

    def submit(self, service: Callable[..., Result], **facts: Any) -> Result | None:
        """Call a service with what the form says; None if the form is to be shown again."""
        if not self.is_valid():
            return None
        try:
            return service(**facts, **self.cleaned_data)
        except (Conflict, InvalidInput) as exc:
            self.add_error(exc.field if exc.field in self.fields else None, exc.message)
            return None
