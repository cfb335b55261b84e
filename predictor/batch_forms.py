"""The form that gives a file of films in."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from genresite.errors import Conflict, TooLarge
from predictor.forms import Result, ServiceForm
from predictor.models import Kind


class BatchForm(ServiceForm):
    """A file, and what its rows are predicted from."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_("CSV or JSON lines with the columns id, plot and poster, or a ZIP of posters."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.jsonl,.ndjson,.zip"}),
    )
    kind = forms.ChoiceField(
        label=_("Predict from"),
        choices=[("", _("what each row has")), *Kind.choices],
        required=False,
        help_text=_("A row that lacks what you choose here fails."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].widget.attrs["data-max-bytes"] = settings.MAX_BATCH_BYTES

    def submit(self, service: Callable[..., Result], **arguments: Any) -> Result | None:
        """As for every form of a service; what is too large or too many is told in the form as well."""
        try:
            return super().submit(service, **arguments)
        except (Conflict, TooLarge) as exc:
            self.refusal = exc
            self.add_error("file" if isinstance(exc, TooLarge) else None, exc.message)
            return None
