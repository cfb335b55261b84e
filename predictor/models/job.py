"""Slow work that somebody asked for, as people see it."""

from django.conf import settings
from django.db import models


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
    only while the attempt is its own, so that one that was given up for lost cannot interfere.
    Transitions: queued -> running -> succeeded | failed | cancelled; queued -> cancelled | failed.
    """

    class Kind(models.TextChoices):
        CATALOGUE = "catalogue", "Predict catalogue films without genres"
        TRAINING = "training", "Train a model"

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        SUCCEEDED = "succeeded", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    FINISHED = (State.SUCCEEDED, State.FAILED, State.CANCELLED)

    kind = models.CharField(max_length=9, choices=Kind)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="jobs"
    )
    parameters = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict, help_text="What came of it: counts, names.")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=500, blank=True, help_text="Why it failed, in words.")
    attempt = models.PositiveSmallIntegerField(default=0, help_text="How often a worker has claimed the job.")
    cancel_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Job {self.pk}: {self.kind} ({self.state})"

    @property
    def finished(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self.state in self.FINISHED
