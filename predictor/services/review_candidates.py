"""Which items come into question for a review, and in which order. Stays quick with a million predictions."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from django.db.models import Max, Min, QuerySet

from movies.figures import count_films_by_genre
from predictor.ml.review_order import rank
from predictor.models import Kind, ModelVersion, Prediction, PredictionPart, Review
from predictor.models.prediction import PredictionQuerySet

if TYPE_CHECKING:
    from genresite.accounts.models import User

# Ranking looks at so many of each: the newest, the newest unsure ones, and any by lot. Reading their scores is most of
# the time that a queue takes to make.
POOL_ITEMS = 400
# Some of those drawn are reviewed, or their rows are gone. Where it is half of them or more, the items that follow on
# so many places are looked up as well.
PLACES = 10
RECENT_ITEMS = 20
# For genres that no active version has a threshold for.
USUAL_THRESHOLD = 0.5
LEAST_THRESHOLD = 0.01

Float64Array = npt.NDArray[np.float64]
Row = tuple[int, str, dict[str, float]]
"""Number, kind and scores of a prediction."""


def rank_candidates(*, waiting: PredictionQuerySet, reviewer: "User", limit: int) -> list[int]:
    """The items most worth a look, best first; see `predictor.ml.review_order`.

    Args:
        waiting: Those that come into question.
        reviewer: For whom: what they reviewed last counts.
        limit: How many are wanted.

    Returns:
        Numbers of predictions.
    """
    rows = _read_pool(waiting)
    if not rows:
        return []
    genres = count_films_by_genre()
    names = [genre.name for genre in genres]
    parts = _read_parts(rows)
    order = rank(
        _table(names, [scores for _pk, _kind, scores in rows]),
        _thresholds(names, Counter(kind for _pk, kind, _scores in rows)),
        plot=_part_table(names, rows, parts[Kind.PLOT]),
        poster=_part_table(names, rows, parts[Kind.POSTER]),
        genre_counts=np.asarray([genre.films for genre in genres], dtype=np.float64),
        recent=_table(names, _recent_scores(reviewer)),
        seed=reviewer.pk,
        spread=limit,
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
    drawn = _draw_numbers(limit)
    found = list(waiting.filter(pk__in=drawn).order_by().values_list("pk", flat=True))
    if len(drawn) >= limit and len(found) <= limit // 2:
        found = list(dict.fromkeys([*found, *_read(_after(waiting, drawn, limit))]))
    np.random.default_rng().shuffle(found)
    return found[:limit]


def _read_pool(waiting: PredictionQuerySet) -> list[Row]:
    """Number, kind and scores of what is ranked, in two queries, or three where few of those drawn still wait."""
    newest = waiting.order_by("-pk").values("pk")
    drawn = _draw_numbers(POOL_ITEMS)
    few = [newest[:POOL_ITEMS], newest.filter(unsure=True)[:POOL_ITEMS]]
    rows = _read([*few, waiting.filter(pk__in=drawn).values("pk")])
    if len(drawn) >= POOL_ITEMS and sum(pk in rows for pk in drawn) <= POOL_ITEMS // 2:
        rows |= _read(_after(waiting, drawn, POOL_ITEMS))
    return list(rows.values())


def _read(selections: Iterable["QuerySet[Any, Any]"]) -> dict[int, Row]:
    """The rows of several selections, each once. A selection that is cut off stands inside, as SQLite wants it."""
    first, *others = [Prediction.objects.filter(pk__in=selection).order_by() for selection in selections]
    rows = first.union(*others, all=True).values_list("pk", "kind", "scores")
    return {row[0]: row for row in rows}


def _draw_numbers(count: int) -> list[int]:
    """Numbers of some items from anywhere, without reading through the table; all there are if they are few."""
    ends = Prediction.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return []
    span = ends["last"] - ends["first"] + 1
    if span <= count:
        return list(range(ends["first"], ends["last"] + 1))
    drawn = np.random.default_rng().choice(span, size=count, replace=False) + ends["first"]
    return [int(number) for number in drawn]


def _after(waiting: PredictionQuerySet, drawn: list[int], count: int) -> list["QuerySet[Any, Any]"]:
    """Few wait among many that are done: what follows on a few places drawn by lot."""
    numbers = waiting.order_by("pk").values("pk")
    return [numbers.filter(pk__gte=start)[: max(count // PLACES, 1)] for start in drawn[:PLACES]]


def _table(names: list[str], scores: list[dict[str, float]]) -> Float64Array:
    """Probabilities, (N, G), in [0, 1]; 0 where a version did not know the genre."""
    rows = [[one.get(name, 0.0) for name in names] for one in scores]
    return np.asarray(rows, dtype=np.float64).reshape(len(scores), len(names))


def _read_parts(rows: list[Row]) -> dict[str, dict[int, dict[str, float]]]:
    """What plot and poster alone gave, by prediction, for those that were made from both."""
    found: dict[str, dict[int, dict[str, float]]] = {Kind.PLOT: {}, Kind.POSTER: {}}
    both = [pk for pk, made_from, _scores in rows if made_from == Kind.BOTH]
    if both:
        parts = PredictionPart.objects.filter(prediction__in=both, kind__in=list(found)).order_by()
        for pk, kind, scores in parts.values_list("prediction_id", "kind", "scores"):
            found[kind][pk] = scores
    return found


def _part_table(names: list[str], rows: list[Row], parts: dict[int, dict[str, float]]) -> Float64Array:
    """What plot or poster alone gave, (N, G); a row of NaN for those that were not made from both."""
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


def _recent_scores(reviewer: "User") -> list[dict[str, float]]:
    """Scores of the items that the reviewer decided on last, newest first."""
    latest = Review.objects.live().filter(reviewer=reviewer, task=Review.Task.ITEM)
    return list(latest.values_list("prediction__scores", flat=True)[:RECENT_ITEMS])
