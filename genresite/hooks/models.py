"""Webhooks, and the log of what was sent to them."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.TextChoices):
    """What a webhook can be told of."""

    BATCH_FINISHED = "batch.finished", _("A batch of mine is finished")
    FEEDBACK_SETTLED = "feedback.settled", _("A correction of mine is accepted or rejected")
    MODEL_PROMOTED = "model.promoted", _("A model version answers from now on")
    TEST = "test", _("A test that I asked for")


class Webhook(models.Model):
    """An address of a person's own program that is told of events.

    Invariants: an address is there once per person; `secret` signs what is sent and is kept sealed; after a rotation
    the `previous_secret` signs too until `previous_until`, so that the receiver can change over without losing one.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField("address", max_length=500)
    events = models.JSONField(default=list, help_text="Names of the events that it is told of.")
    secret = models.BinaryField()
    previous_secret = models.BinaryField(default=bytes)
    previous_until = models.DateTimeField(null=True, blank=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["owner", "url"], name="webhook_address_unique")]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One event on its way to one webhook.

    Invariants: the row, not the queue, is the truth; an attempt is *claimed* by one conditional update from waiting to
    sending, so that a task delivered twice sends once. `event_id` is the same in a replay, so that a receiver can tell
    that it knows the event.
    Transitions: waiting -> sending -> delivered | waiting (another attempt later) | failed.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=40, choices=Event)
    event_id = models.UUIDField(default=uuid4)
    payload = models.JSONField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    status_code = models.PositiveSmallIntegerField(null=True, blank=True, help_text="What the receiver answered last.")
    problem = models.CharField(max_length=300, blank=True, help_text="Why the last attempt failed, in words.")
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "deliveries"
        indexes = [models.Index(fields=["webhook", "-id"]), models.Index(fields=["state", "next_attempt_at"])]

    def __str__(self) -> str:
        return f"{self.event} to webhook {self.webhook_id} ({self.state})"
