"""Which items come into question for a review, and in which order. Stays quick with a million predictions."""

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from django.core.cache import cache
from django.db.models import Count, Max, Min

from movies.models import Genre
from predictor.ml.review_order import rank
from predictor.models import Kind, ModelVersion, Prediction, PredictionPart, Review
from predictor.models.prediction import PredictionQuerySet

if TYPE_CHECKING:
    from genresite.accounts.models import User

# Ranking looks at so many of each: the newest, the newest unsure ones, and any by lot.
POOL_ITEMS = 1000
# Numbers drawn for one that still waits: others are reviewed, or their rows are gone.
DRAWS = 3
RECENT_ITEMS = 20
COUNTS_KEPT_SECONDS = 3600
# For genres that no active version has a threshold for.
USUAL_THRESHOLD = 0.5
LEAST_THRESHOLD = 0.01

Float64Array = npt.NDArray[np.float64]


def rank_candidates(*, waiting: PredictionQuerySet, reviewer: "User", limit: int) -> list[int]:
    """The items most worth a look, best first; see `predictor.ml.review_order`.

    Args:
        waiting: Those that come into question.
        reviewer: For whom: what they reviewed last counts.
        limit: How many are wanted.

    Returns:
        Numbers of predictions.
    """
    pool = _pool(waiting)
    if not pool:
        return []
    rows = list(Prediction.objects.filter(pk__in=pool).values_list("pk", "kind", "scores"))
    names = list(Genre.objects.values_list("name", flat=True))
    order = rank(
        _table(names, [scores for _pk, _kind, scores in rows]),
        _thresholds(names, Counter(kind for _pk, kind, _scores in rows)),
        plot=_parts(names, rows, Kind.PLOT),
        poster=_parts(names, rows, Kind.POSTER),
        genre_counts=_genre_counts(names),
        recent=_table(names, _recent_scores(reviewer)),
        seed=reviewer.pk,
    )
    return [rows[place][0] for place in order[:limit]]


def shuffle_candidates(*, waiting: PredictionQuerySet, reviewer: "User", limit: int) -> list[int]:
    """Items by lot: the control for the ranked order.

    Args:
        waiting: Those that come into question.
        reviewer: For whom; plays no part here.
        limit: How many are wanted.

    Returns:
        Numbers of predictions.
    """
    found = np.asarray(_draw(waiting, limit), dtype=np.int64)
    np.random.default_rng().shuffle(found)
    return [int(pk) for pk in found[:limit]]


def _pool(waiting: PredictionQuerySet) -> set[int]:
    numbers = waiting.order_by("-pk").values_list("pk", flat=True)
    return {*numbers[:POOL_ITEMS], *numbers.filter(unsure=True)[:POOL_ITEMS], *_draw(waiting, POOL_ITEMS)}


def _draw(waiting: PredictionQuerySet, count: int) -> list[int]:
    """About so many items from anywhere, without reading through the table: numbers are drawn, then looked up."""
    ends = Prediction.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return []
    span = ends["last"] - ends["first"] + 1
    numbers = waiting.values_list("pk", flat=True)
    if span <= count * DRAWS:
        return list(numbers.order_by())
    drawn = np.random.default_rng().choice(span, size=count * DRAWS, replace=False) + ends["first"]
    found = list(numbers.filter(pk__in=drawn.tolist()).order_by())
    if len(found) < count:
        # Few wait among many that are done: what follows on a few places drawn by lot.
        for start in drawn[:10].tolist():
            found += numbers.filter(pk__gte=start).order_by("pk")[: count // 10]
    return list(dict.fromkeys(found))


def _table(names: list[str], scores: list[dict[str, float]]) -> Float64Array:
    """Probabilities, (N, G), in [0, 1]; 0 where a version did not know the genre."""
    rows = [[one.get(name, 0.0) for name in names] for one in scores]
    return np.asarray(rows, dtype=np.float64).reshape(len(scores), len(names))


def _parts(names: list[str], rows: list[tuple[int, str, dict[str, float]]], kind: str) -> Float64Array:
    """What plot or poster alone gave, (N, G); a row of NaN for those that were not made from both."""
    both = [pk for pk, made_from, _scores in rows if made_from == Kind.BOTH]
    parts = dict(PredictionPart.objects.filter(prediction__in=both, kind=kind).values_list("prediction_id", "scores"))
    table = np.full((len(rows), len(names)), np.nan)
    for place, (pk, _kind, _scores) in enumerate(rows):
        if pk in parts:
            table[place] = _table(names, [parts[pk]])[0]
    return table


def _thresholds(names: list[str], kinds: Counter[str]) -> Float64Array:
    """Thresholds, (G,), of the active version of the most frequent kind, as far as its measurements tell."""
    versions = {version.kind: version for version in ModelVersion.objects.active()}
    wanted = [kind for kind, _count in kinds.most_common() if kind in versions] or list(versions)
    measured = versions[wanted[0]].metrics if wanted else {}
    figures = measured.get("test") or measured.get("validation") or {}
    limits = [figures.get("per_genre", {}).get(name, {}).get("threshold") or USUAL_THRESHOLD for name in names]
    return np.clip(np.asarray(limits, dtype=np.float64), LEAST_THRESHOLD, 1 - LEAST_THRESHOLD)


def _genre_counts(names: list[str]) -> Float64Array:
    """How many films of the catalogue have each genre, (G,); counted once an hour."""
    counts = cache.get("review:genre-counts")
    if counts is None:
        counts = dict(Genre.objects.annotate(films=Count("labels")).values_list("name", "films"))
        cache.set("review:genre-counts", counts, COUNTS_KEPT_SECONDS)
    return np.asarray([counts.get(name, 0) for name in names], dtype=np.float64)


def _recent_scores(reviewer: "User") -> list[dict[str, float]]:
    """Scores of the items that the reviewer decided on last, newest first."""
    latest = Review.objects.live().filter(reviewer=reviewer, task=Review.Task.ITEM)
    return list(latest.values_list("prediction__scores", flat=True)[:RECENT_ITEMS])
