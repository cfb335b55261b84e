"""A trained model that the site knows of."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a model or a prediction is made from."""

    PLOT = "plot", _("Plot")
    POSTER = "poster", _("Poster")
    BOTH = "both", _("Plot and poster")


class ModelVersionQuerySet(models.QuerySet["ModelVersion"]):
    """Model versions, narrowed by adjectives."""

    def active(self) -> "ModelVersionQuerySet":
        """Those that answer: at most one per kind."""
        return self.filter(state=ModelVersion.State.ACTIVE)


class ModelVersion(models.Model):
    """A model bundle registered with the site.

    Invariants: one active version per kind; `manifest_sha256` pins the manifest, which in turn pins every file.
    Transitions: candidate -> active -> retired -> active; any -> broken when its files no longer match.
    """

    class State(models.TextChoices):
        CANDIDATE = "candidate", _("Candidate")
        ACTIVE = "active", _("Active")
        RETIRED = "retired", _("Retired")
        BROKEN = "broken", _("Broken")

    kind = models.CharField(max_length=6, choices=Kind)
    name = models.CharField(max_length=80, unique=True)
    recipe = models.CharField(max_length=40)
    folder = models.CharField(
        max_length=300, help_text="Name of the folder among the shipped bundles or in MODELS_DIR."
    )
    manifest_sha256 = models.CharField("manifest SHA-256", max_length=64)
    training_fingerprint = models.CharField(max_length=64)
    genres = models.JSONField(default=list)
    metrics = models.JSONField(default=dict)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="children",
        help_text="The version that its training started from.",
    )
    labels_fingerprint = models.CharField(
        max_length=64, blank=True, help_text="Of the site's confirmed labels that it was trained and measured on."
    )
    comparison = models.JSONField(
        default=dict, blank=True, help_text="How it did beside the version that answered when it was made."
    )
    state = models.CharField(max_length=9, choices=State, default=State.CANDIDATE)
    created_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(state="active"), name="one_active_version_per_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.name
