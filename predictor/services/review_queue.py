"""The review queue: which item a reviewer gets next. Ranking is done for some dozens of items at a time and kept."""

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.db.models import Exists, OuterRef

from predictor.access import require_reviewer
from predictor.models import Feedback, Prediction, Review, ReviewHabits
from predictor.models.prediction import PredictionQuerySet
from predictor.models.review import ReviewQuerySet
from predictor.services.review_candidates import rank_candidates, shuffle_candidates

if TYPE_CHECKING:
    from genresite.accounts.models import User

QUEUE_ITEMS = 50
QUEUE_KEPT_SECONDS = 600
# While one reviewer has an item on the screen, the others get other items.
HELD_SECONDS = 600
LATER_KEPT_SECONDS = 3600
LOOK_AHEAD = 10


@dataclass(frozen=True)
class Assignment:
    """An item for a reviewer.

    Attributes:
        prediction: The item.
        blind: Whether the models' proposal is hidden until the reviewer has chosen.
        order: How the item was found, one of `Review.Order`.
    """

    prediction: Prediction
    blind: bool
    order: str


def find_next(*, reviewer: "User", order: str = Review.Order.RANKED) -> Assignment | None:
    """The item that a reviewer is to look at next, with everything that is shown of it; see `choose_next`.

    Args:
        reviewer: A reviewer or a member of staff.
        order: "ranked" for the most worth a look first, "random" for the control.

    Returns:
        The item, or None if nothing waits.

    Raises:
        Forbidden: The person is no reviewer.
    """
    chosen = choose_next(reviewer=reviewer, order=order)
    if chosen is None:
        return None
    prediction = Prediction.objects.listed().get(pk=chosen)
    return Assignment(prediction, is_blind(reviewer=reviewer, prediction=prediction), order)


def choose_next(*, reviewer: "User", order: str = Review.Order.RANKED) -> int | None:
    """The number of the item that a reviewer is to look at next; asked again before they decide, it is the same.

    No item comes that the reviewer has decided on, skipped or settled a correction of. Every so many items
    (`REVIEW_SECOND_EVERY`) it is one that another reviewer has decided on, so that the two can be compared.

    Args:
        reviewer: A reviewer or a member of staff.
        order: "ranked" for the most worth a look first, "random" for the control.

    Returns:
        The prediction's number, or None if nothing waits.

    Raises:
        Forbidden: The person is no reviewer.
    """
    require_reviewer(reviewer)
    key = f"review:current:{reviewer.pk}:{order}"
    current = cache.get(key)
    if current is None or not _still_fits(reviewer, current) or not _hold(current, reviewer):
        current = _find_second_look(reviewer) or _take_from_queue(reviewer, order)
        if current is None:
            return None
        cache.set(key, current, HELD_SECONDS)
    return int(current)


def postpone(*, prediction: Prediction, reviewer: "User", order: str = Review.Order.RANKED) -> None:
    """Put an item behind the others, without a word on it.

    Args:
        prediction: The item.
        reviewer: Who would rather see another one first.
        order: The order that the reviewer works in.

    Raises:
        Forbidden: The person is no reviewer.
    """
    require_reviewer(reviewer)
    later = [pk for pk in _read_later(reviewer) if pk != prediction.pk]
    cache.set(f"review:later:{reviewer.pk}", [*later, prediction.pk], LATER_KEPT_SECONDS)
    cache.delete(f"review:current:{reviewer.pk}:{order}")
    release_item(prediction.pk)


def release_item(pk: int) -> None:
    """Let other reviewers have an item that was on somebody's screen."""
    cache.delete(f"review:held:{pk}")


def is_blind(*, reviewer: "User", prediction: Prediction) -> bool:
    """Whether a reviewer chooses without seeing the proposal: by habit, or for the share `REVIEW_BLIND_EVERY`.

    Args:
        reviewer: The reviewer.
        prediction: The item; the same item is always blind for the same reviewer, or never.

    Returns:
        True if the proposal is to be hidden.
    """
    if ReviewHabits.objects.filter(person=reviewer, blind=True).exists():
        return True
    every: int = settings.REVIEW_BLIND_EVERY
    return every > 0 and zlib.crc32(f"{reviewer.pk}:{prediction.pk}".encode()) % every == 0


