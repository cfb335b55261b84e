"""A prediction's link as its owner sees it: on the result's page, and among all of their links."""

from dataclasses import dataclass
from typing import Self

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from genresite.accounts.models import User
from genresite.errors import NotFound
from predictor.models import Prediction, ShareLink
from predictor.services.shares import read_token
from predictor.share_forms import ShareForm


@dataclass(frozen=True)
class SharedLink:
    """A link as its owner sees it."""

    link: ShareLink
    token: str

    @classmethod
    def of(cls, link: ShareLink) -> Self:
        """The link with its token opened."""
        return cls(link, read_token(link))

    @property
    def path(self) -> str:
        """Its address on this site; empty where the token cannot be shown any more."""
        return reverse("predictor:shared", args=[self.token]) if self.token else ""


@dataclass(frozen=True)
class SharePanel:
    """What the result's page says of its link: the link, or the form that makes one."""

    shared: SharedLink | None
    form: ShareForm


def read_share_panel(prediction: Prediction, user: User, *, form: ShareForm | None = None) -> SharePanel | None:
    """The link of a prediction and the form to make one; None for everybody but the owner."""
    if prediction.owner_id != user.pk:
        return None
    link = ShareLink.objects.filter(prediction=prediction).first()
    shared = SharedLink.of(link) if link is not None and not link.over else None
    return SharePanel(shared, form or ShareForm(prediction=prediction))


def list_links(user: User) -> "QuerySet[ShareLink, ShareLink]":
    """A person's links, the latest first, with everything that their page shows."""
    return ShareLink.objects.owned_by(user).select_related("prediction").order_by("-pk")


def find_own_link(prediction: Prediction) -> SharedLink:
    """The working link of a person's own prediction.

    Raises:
        NotFound: `share_missing`.
    """
    link = ShareLink.objects.filter(prediction=prediction).first()
    if link is None or link.over:
        raise NotFound(_("This prediction is not shared."), code="share_missing")
    return SharedLink.of(link)
