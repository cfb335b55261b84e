"""Reads for agreement: items that two reviewers see differently, and figures of how far people and models agree."""

from dataclasses import astuple, dataclass

from django.db.models import Prefetch, QuerySet

from genresite.kept import read_kept
from predictor.ml.agreement import krippendorff_alpha, mean_jaccard, share_equal
from predictor.models import Prediction, Review
from predictor.models.review import CONFLICTS

# Enough for every digit that is shown.
NEWEST_REVIEWS = 5_000
KEPT_SECONDS = 600


@dataclass(frozen=True)
class WithMachine:
    """How far the decisions of reviewers agree with what the models had proposed.

    Attributes:
        blind: Whether the proposal was hidden until the reviewer had chosen.
        items: How many decisions.
        same: The share that names the very genres of the proposal; None without decisions.
        jaccard: The mean of shared over all genres named; None without decisions.
    """

    blind: bool
    items: int
    same: float | None = None
    jaccard: float | None = None


@dataclass(frozen=True)
class Agreement:
    """Figures of agreement.

    Attributes:
        alpha: Krippendorff's alpha with the MASI distance; None where nothing can be said yet.
        items: Items that two reviewers or more decided on.
        reviewers: People among them.
        blind: Against the models, where the proposal was hidden.
        shown: Against the models, where it was shown.
    """

    alpha: float | None
    items: int
    reviewers: int
    blind: WithMachine
    shown: WithMachine

    @property
    def anchoring(self) -> float | None:
        """How much more often people say what the models say when they see it; None until both are known."""
        if self.blind.same is None or self.shown.same is None:
            return None
        return self.shown.same - self.blind.same


def read_agreement() -> Agreement:
    """How far reviewers agree with each other and with the models, over their latest decisions on items.

    At most ten minutes old, and never older than the last decision on an item that somebody else had decided on.
    """
    alpha, items, reviewers, blind, shown = read_kept(
        scope=CONFLICTS, name="agreement", seconds=KEPT_SECONDS, count=lambda: astuple(_count_agreement())
    )
    return Agreement(alpha, items, reviewers, WithMachine(*blind), WithMachine(*shown))


def _count_agreement() -> Agreement:
    decisions = Review.objects.deciding().filter(task=Review.Task.ITEM)
    latest = decisions.only("prediction_id", "reviewer_id", "chosen_names", "proposed_names", "blind")
    reviews = list(latest[:NEWEST_REVIEWS])
    units: dict[int, list[Review]] = {}
    for review in reviews:
        units.setdefault(review.prediction_id, []).append(review)
    shared = [unit for unit in units.values() if len(unit) > 1]
    return Agreement(
        alpha=krippendorff_alpha([[review.chosen for review in unit] for unit in shared]),
        items=len(shared),
        reviewers=len({review.reviewer_id for unit in shared for review in unit}),
        blind=_compare([review for review in reviews if review.blind], blind=True),
        shown=_compare([review for review in reviews if not review.blind], blind=False),
    )


def _compare(reviews: list[Review], *, blind: bool) -> WithMachine:
    pairs = [(review.chosen, review.proposed) for review in reviews]
    if not pairs:
        return WithMachine(blind, 0)
    return WithMachine(blind, len(pairs), share_equal(pairs), mean_jaccard(pairs))


def select_conflicts() -> QuerySet[Prediction]:
    """The items that reviewers see differently and nobody has settled, the latest first."""
    contested = Review.objects.contested().order_by().values("prediction")
    decided = Prefetch("reviews", Review.objects.select_related("reviewer"))
    return Prediction.objects.filter(pk__in=contested).select_related("movie").prefetch_related(decided)


def list_decisions(prediction: Prediction) -> list[Review]:
    """What reviewers hold for right, the first first; the prediction must come from `select_conflicts`."""
    decisions = [
        review
        for review in prediction.reviews.all()
        if review.undone_at is None and review.verdict in Review.DECIDING and review.task != Review.Task.CONFLICT
    ]
    return sorted(decisions, key=lambda review: review.pk)
