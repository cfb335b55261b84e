"""People and their API tokens."""

from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from knox.models import AbstractAuthToken

REVIEWERS_GROUP = "reviewers"


class User(AbstractUser):  # type: ignore[django-manager-missing]  # knox names its manager untyped
    """A person who signs in.

    Roles: an ordinary user sees their own predictions; a reviewer (member of the group "reviewers") and staff see
    all and settle corrections; staff also run the site.
    """

    email = models.EmailField("e-mail address", blank=True)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique", condition=~models.Q(email="")),
        ]

    @cached_property
    def is_reviewer(self) -> bool:
        """Whether this person settles corrections: staff, or a member of the group "reviewers"."""
        return self.is_active and (self.is_staff or self.groups.filter(name=REVIEWERS_GROUP).exists())


class ApiToken(AbstractAuthToken):
    """A personal API token: named, stored as a hash, expiring, revocable; a read-only one changes nothing.

    The token itself is shown once, when it is made; only its digest is kept. Revoking deletes the row.
    """

    name = models.CharField(max_length=80)
    last_used_at = models.DateTimeField(null=True, blank=True)
    read_only = models.BooleanField(default=False)

    class Meta(AbstractAuthToken.Meta):
        abstract = False
        swappable = "KNOX_TOKEN_MODEL"
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.name} ({self.token_key}…)"
