"""Reads for the pages of the review queue: one item, the day's progress, what waits, what was done."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from genresite.accounts.models import User
from genresite.kept import read_kept
from genresite.paging import count_some
from movies.genre_names import sort_key
from movies.models import Genre
from predictor.explanation_panel import ExplanationPanel, read_explanation_panel
from predictor.models import DecidedGenre, Feedback, Prediction, Review, ReviewHabits
from predictor.models.feedback import FeedbackQuerySet
from predictor.models.review import CONFLICTS, ReviewQuerySet
from predictor.selectors.scores import TOP_COUNT, BarRow, build_rows

# In this order the shown genres get their keys; s, n and u are commands.
KEYS = "1234567890qwertyiopadfghjklzxcvbm"
CONFLICTS_KEPT_SECONDS = 60


@dataclass(frozen=True)
class Toggle:
    """One genre to switch on or off, with the key that does it."""

    row: BarRow
    checked: bool
    key: str = ""


@dataclass(frozen=True)
class Progress:
    """What a reviewer did today."""

    decided: int
    skipped: int
    goal: int

    @property
    def reached(self) -> bool:
        """Whether the day's goal is reached."""
        return self.decided >= self.goal


@dataclass(frozen=True)
class Counts:
    """How much waits beside the queue."""

    proposals: int
    conflicts: int
    more_proposals: bool = False


@dataclass(frozen=True)
class ItemPage:
    """Everything that the page of one item shows.

    In blind mode there are no probabilities, no proposals and no reasons, and the genres come in alphabetical order.
    """

    prediction: Prediction
    blind: bool
    order: str
    toggles: list[Toggle]
    habits: ReviewHabits
    progress: Progress
    last: Review | None
    own: Review | None
    proposals: list[Feedback] = field(default_factory=list)
    why: ExplanationPanel | None = None


def read_habits(reviewer: User) -> ReviewHabits:
    """How a reviewer likes to work; the usual way if they never said."""
    return ReviewHabits.objects.filter(person=reviewer).first() or ReviewHabits(person=reviewer)


def read_progress(reviewer: User, habits: ReviewHabits) -> Progress:
    """What a reviewer did since midnight."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    today = Review.objects.live().filter(reviewer=reviewer, created_at__gte=midnight)
    skipped = Count("pk", filter=Q(verdict=Review.Verdict.SKIPPED))
    counts = today.aggregate(every=Count("pk"), skipped=skipped)
    return Progress(counts["every"] - counts["skipped"], counts["skipped"], habits.daily_goal)


def read_counts() -> Counts:
    """How many corrections wait, and how many items are in conflict, the latter at most a minute ago."""
    conflicts = read_kept(scope=CONFLICTS, name="count", seconds=CONFLICTS_KEPT_SECONDS, count=_count_conflicts)
    waiting = count_some(Feedback.objects.awaiting_review())
    return Counts(waiting.rows, conflicts, waiting.more)


def _count_conflicts() -> int:
    """Every decision is held against the others on its item."""
    contested = Review.objects.contested().aggregate(items=Count("prediction", distinct=True))
    return int(contested["items"])


def read_last(reviewer: User) -> Review | None:
    """What a reviewer did last, if it can still be undone."""
    return select_done(reviewer).first()


def read_item_page(
    prediction: Prediction,
    reviewer: User,
    *,
    blind: bool,
    order: str,
    explain: str = "",
    chosen: Collection[str] | None = None,
) -> ItemPage:
    """What the page of one item shows.

    Args:
        prediction: From `Prediction.objects.listed()`.
        reviewer: Who looks at it.
        blind: Whether the proposal is hidden.
        order: The order that the reviewer works in.
        explain: The genre whose reasons are shown, or "".
        chosen: The genres that are ticked; by default those that the models decided for.

    Returns:
        The page.
    """
    habits = read_habits(reviewer)
    own = Review.objects.live().filter(prediction=prediction, reviewer=reviewer, task=Review.Task.ITEM).first()
    # Once the reviewer has chosen, there is nothing left to hide.
    blind = blind and (own is None or own.verdict == Review.Verdict.SKIPPED)
    rows = read_rows(prediction)
    decided = [row.name for row in rows if row.decided]
    page = ItemPage(
        prediction=prediction,
        blind=blind,
        order=order,
        toggles=build_toggles(rows, (() if blind else decided) if chosen is None else chosen, blind=blind, keys=KEYS),
        habits=habits,
        progress=read_progress(reviewer, habits),
        last=read_last(reviewer),
        own=own,
    )
    if blind:
        return page
    likely = decided or [row.name for row in rows[:TOP_COUNT]]
    proposals = [one for one in prediction.feedback.all() if one.state == Feedback.State.PROPOSED]
    why = read_explanation_panel(prediction, likely, explain)
    return replace(page, proposals=proposals, why=why)


def read_rows(prediction: Prediction) -> list[BarRow]:
    """Every genre with its probability, the likeliest first; those that the models do not know come last."""
    rows = build_rows(prediction.scores, {row.genre.name for row in prediction.decided_genres.all()})
    scored = {row.name for row in rows}
    return rows + [BarRow(genre.name, 0.0) for genre in Genre.objects.all() if genre.name not in scored]


def build_toggles(rows: list[BarRow], chosen: Collection[str], *, blind: bool = False, keys: str = "") -> list[Toggle]:
    """Genres to switch on and off; in alphabetical order where the order must not tell anything."""
    ordered = sorted((BarRow(row.name, 0.0) for row in rows), key=lambda row: sort_key(row.name)) if blind else rows
    return [Toggle(row, row.name in chosen, keys[place : place + 1]) for place, row in enumerate(ordered)]


def select_proposals() -> FeedbackQuerySet:
    """The corrections that wait, the oldest first, with everything that a list shows in a fixed number of queries."""
    waiting = Feedback.objects.awaiting_review().order_by("updated_at", "pk")
    decided = Prefetch("prediction__decided_genres", DecidedGenre.objects.select_related("genre"))
    people = waiting.select_related("author", "prediction__movie", "prediction__owner")
    return people.prefetch_related("genres", decided)


def select_done(reviewer: User) -> ReviewQuerySet:
    """What a reviewer decided and can still undo, the latest first."""
    return Review.objects.undoable().filter(reviewer=reviewer).listed()
