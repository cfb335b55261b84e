"""What reviewers decided on predictions, and how they like to work."""

from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from predictor.models.feedback import Feedback
from predictor.models.names import split_names
from predictor.models.prediction import Prediction

UNDO_DAYS = 30
# What counts of items in conflict are kept under.
CONFLICTS = "conflicts"


class ReviewQuerySet(models.QuerySet["Review"]):
    """Reviews, narrowed by adjectives."""

    def live(self) -> "ReviewQuerySet":
        """Those that were not taken back."""
        return self.filter(undone_at=None)

    def deciding(self) -> "ReviewQuerySet":
        """Those that say which genres are right, and were not taken back."""
        return self.live().filter(verdict__in=Review.DECIDING)

    def contested(self) -> "ReviewQuerySet":
        """Decisions that another reviewer's contradicts, as long as nobody has settled it."""
        here = models.OuterRef("prediction")
        others = Review.objects.deciding().filter(prediction=here).exclude(task=Review.Task.CONFLICT)
        others = others.exclude(reviewer=models.OuterRef("reviewer")).exclude(
            chosen_names=models.OuterRef("chosen_names")
        )
        settled = Review.objects.live().filter(prediction=here, task=Review.Task.CONFLICT)
        return self.deciding().exclude(task=Review.Task.CONFLICT).filter(models.Exists(others), ~models.Exists(settled))

    def undoable(self) -> "ReviewQuerySet":
        """Those that can still be taken back."""
        return self.live().filter(created_at__gte=timezone.now() - timedelta(days=UNDO_DAYS))

    def listed(self) -> "ReviewQuerySet":
        """With everything that a list shows, in a fixed number of queries."""
        return self.select_related("reviewer", "prediction__movie", "proposal__author")


class Review(models.Model):
    """One reviewer's decision, with what it takes to undo it.

    Invariants: a reviewer has one live review of an item, a skipped one included, so that no item comes twice; a
    prediction has one live settlement. The genres stand as names in one text, so that the database can compare two.
    `before` and `after` hold the feedback on the prediction and the film's labels around the decision; both are empty
    for a second look, which is kept for comparison and changes nothing. `undone_at` is set once, at most
    `UNDO_DAYS` after `created_at`, and the row stays.
    """

    class Task(models.TextChoices):
        ITEM = "item", _("The item itself")
        PROPOSAL = "proposal", _("Somebody's correction")
        CONFLICT = "conflict", _("A conflict of two reviewers")

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        AMENDED = "amended", _("Amended")
        REJECTED = "rejected", _("Rejected")
        SKIPPED = "skipped", _("Skipped")

    class Order(models.TextChoices):
        RANKED = "ranked", _("Most worth a look first")
        RANDOM = "random", _("Random")
        DIRECT = "direct", _("Opened by the reviewer")

    DECIDING = (Verdict.CONFIRMED, Verdict.AMENDED)

    prediction = models.ForeignKey(Prediction, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="reviews")
    task = models.CharField(max_length=8, choices=Task, default=Task.ITEM)
    verdict = models.CharField(max_length=9, choices=Verdict)
    chosen_names = models.CharField(max_length=500, blank=True, help_text="Genres that the reviewer holds for right.")
    proposed_names = models.CharField(max_length=500, blank=True, help_text="Genres that stood to be judged.")
    blind = models.BooleanField(default=False, help_text="The proposal was hidden until the reviewer had chosen.")
    order = models.CharField(max_length=6, choices=Order, default=Order.DIRECT)
    note = models.CharField(max_length=500, blank=True)
    proposal = models.ForeignKey(
        Feedback,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reviews",
        help_text="What was settled.",
    )
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["reviewer", "-id"]),
            # Whether a reviewer has had an item: asked for thousands of items whenever a queue is made.
            models.Index(fields=["prediction", "reviewer"], name="review_item_and_reviewer"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["prediction", "reviewer"],
                condition=models.Q(task="item", undone_at=None),
                name="one_live_review_per_reviewer",
            ),
            models.UniqueConstraint(
                fields=["prediction"],
                condition=models.Q(task="conflict", undone_at=None),
                name="one_live_settlement",
            ),
        ]

    def __str__(self) -> str:
        return f"Review {self.pk}: {self.prediction_id} {self.verdict}"

    @property
    def chosen(self) -> list[str]:
        """The genres that the reviewer holds for right, by name; empty where nothing was decided."""
        return split_names(self.chosen_names)

    @property
    def proposed(self) -> list[str]:
        """The genres that stood to be judged: the models' or an author's, by name."""
        return split_names(self.proposed_names)

    @property
    def undoable(self) -> bool:
        """Whether it can still be taken back."""
        return self.undone_at is None and timezone.now() - self.created_at <= timedelta(days=UNDO_DAYS)


class ReviewHabits(models.Model):
    """How one reviewer likes to work."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="review_habits"
    )
    shortcuts = models.BooleanField(default=True, help_text="Single keys choose genres and decide.")
    blind = models.BooleanField(default=False, help_text="The proposal is hidden until the reviewer has chosen.")
    daily_goal = models.PositiveSmallIntegerField(
        default=25, validators=[MinValueValidator(1), MaxValueValidator(1000)], help_text="Items a day."
    )

    class Meta:
        verbose_name_plural = "review habits"

    def __str__(self) -> str:
        return f"Habits of {self.person_id}"
