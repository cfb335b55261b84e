"""Slow work that somebody asked for, as people see it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from predictor.models.model_version import Kind as ModelKind
from predictor.models.model_version import ModelVersion


def get_spoken_language() -> str:
    """The language of the request that is being answered; the site's own outside one."""
    return translation.get_language() or settings.LANGUAGE_CODE


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs, narrowed by adjectives."""

    def visible_to(self, user: "settings.AUTH_USER_MODEL") -> "JobQuerySet":  # type: ignore[name-defined]
        """Those that a person may see: their own; all of them for reviewers and staff."""
        return self if user.is_reviewer else self.filter(requested_by=user)

    def unfinished(self) -> "JobQuerySet":
        """Those that wait or run."""
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])


class Job(models.Model):
    """One piece of slow work.

    Invariants: the row, not the queue's result, is the truth. A job is *claimed* by one conditional update from queued
    to running, so that a task delivered twice does its work once; `attempt` counts the claims, and a worker may write
    only while the attempt is its own, so that one that was given up for lost cannot interfere. A training names the
    kind of model in `model_kind`, and of each kind one at most is unfinished; other jobs leave it empty. Of
    the jobs that make films comparable one at most is unfinished.
    Transitions: queued -> running -> succeeded | failed | cancelled; queued -> cancelled | failed; running -> queued
    when its worker was lost.
    """

    class Kind(models.TextChoices):
        CATALOGUE = "catalogue", _("Predict catalogue films without genres")
        TRAINING = "training", _("Train a model")
        BATCH = "batch", _("Predict a file")
        EXPORT = "export", _("Write an export")
        RERUN = "rerun", _("Ask a version about earlier predictions")
        VECTORS = "vectors", _("Make films comparable")

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        SUCCEEDED = "succeeded", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    class Trigger(models.TextChoices):
        PERSON = "person", _("A person")
        SCHEDULE = "schedule", _("The schedule")
        LABELS = "labels", _("New accepted labels")

    FINISHED = (State.SUCCEEDED, State.FAILED, State.CANCELLED)

    kind = models.CharField(max_length=9, choices=Kind)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="jobs"
    )
    trigger = models.CharField(max_length=8, choices=Trigger, default=Trigger.PERSON)
    model_kind = models.CharField(
        max_length=6, choices=ModelKind, blank=True, help_text="What a training's model reads."
    )
    version = models.ForeignKey(
        ModelVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="jobs", help_text="What it made."
    )
    language = models.CharField(
        max_length=10,
        default=get_spoken_language,
        # A process of the release before this field may still open jobs while this one is brought in.
        db_default="en",
        help_text="What its messages are written in: that of who asked.",
    )
    parameters = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict, help_text="What came of it: counts, names.")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    stage = models.CharField(max_length=80, blank=True, help_text="What it is doing right now, in words.")
    stage_started_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=500, blank=True, help_text="Why it failed, in words.")
    attempt = models.PositiveSmallIntegerField(default=0, help_text="How often a worker has claimed the job.")
    cancel_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    queued_at = models.DateTimeField(
        null=True,
        blank=True,
        default=timezone.now,
        help_text="When it was last handed to the queue; empty: it has yet to be, for the queue could not be reached.",
    )
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["model_kind"],
                condition=models.Q(kind="training", state__in=["queued", "running"]),
                name="one_unfinished_training_per_kind",
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(kind="vectors", state__in=["queued", "running"]),
                name="one_unfinished_vectors_job",
            ),
        ]

    def __str__(self) -> str:
        return f"Job {self.pk}: {self.kind} ({self.state})"

    @property
    def finished(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self.state in self.FINISHED

    @property
    def waits_for_queue(self) -> bool:
        """Whether nobody has been asked to do it yet, for the queue could not be reached."""
        return self.state == self.State.QUEUED and self.queued_at is None

    @property
    def retryable(self) -> bool:
        """Whether the same can be asked for once more at the press of a button."""
        ended_badly = self.state in (self.State.FAILED, self.State.CANCELLED)
        return ended_badly and self.kind in (self.Kind.CATALOGUE, self.Kind.TRAINING)

    @property
    def seconds_left(self) -> int | None:
        """About how long its present stage will still take, by the pace so far; None while nothing can be told."""
        since = self.stage_started_at or self.started_at
        if self.state != self.State.RUNNING or since is None or not 0 < self.done <= self.total:
            return None
        passed: timedelta = timezone.now() - since
        return int(passed.total_seconds() / self.done * (self.total - self.done))
