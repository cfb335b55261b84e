"""What people say the genres of a prediction really are."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from movies.models import Genre
from predictor.models.names import split_names
from predictor.models.prediction import Prediction


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """Feedback, narrowed by adjectives."""

    def visible_to(self, user: "settings.AUTH_USER_MODEL") -> "FeedbackQuerySet":  # type: ignore[name-defined]
        """What a person may see: what is said of their own predictions; everything for reviewers and staff."""
        return self if user.is_reviewer else self.filter(prediction__owner=user)

    def awaiting_review(self) -> "FeedbackQuerySet":
        """Not settled yet."""
        return self.filter(state=Feedback.State.PROPOSED)


class Feedback(models.Model):
    """The genres that a person says are right for a prediction.

    Invariants: one row per prediction and author; saying it again replaces what was said and makes it proposed again.
    Transitions: proposed -> accepted | rejected, by a reviewer; accepted feedback is labelled data. Where a reviewer
    accepted it with other genres, `genres` are the reviewer's and `authors_names` those that the author had named.
    `updated_at` changes whenever the author says something else, and only then: whoever settles names the one they saw.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")

    prediction = models.ForeignKey(Prediction, on_delete=models.CASCADE, related_name="feedback")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="feedback")
    genres = models.ManyToManyField(Genre, related_name="+")
    authors_names = models.CharField(
        max_length=500, blank=True, help_text="The author's genres, if a reviewer amended."
    )
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "feedback"
        constraints = [models.UniqueConstraint(fields=["prediction", "author"], name="one_feedback_per_author")]
        # What waits is little beside what is settled, and what was accepted since a training is little beside the rest.
        indexes = [
            models.Index(fields=["updated_at", "id"], condition=models.Q(state="proposed"), name="feedback_waiting"),
            models.Index(fields=["-settled_at"], condition=models.Q(state="accepted"), name="feedback_accepted"),
        ]

    def __str__(self) -> str:
        return f"Feedback {self.pk} on {self.prediction_id} ({self.state})"

    @property
    def authors_genres(self) -> list[str]:
        """The genres that the author named, where a reviewer accepted others; else empty."""
        return split_names(self.authors_names)
