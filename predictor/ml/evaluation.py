"""Measures of multi-label predictions, numpy only; beside each the trivial answers that any model must beat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from predictor.ml.errors import MLError

Float64Array = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

MIN_SUPPORT = 20
"""Genres with fewer positive films than this are left out of the second macro average: their F1 is luck."""


def _ratio(above: Float64Array, below: Float64Array) -> Float64Array:
    """Division that gives 0 where the denominator is 0, as scikit-learn's ``zero_division=0``."""
    return np.asarray(np.divide(above, below, out=np.zeros_like(above, dtype=np.float64), where=below > 0))


def _arrays(
    labels: npt.ArrayLike, other: npt.ArrayLike, mask: npt.ArrayLike | None
) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Labels, predictions and mask as float64 of one shape (N, G)."""
    truth = np.asarray(labels, dtype=np.float64)
    said = np.asarray(other, dtype=np.float64)
    known = np.ones_like(truth) if mask is None else np.asarray(mask, dtype=np.float64)
    if not (truth.ndim == 2 and truth.shape == said.shape == known.shape and len(truth)):
        raise MLError(
            f"Evaluation needs arrays of one shape (N, G), N > 0, not {truth.shape}, {said.shape}, {known.shape}."
        )
    return truth, said, known


def f1_scores(labels: npt.ArrayLike, predicted: npt.ArrayLike, mask: npt.ArrayLike | None = None) -> dict[str, float]:
    """The F1 averages of decided genres.

    Args:
        labels: (N, G), 0 or 1.
        predicted: (N, G), boolean or 0/1.
        mask: (N, G), 0 where the label is unknown; default all known.

    Returns:
        ``micro``, ``macro`` (all genres), ``macro_supported`` (genres with at least ``MIN_SUPPORT`` films),
        ``weighted`` (by support), ``samples`` (mean over films), each in [0, 1]; an F1 of nothing is 0.

    Raises:
        MLError: shapes differ.
    """
    truth, said, known = _arrays(labels, predicted, mask)
    truth, said = truth * known, said * known
    hits, support = (truth * said).sum(axis=0), truth.sum(axis=0)
    genre_f1 = _ratio(2 * hits, said.sum(axis=0) + support)
    film_f1 = _ratio(2 * (truth * said).sum(axis=1), said.sum(axis=1) + truth.sum(axis=1))
    enough = support >= MIN_SUPPORT
    return {
        "micro": float(2 * hits.sum() / max(said.sum() + support.sum(), 1e-9)),
        "macro": float(genre_f1.mean()),
        "macro_supported": float(genre_f1[enough].mean()) if enough.any() else 0.0,
        "weighted": float((genre_f1 * support).sum() / max(support.sum(), 1e-9)),
        "samples": float(film_f1.mean()),
    }


def average_precision(labels: npt.ArrayLike, scores: npt.ArrayLike) -> float:
    """Average precision of one genre; films of equal score count as one step.

    Args:
        labels: (N,), 0 or 1.
        scores: (N,), any order-preserving score.

    Returns:
        Area in [0, 1]; NaN without a positive film.
    """
    truth, score = np.asarray(labels, np.float64), np.asarray(scores, np.float64)
    if truth.sum() == 0:
        return float("nan")
    order = np.argsort(-score, kind="stable")
    last_of_tie = np.append(np.diff(score[order]) != 0, True)
    hits = np.cumsum(truth[order])[last_of_tie]
    precision = hits / (np.flatnonzero(last_of_tie) + 1)
    return float(np.sum(precision * np.diff(np.append(0.0, hits))) / truth.sum())


def roc_auc(labels: npt.ArrayLike, scores: npt.ArrayLike) -> float:
    """Area under the ROC curve of one genre, (N,) each: the chance that a positive film outscores another.

    Returns:
        Area in [0, 1], ties count half; NaN if all films are positive or none is.
    """
    truth, score = np.asarray(labels, np.float64), np.asarray(scores, np.float64)
    positives, negatives = truth.sum(), len(truth) - truth.sum()
    if positives == 0 or negatives == 0:
        return float("nan")
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2.0)[inverse]
    return float((ranks[truth > 0].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def mean_over_genres(
    measure: Callable[[npt.ArrayLike, npt.ArrayLike], float],
    labels: npt.ArrayLike,
    scores: npt.ArrayLike,
    mask: npt.ArrayLike | None = None,
    *,
    min_support: int = 1,
) -> float:
    """Mean of a per-genre measure over the genres with at least ``min_support`` known positive films.

    Args:
        measure: ``average_precision`` or ``roc_auc``.
        labels: (N, G), 0 or 1.
        scores: (N, G).
        mask: (N, G), 0 where the label is unknown.
        min_support: positive films a genre needs.

    Returns:
        The mean; NaN if no genre has so many.
    """
    truth, score, known = _arrays(labels, scores, mask)
    values = []
    for genre in range(truth.shape[1]):
        rows = known[:, genre] > 0
        if truth[rows, genre].sum() >= min_support:
            values.append(measure(truth[rows, genre], score[rows, genre]))
    finite = [value for value in values if not np.isnan(value)]
    return float(np.mean(finite)) if finite else float("nan")


def calibration_errors(
    labels: npt.ArrayLike, probabilities: npt.ArrayLike, mask: npt.ArrayLike | None = None, *, bins: int = 15
) -> dict[str, float]:
    """How far probabilities are from frequencies, over all known cells.

    Args:
        labels: (N, G), 0 or 1.
        probabilities: (N, G) in [0, 1].
        mask: (N, G), 0 where the label is unknown.
        bins: number of equal-width bins of the ECE.

    Returns:
        ``ece`` (expected calibration error) and ``brier`` (mean squared error), each in [0, 1].

    Source:
        Guo et al., "On calibration of modern neural networks" (2017), equal-width bins.
    """
    truth, score, known = _arrays(labels, probabilities, mask)
    rows = known > 0
    truth, score = truth[rows], score[rows]
    place = np.minimum((score * bins).astype(int), bins - 1)
    gap = np.bincount(place, score, bins) - np.bincount(place, truth, bins)
    return {"ece": float(np.abs(gap).sum() / len(truth)), "brier": float(np.mean((score - truth) ** 2))}


def ranking_scores(labels: npt.ArrayLike, scores: npt.ArrayLike, predicted: npt.ArrayLike) -> dict[str, float]:
    """What a person sees first.

    Args:
        labels: (N, G), 0 or 1.
        scores: (N, G).
        predicted: (N, G), the decided genres.

    Returns:
        ``hit_at_1``, ``hit_at_3`` (share of films with a true genre among the first), ``jaccard`` (mean over
        films; 1 if nothing is true and nothing said), ``exact_match``; each in [0, 1].
    """
    truth, score, _ = _arrays(labels, scores, None)
    said = np.asarray(predicted, dtype=np.float64)
    order = np.argsort(-score, axis=1, kind="stable")
    right = np.take_along_axis(truth, order, axis=1)
    both, either = (truth * said).sum(axis=1), np.maximum(truth, said).sum(axis=1)
    return {
        "hit_at_1": float(right[:, 0].mean()),
        "hit_at_3": float(right[:, :3].max(axis=1).mean()),
        "jaccard": float(np.where(either > 0, both / np.maximum(either, 1), 1.0).mean()),
        "exact_match": float((truth == said).all(axis=1).mean()),
    }


def per_genre_table(
    labels: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    thresholds: npt.ArrayLike,
    genres: Sequence[str],
    mask: npt.ArrayLike | None = None,
) -> dict[str, dict[str, float | int | None]]:
    """Support, threshold, precision, recall, F1 and average precision of each genre; AP is None without a film.

    Args:
        labels: (N, G), 0 or 1.
        probabilities: (N, G).
        thresholds: (G,).
        genres: the G names.
        mask: (N, G), 0 where the label is unknown.
    """
    truth, score, known = _arrays(labels, probabilities, mask)
    limits = np.asarray(thresholds, dtype=np.float64)
    said = (np.asarray(probabilities) >= np.asarray(thresholds)) * known
    truth = truth * known
    hits, support, named = (truth * said).sum(axis=0), truth.sum(axis=0), said.sum(axis=0)
    precision, recall = _ratio(hits, named), _ratio(hits, support)
    f1 = _ratio(2 * hits, named + support)
    table: dict[str, dict[str, float | int | None]] = {}
    for column, name in enumerate(genres):
        rows = known[:, column] > 0
        area = average_precision(truth[rows, column], score[rows, column])
        table[name] = {
            "support": int(support[column]),
            "threshold": round(float(limits[column]), 4),
            "precision": round(float(precision[column]), 4),
            "recall": round(float(recall[column]), 4),
            "f1": round(float(f1[column]), 4),
            "average_precision": None if np.isnan(area) else round(area, 4),
        }
    return table


def bootstrap_intervals(
    labels: npt.ArrayLike, predicted: npt.ArrayLike, *, rounds: int = 500, seed: int = 0
) -> dict[str, tuple[float, float]]:
    """95 % intervals of micro-F1 and macro-F1 (supported genres), by drawing films with replacement.

    Args:
        labels: (N, G), 0 or 1.
        predicted: (N, G), the decided genres.
        rounds: number of redrawn test sets.
        seed: of the draws.

    Returns:
        For ``micro`` and ``macro_supported`` the 2.5 % and 97.5 % quantiles.
    """
    truth, said, _ = _arrays(labels, predicted, None)
    supported = truth.sum(axis=0) >= MIN_SUPPORT
    generator = np.random.default_rng(seed)
    micro, macro = [], []
    for _ in range(rounds):
        weight = np.bincount(generator.integers(0, len(truth), len(truth)), minlength=len(truth)).astype(float)
        hits, total = weight @ (truth * said), weight @ (truth + said)
        micro.append(2 * hits.sum() / max(total.sum(), 1e-9))
        macro.append(_ratio(2 * hits, total)[supported].mean() if supported.any() else 0.0)
    return {
        name: (round(float(np.quantile(values, 0.025)), 4), round(float(np.quantile(values, 0.975)), 4))
        for name, values in (("micro", micro), ("macro_supported", macro))
    }


def trivial_rows(labels: npt.ArrayLike, train_shares: npt.ArrayLike) -> dict[str, dict[str, float]]:
    """The answers that need no model, measured as the model is.

    Args:
        labels: (N, G) of the measured films, 0 or 1.
        train_shares: (G,) share of the training films with each genre.

    Returns:
        For ``nothing`` (no genre ever), ``most frequent two`` (the same two for every film) and ``label priors``
        (each genre drawn with its training share; the expected F1 of that draw) the F1 averages, and for the first
        the share of label cells that saying nothing gets right.
    """
    truth = np.asarray(labels, dtype=np.float64)
    shares = np.asarray(train_shares, dtype=np.float64)
    two = np.zeros_like(truth)
    two[:, np.argsort(-shares, kind="stable")[:2]] = 1.0
    draws = np.random.default_rng(0).random((20, *truth.shape)) < shares
    drawn = [f1_scores(truth, draw) for draw in draws]
    return {
        "nothing": {**f1_scores(truth, np.zeros_like(truth)), "cell_accuracy": float(1.0 - truth.mean())},
        "most frequent two": f1_scores(truth, two),
        "label priors": {name: float(np.mean([row[name] for row in drawn])) for name in drawn[0]},
    }


def evaluate(
    labels: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    thresholds: npt.ArrayLike,
    genres: Sequence[str],
    mask: npt.ArrayLike | None = None,
    *,
    train_shares: npt.ArrayLike | None = None,
    bootstrap_rounds: int = 500,
) -> dict[str, Any]:
    """Measures everything at once, in plain values that fit into a manifest.

    Args:
        labels: (N, G), 0 or 1; an unknown genre stands as 0 and counts as absent in the headline.
        probabilities: (N, G), calibrated.
        thresholds: (G,).
        genres: the G names.
        mask: (N, G), 0 where the label is unknown; adds the ``masked`` figures beside the headline.
        train_shares: (G,) training shares; adds the ``trivial`` rows.
        bootstrap_rounds: draws behind the intervals; 0 leaves them out.

    Returns:
        ``films``, ``f1``, ``map``, ``map_supported``, ``roc_auc``, ``ece``, ``brier``, ``hit_at_1``, ``hit_at_3``,
        ``jaccard``, ``exact_match``, ``per_genre`` and, where asked for, ``interval_95``, ``masked``, ``trivial``.

    Raises:
        MLError: shapes differ.
    """
    truth, score, _ = _arrays(labels, probabilities, mask)
    # Compared in the given precision: float64 and float32 disagree at the threshold itself.
    predicted = np.asarray(probabilities) >= np.asarray(thresholds)
    result: dict[str, Any] = {
        "films": len(truth),
        "f1": f1_scores(truth, predicted),
        **_score_measures(truth, score, None),
        **ranking_scores(truth, score, predicted),
        "per_genre": per_genre_table(truth, probabilities, thresholds, genres),
    }
    if bootstrap_rounds:
        result["interval_95"] = bootstrap_intervals(truth, predicted, rounds=bootstrap_rounds)
    if mask is not None:
        result["masked"] = {"f1": f1_scores(truth, predicted, mask), **_score_measures(truth, score, mask)}
    if train_shares is not None:
        result["trivial"] = trivial_rows(truth, train_shares)
    rounded: dict[str, Any] = _rounded(result)
    return rounded


def _score_measures(truth: Float64Array, score: Float64Array, mask: npt.ArrayLike | None) -> dict[str, float | None]:
    """The measures that need probabilities only; None where no genre has a positive film."""
    values = {
        "map": mean_over_genres(average_precision, truth, score, mask),
        "map_supported": mean_over_genres(average_precision, truth, score, mask, min_support=MIN_SUPPORT),
        "roc_auc": mean_over_genres(roc_auc, truth, score, mask),
        **calibration_errors(truth, score, mask),
    }
    return {name: None if np.isnan(value) else value for name, value in values.items()}


def _rounded(value: Any) -> Any:
    """Rounds every float in nested dictionaries to four digits; tuples become lists, as JSON has them."""
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value
