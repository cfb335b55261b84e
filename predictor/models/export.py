"""Files that the site writes for somebody to take away."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from predictor.models.job import Job


class ExportQuerySet(models.QuerySet["Export"]):
    """Exports, narrowed by adjectives."""

    def visible_to(self, user: "settings.AUTH_USER_MODEL") -> "ExportQuerySet":  # type: ignore[name-defined]
        """One's own: an export holds what its owner could see, so that nobody else needs it."""
        return self.filter(owner=user)


class Export(models.Model):
    """A file of many rows that was asked for and is written in the background.

    Invariants: it holds what its owner could see when it was written; `file` is there once the job has succeeded, and
    is deleted with the row.
    """

    class Subject(models.TextChoices):
        HISTORY = "history", _("Predictions")
        CORRECTIONS = "corrections", _("Corrections")
        LABELLED = "labelled", _("Labelled films")
        CATALOGUE = "catalogue", _("Catalogue")

    class Form(models.TextChoices):
        CSV = "csv", "CSV"
        JSON_LINES = "jsonl", _("JSON lines")
        TRIPLE_COLON = "imdb27", "id ::: title ::: genre ::: plot"
        PARQUET = "parquet", "Parquet"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports")
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="export")
    subject = models.CharField(max_length=11, choices=Subject)
    form = models.CharField(max_length=7, choices=Form)
    filters = models.JSONField(default=dict, help_text="How the page was narrowed.")
    file = models.FileField(upload_to="exports/%Y/%m/", max_length=200, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Export {self.pk}: {self.subject} as {self.form}"
