"""Links by which a prediction is shown to people without an account."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from predictor.models.prediction import Prediction


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    """Links, narrowed by adjectives."""

    def owned_by(self, user: "settings.AUTH_USER_MODEL") -> "ShareLinkQuerySet":  # type: ignore[name-defined]
        """Those on a person's own predictions: nobody else manages a link, reviewers and staff included."""
        return self.filter(prediction__owner=user)

    def working(self) -> "ShareLinkQuerySet":
        """Those that open: not expired, of somebody who still has an account here."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), prediction__owner__is_active=True)

    def expired(self) -> "ShareLinkQuerySet":
        """Those whose time is over."""
        return self.filter(expires_at__lte=timezone.now())


class ShareLink(models.Model):
    """That a prediction may be seen by whoever has a link, and how much of it.

    Invariants: a prediction has one link at most, and revoking deletes the row: that and the end of its time are the
    only changes. The link's token is found by its SHA-256; the token itself is kept sealed under the site's key, for
    the owner alone to see again, so that a copy of the database opens no link.
    """

    prediction = models.OneToOneField(Prediction, on_delete=models.CASCADE, related_name="share")
    token_sha256 = models.CharField("token's SHA-256", max_length=64, unique=True)
    sealed_token = models.BinaryField()
    show_plot = models.BooleanField(default=False, help_text="The beginning of the plot is shown.")
    show_poster = models.BooleanField(default=False, help_text="The small poster is shown.")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Link to prediction {self.prediction_id}"

    @property
    def over(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= timezone.now()
