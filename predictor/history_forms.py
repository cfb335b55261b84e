"""The form that brings an exported history in."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from movies.forms import CheckedText
from movies.services.imports import check_source


class HistoryImportForm(forms.Form):
    """An export of predictions or corrections."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_("CSV or JSON lines as this site exports its history or its corrections; may be gz."),
        widget=forms.FileInput(attrs={"accept": ".csv,.jsonl,.gz"}),
    )
    source = CheckedText(
        check=check_source,
        required=False,
        label=_("Source"),
        help_text=_("A short name for the site that it comes from; empty: genresite."),
    )
    dry_run = forms.BooleanField(required=False, initial=True, label=_("Tell only what would happen"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].widget.attrs["data-max-bytes"] = settings.MAX_REQUEST_BYTES

    def clean_file(self) -> Any:
        """Refuse what is larger than a request may be."""
        upload, limit = self.cleaned_data["file"], settings.MAX_REQUEST_BYTES
        if upload.size > limit:
            sentence = _("The file has %(size)s; at most %(limit)s can be uploaded. The command takes larger ones.")
            sizes = {"size": filesizeformat(upload.size), "limit": filesizeformat(limit)}
            raise ValidationError(sentence % sizes, "file_too_large")
        return upload

    def as_upload(self) -> dict[str, Any]:
        """What the person filled in, for `import_history_upload`."""
        cleaned = self.cleaned_data
        return {"upload": cleaned["file"], "source": cleaned["source"], "dry_run": cleaned["dry_run"]}
