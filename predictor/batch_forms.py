"""The form that gives a file of films in."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from genresite.errors import Conflict, TooLarge
from predictor.forms import Result, ServiceForm
from predictor.models import Kind, ModelVersion


def _list_versions() -> list[tuple[str, Any]]:
    """Those that may be asked, by kind, the latest first."""
    askable = ModelVersion.objects.exclude(state=ModelVersion.State.BROKEN)
    in_use = _("%(kind)s: %(name)s, in use")
    return [
        (
            version.name,
            (in_use if version.state == ModelVersion.State.ACTIVE else _("%(kind)s: %(name)s"))
            % {"kind": version.get_kind_display(), "name": version.name},
        )
        for version in askable.only("kind", "name", "state")
    ]


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

    version = forms.ChoiceField(
        label=_("Model version"),
        required=False,
        help_text=_("It answers for every row, even if another is put to use meanwhile."),
    )
    submission = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"initial": {"submission": uuid4()}, **options})
        self.fields["file"].widget.attrs["data-max-bytes"] = settings.MAX_BATCH_BYTES
        # `Any`: a form's fields are typed as Field, which has no choices.
        version: Any = self.fields["version"]
        version.choices = [("", _("those in use")), *_list_versions()]

    def give_in(self, service: Callable[..., Result], **arguments: Any) -> Result | None:
        """Hand file, kind, version and one-time key to the service."""
        if not self.is_valid():
            return None
        values = {name: self.cleaned_data[name] for name in ("kind", "version", "submission")}
        return self.submit(service, upload=self.cleaned_data["file"], **values, **arguments)

    def submit(self, service: Callable[..., Result], **arguments: Any) -> Result | None:
        """As for every form of a service; what is too large or too many is told in the form as well."""
        try:
            return super().submit(service, **arguments)
        except (Conflict, TooLarge) as exc:
            self.refusal = exc
            self.add_error("file" if isinstance(exc, TooLarge) else None, exc.message)
            return None
