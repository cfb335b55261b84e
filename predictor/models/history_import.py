"""Predictions and corrections that were brought in from a file instead of being made here."""

from django.conf import settings
from django.db import models

from predictor.models.prediction import Prediction


class HistoryImport(models.Model):
    """One file that a member of staff brought in: where the rows that name it come from.

    Invariants: written once, with the first row that it brought; an import that brought nothing has no row. `person`
    becomes empty when the account is deleted.
    """

    source = models.CharField(max_length=40, help_text="The site that the file comes from.")
    file_name = models.CharField(max_length=120)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.file_name} from {self.source}"


class ImportedPrediction(models.Model):
    """That a prediction was brought in, by which file, and what of it has no place in this site's own rows.

    Invariants: one row per prediction; `key` is the SHA-256 of what a prediction is recognised by, so that two imports
    of one file at once cannot bring it in twice. `foreign_parts` holds what versions said that this site does not have,
    each as the file tells it; whatever this site knows is a `PredictionPart`.
    """

    prediction = models.OneToOneField(
        Prediction, primary_key=True, on_delete=models.CASCADE, related_name="brought_in_row"
    )
    brought_in = models.ForeignKey(HistoryImport, on_delete=models.PROTECT, related_name="predictions")
    key = models.CharField(max_length=64, unique=True)
    foreign_parts = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.prediction_id} by import {self.brought_in_id}"


class ImportedFeedback(models.Model):
    """That a correction was brought in, and by which file."""

    feedback = models.OneToOneField(
        "predictor.Feedback", primary_key=True, on_delete=models.CASCADE, related_name="brought_in_row"
    )
    brought_in = models.ForeignKey(HistoryImport, on_delete=models.PROTECT, related_name="corrections")

    def __str__(self) -> str:
        return f"{self.feedback_id} by import {self.brought_in_id}"
