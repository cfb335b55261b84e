"""What happened to model versions: which labels each learned from, and which answered from when on and why."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from movies.models import Movie
from predictor.models.feedback import Feedback
from predictor.models.model_version import Kind, ModelVersion

# What counts of these rows are kept under.
TRAINED_ON = "trained-on"


class TrainedOn(models.Model):
    """That a version learned from a label, or was tuned on it.

    Invariants: one row per version and label; `label` names it for good ("movie:17", "feedback:4"), even when the film
    or the feedback is deleted. Labels of test films never appear. A version whose parent learned from a label, and that
    only adds to it, knows the label through its parent.
    """

    class Split(models.TextChoices):
        TRAIN = "train", _("Learned from")
        VALIDATION = "validation", _("Tuned on")

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="trained_on")
    label = models.CharField(max_length=40)
    split = models.CharField(max_length=10, choices=Split)
    movie = models.ForeignKey(Movie, null=True, blank=True, on_delete=models.SET_NULL, related_name="trained_versions")
    feedback = models.ForeignKey(
        Feedback, null=True, blank=True, on_delete=models.SET_NULL, related_name="trained_versions"
    )

    class Meta:
        ordering = ["version", "id"]
        verbose_name_plural = "trained on"
        constraints = [models.UniqueConstraint(fields=["version", "label"], name="trained_on_unique")]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.label} ({self.split})"


class Activation(models.Model):
    """That a version began to answer for its kind: the history of who let which version answer, and why.

    Invariants: rows are added and never changed; the latest of a kind names the version that answers.
    """

    class Reason(models.TextChoices):
        SHIPPED = "shipped", _("Came with the site")
        NOT_WORSE = "not_worse", _("Measured: not worse")
        OVERRULED = "overruled", _("Decided by staff")
        ROLLBACK = "rollback", _("Rolled back")
        FOLLOWED = "followed", _("Follows the plot and poster versions")

    kind = models.CharField(max_length=6, choices=Kind)
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="activations")
    previous = models.ForeignKey(
        ModelVersion,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who answered before.",
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who decided; empty for the site itself.",
    )
    reason = models.CharField(max_length=10, choices=Reason)
    note = models.CharField(max_length=300, blank=True, help_text="Why, in the person's own words.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.version_id} since {self.created_at:%Y-%m-%d}"
