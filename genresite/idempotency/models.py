"""The first answer to each Idempotency-Key."""

from django.conf import settings
from django.db import models


class KeptAnswer(models.Model):
    """That a person sent a create under a key, and what was answered.

    Invariants: one row per person and key, which is what makes two requests at once one effect; `status` is empty while
    the request is being worked on and 0 after it broke off; `answer` is sealed, for it may hold a new token. A row
    lives for a day.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the method, the address and the body.")
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="kept_answer_unique")]

    def __str__(self) -> str:
        return f"{self.key} of {self.user_id} ({self.status or 'unanswered'})"
