"""What a version says of a prediction that another version made."""

from django.conf import settings
from django.db import models

from predictor.models.model_version import ModelVersion
from predictor.models.prediction import Prediction


class VersionAnswerQuerySet(models.QuerySet["VersionAnswer"]):
    """Answers, narrowed by adjectives."""

    def visible_to(self, user: "settings.AUTH_USER_MODEL") -> "VersionAnswerQuerySet":  # type: ignore[name-defined]
        """Those on predictions that a person may see: their own; all of them for reviewers and staff."""
        return self if user.is_reviewer else self.filter(owner=user)


class VersionAnswer(models.Model):
    """A version's answer to the input of a prediction, kept to compare versions; it is no prediction of its own.

    Invariants: one row per version and prediction, written once; `owner` is the prediction's. Where a prediction was
    run again with a version, the answer of the version that made it has a row as well, so that any two versions are
    compared by two rows of this table. `decided` holds the decided genres in alphabetical order, each between bars
    ("|Drama|War|", "|" for none): two answers decide alike if and only if these are equal, and the database can tell.
    """

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="answers")
    prediction = models.ForeignKey(Prediction, on_delete=models.CASCADE, related_name="version_answers")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    decided = models.CharField(max_length=600)
    decided_count = models.PositiveSmallIntegerField()
    scores = models.JSONField(help_text="Every genre's probability.")
    unsure = models.BooleanField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = VersionAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "prediction"], name="version_answer_unique"),
        ]
        indexes = [
            # A person's flips, newest first, without looking at anybody else's rows.
            models.Index(fields=["version", "owner", "-prediction"], name="version_answer_of_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.prediction_id}: {self.decided} by {self.version_id}"

    @property
    def genres(self) -> list[str]:
        """The decided genres, most likely first."""
        names = [name for name in self.decided.split("|") if name]
        return sorted(names, key=lambda name: -self.scores.get(name, 0.0))
