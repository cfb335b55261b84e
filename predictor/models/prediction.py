"""What the models said of a plot, a poster, or both."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from movies.models import Genre, Movie
from predictor.models.model_version import Kind, ModelVersion


class PredictionQuerySet(models.QuerySet["Prediction"]):
    """Predictions, narrowed by adjectives."""

    def visible_to(self, user: "settings.AUTH_USER_MODEL") -> "PredictionQuerySet":  # type: ignore[name-defined]
        """Those that a person may see: their own; all of them for reviewers and staff."""
        return self if user.is_reviewer else self.filter(owner=user)

    def corrected(self) -> "PredictionQuerySet":
        """Those with somebody's feedback."""
        return self.filter(self._said())

    def uncorrected(self) -> "PredictionQuerySet":
        """Those without feedback."""
        return self.filter(~self._said())

    @staticmethod
    def _said() -> models.Exists:
        # A subquery stops at the first row: the join that stood here read all of a million predictions for one page.
        feedback = Prediction._meta.get_field("feedback").related_model
        return models.Exists(feedback._default_manager.filter(prediction=models.OuterRef("pk")))

    def browsed(self) -> "PredictionQuerySet":
        """With everything that a page of many shows, in as few queries as can be."""
        feedback = Prediction._meta.get_field("feedback").related_model._default_manager
        return self.select_related("owner", "movie").prefetch_related(
            models.Prefetch("decided_genres", DecidedGenre.objects.select_related("genre")),
            models.Prefetch("feedback", feedback.select_related("author").prefetch_related("genres")),
        )

    def listed(self) -> "PredictionQuerySet":
        """With what each version said as well, as the API and a prediction's own page show it."""
        return self.browsed().prefetch_related(
            models.Prefetch("parts", PredictionPart.objects.select_related("version"))
        )

    def told(self) -> "PredictionQuerySet":
        """The same for many at once: the versions by name, without all that was measured of each, row by row."""
        parts = PredictionPart.objects.select_related("version").defer("version__metrics", "version__comparison")
        return self.browsed().prefetch_related(models.Prefetch("parts", parts))


class Prediction(models.Model):
    """One answer of the models to one person.

    Invariants: `plot` or a poster is there, as `kind` says; of a poster that was brought in from another site only the
    hash is known. `scores` holds every genre's calibrated probability under the model that decided (of kind `both`
    where both were given); the decided genres are rows of `DecidedGenre`, most likely first. A prediction never changes
    after it was made, but that its owner may add a film from it, once; what people say of it is `Feedback`.
    `submission` is the one-time key of the form it came from: a form that is sent twice makes one prediction. Where an
    account was deleted, what carries accepted feedback stays without `owner`.
    """

    class Origin(models.TextChoices):
        WEB = "web", _("Web")
        API = "api", "API"
        FILE = "file", _("File")
        JOB = "job", _("Job")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="predictions"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    origin = models.CharField(max_length=4, choices=Origin)
    kind = models.CharField(max_length=6, choices=Kind)
    title = models.CharField(max_length=300, blank=True, help_text="What the person calls the film.")
    movie = models.ForeignKey(Movie, null=True, blank=True, on_delete=models.SET_NULL, related_name="predictions")
    plot = models.TextField(blank=True)
    poster_file = models.FileField(upload_to="predictions/%Y/%m/", blank=True, max_length=200)
    poster_thumbnail = models.FileField(upload_to="predictions/%Y/%m/", blank=True, max_length=200)
    poster_sha256 = models.CharField("poster SHA-256", max_length=64, blank=True)
    poster_width = models.PositiveIntegerField(null=True, blank=True)
    poster_height = models.PositiveIntegerField(null=True, blank=True)
    scores = models.JSONField(help_text="Every genre's probability under the deciding model.")
    unsure = models.BooleanField(help_text="No genre passed its threshold, or the scores are flat.")
    decided = models.ManyToManyField(Genre, through="DecidedGenre", related_name="+")
    duration_ms = models.FloatField(help_text="Time that the models took, in milliseconds.")
    submission = models.UUIDField(null=True, blank=True, help_text="One-time key of the form that was sent.")

    objects = PredictionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["owner", "-id"]),
            models.Index(fields=["owner", "kind", "-id"]),
            # The review queue looks among the newest unsure ones first.
            models.Index(fields=["-id"], condition=models.Q(unsure=True), name="prediction_unsure_newest"),
            # A list of some days is read from its newest row on, and counted without touching the rows.
            models.Index(fields=["-created_at", "-id", "kind", "owner", "unsure"], name="prediction_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(plot="", poster_file="", poster_sha256=""), name="prediction_has_a_plot_or_a_poster"
            ),
            models.UniqueConstraint(fields=["owner", "submission"], name="prediction_submission_unique"),
        ]

    def __str__(self) -> str:
        return f"Prediction {self.pk}"

    def get_absolute_url(self) -> str:
        """The prediction's page."""
        return reverse("predictor:detail", args=[self.pk])


class DecidedGenre(models.Model):
    """A genre that a prediction decided for, with its rank (1 is the most likely) and probability."""

    prediction = models.ForeignKey(Prediction, on_delete=models.CASCADE, related_name="decided_genres")
    # Without an index of its own: that of the newest of a genre begins with it.
    genre = models.ForeignKey(Genre, on_delete=models.PROTECT, related_name="+", db_index=False)
    rank = models.PositiveSmallIntegerField()
    probability = models.FloatField()

    class Meta:
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["prediction", "genre"], name="decided_genre_unique")]
        # The newest predictions of a genre, without sorting all of them.
        indexes = [models.Index(fields=["genre", "-prediction"], name="decided_genre_newest")]

    def __str__(self) -> str:
        return f"{self.prediction_id}: {self.genre_id} {self.probability:.2f}"


class PredictionPart(models.Model):
    """What one model version said: a score and the version that gave it stand in one row.

    Invariants: one part per kind; a prediction of kind `both` has a part for plot and for poster, and one for both if
    a joint model decided. Without a joint model the prediction's scores are the mean of its two parts.
    """

    prediction = models.ForeignKey(Prediction, on_delete=models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=6, choices=Kind)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="parts")
    scores = models.JSONField()
    decided = models.JSONField(help_text="Names of the genres over their thresholds, most likely first.")
    unsure = models.BooleanField()

    class Meta:
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["prediction", "kind"], name="prediction_part_unique")]
        # A version's answers of a week are counted and drawn from without touching the rows.
        indexes = [models.Index(fields=["version", "prediction"], name="prediction_part_of_version")]

    def __str__(self) -> str:
        return f"{self.prediction_id}: {self.kind} by {self.version_id}"