def select_open(reviewer: "User") -> PredictionQuerySet:
    """The items without an accepted word that the reviewer has not had their hands on."""
    accepted = Feedback.objects.filter(prediction=OuterRef("pk"), state=Feedback.State.ACCEPTED)
    return Prediction.objects.filter(~Exists(accepted), ~Exists(_own_reviews(reviewer, "pk")))


def _own_reviews(reviewer: "User", outer: str) -> "ReviewQuerySet":
    return Review.objects.live().filter(prediction=OuterRef(outer), reviewer=reviewer)


def _still_fits(reviewer: "User", pk: int) -> bool:
    """Whether an item that was handed out is still worth a look: the reviewer's word on it is not known."""
    if pk in _read_later(reviewer):
        return False
    return Prediction.objects.filter(pk=pk).filter(~Exists(_own_reviews(reviewer, "pk"))).exists()


def _read_later(reviewer: "User") -> list[int]:
    return list(cache.get(f"review:later:{reviewer.pk}") or [])


def _hold(pk: int, reviewer: "User") -> bool:
    """Keep an item for a reviewer; False if another one has it on the screen."""
    key = f"review:held:{pk}"
    return bool(cache.add(key, reviewer.pk, HELD_SECONDS)) or cache.get(key) in (None, reviewer.pk)


def _take_from_queue(reviewer: "User", order: str) -> int | None:
    """The first item of the kept queue that still waits; the queue is made anew when it has run out."""
    key = f"review:queue:{reviewer.pk}:{order}"
    kept = cache.get(key) or []
    for queue in (kept, None):
        items = _build_queue(reviewer, order) if queue is None else list(queue)
        for start in range(0, len(items), LOOK_AHEAD):
            some = items[start : start + LOOK_AHEAD]
            # What was just looked for waits; what was kept may have been decided since.
            waiting = set(some) if queue is None else _still_open(reviewer, some)
            for place, pk in enumerate(some, start=start):
                if pk in waiting and _hold(pk, reviewer):
                    cache.set(key, items[place + 1 :], QUEUE_KEPT_SECONDS)
                    return pk
    return None


def _still_open(reviewer: "User", items: list[int]) -> set[int]:
    return set(select_open(reviewer).filter(pk__in=items).order_by().values_list("pk", flat=True))


def _build_queue(reviewer: "User", order: str) -> list[int]:
    """The next items in the order asked for, those that were put off behind the others."""
    waiting = select_open(reviewer)
    find = shuffle_candidates if order == Review.Order.RANDOM else rank_candidates
    later = _read_later(reviewer)
    found = find(waiting=waiting, reviewer=reviewer, limit=QUEUE_ITEMS + len(later))
    cache.delete(f"review:later:{reviewer.pk}")
    return [*(pk for pk in found if pk not in later), *(pk for pk in later if pk in found)]


def _find_second_look(reviewer: "User") -> int | None:
    """Now and then an item that just one other reviewer has decided on; any of the latest, by lot."""
    every: int = settings.REVIEW_SECOND_EVERY
    done = Review.objects.filter(reviewer=reviewer, task=Review.Task.ITEM).count()
    if every < 1 or (done + 1) % every:
        return None
    others = Review.objects.deciding().filter(prediction=OuterRef("prediction")).exclude(pk=OuterRef("pk"))
    firsts = (
        Review.objects.deciding()
        .filter(~Exists(others), ~Exists(_own_reviews(reviewer, "prediction")), task=Review.Task.ITEM)
        .exclude(reviewer=reviewer)
        .values_list("prediction", flat=True)[:200]
    )
    later = set(_read_later(reviewer))
    numbers = sorted(pk for pk in firsts if pk not in later)
    # By lot, and the same for as long as the reviewer has not decided.
    numbers.sort(key=lambda pk: zlib.crc32(f"{done}:{reviewer.pk}:{pk}".encode()))
    return next((pk for pk in numbers if _hold(pk, reviewer)), None)
