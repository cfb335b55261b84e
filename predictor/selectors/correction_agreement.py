"""How far what the models decided and what people said are the same, week by week."""

from collections import defaultdict
from datetime import timedelta
from typing import Final

from genresite.accounts.models import User
from genresite.kept import read_kept
from movies.figures import find_week, list_weeks
from predictor.models import DecidedGenre, Feedback
from predictor.services.words import words_scope

KEPT_SECONDS: Final = 600
# A week's mean hardly moves with more; a site with more corrections in twelve weeks is shown its latest.
NEWEST_CORRECTIONS: Final = 2_000

Means = tuple[int, list[float | None]]
"""How many corrections, and the mean agreement of each week in [0, 1]; None for a week without any."""


def read_correction_agreement(user: User) -> Means:
    """The agreement of the last twelve weeks over the corrections that a person may see; at most ten minutes old.

    What the person said themselves, or what is said of their predictions, counts at once.

    Args:
        user: Who looks: reviewers see everybody's.

    Returns:
        The number of corrections, and a mean for each week.
    """
    scope = words_scope(None if user.is_reviewer else user.pk)
    return read_kept(scope=scope, name="agreement", seconds=KEPT_SECONDS, count=lambda: _count(user))


def _count(user: User) -> Means:
    ends = list_weeks()
    said = Feedback.objects.visible_to(user).exclude(state=Feedback.State.REJECTED)
    said = said.filter(created_at__gt=ends[0] - timedelta(weeks=1)).order_by("-pk")
    made = {
        pk: (item, moment)
        for pk, item, moment in said.values_list("pk", "prediction", "created_at")[:NEWEST_CORRECTIONS]
    }
    right, decided = defaultdict(set), defaultdict(set)
    for pk, genre in Feedback.genres.through.objects.filter(feedback__in=made).values_list("feedback", "genre"):
        right[pk].add(genre)
    items = {item for item, _moment in made.values()}
    for item, genre in DecidedGenre.objects.filter(prediction__in=items).order_by().values_list("prediction", "genre"):
        decided[item].add(genre)
    shares: list[list[float]] = [[] for _week in ends]
    for pk, (item, moment) in made.items():
        union = right[pk] | decided[item]
        shares[find_week(moment, ends)].append(len(right[pk] & decided[item]) / len(union) if union else 1.0)
    return len(made), [sum(week) / len(week) if week else None for week in shares]
