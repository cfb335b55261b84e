"""Measures of multi-label predictions, numpy only; beside each the trivial answers that any model must beat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from predictor.ml.bootstrap import (
    Interval,
    divide,
    draw_areas,
    draw_calibration,
    draw_f1,
    draw_films,
    find_intervals,
    mean_known,
)
from predictor.ml.errors import MLError
from predictor.ml.reliability import measure_outcomes

Float64Array = npt.NDArray[np.float64]

BINS = 15
"""Equal-width bins of the expected calibration error."""

MIN_SUPPORT = 20
"""Genres with fewer positive films than this are left out of the second macro average: their F1 is luck."""


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
    genre_f1 = divide(2 * hits, said.sum(axis=0) + support)
    film_f1 = divide(2 * (truth * said).sum(axis=1), said.sum(axis=1) + truth.sum(axis=1))
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
    labels: npt.ArrayLike, probabilities: npt.ArrayLike, mask: npt.ArrayLike | None = None, *, bins: int = BINS
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
    truth, score, said = _arrays(labels, scores, predicted)
    return {name: float(values.mean()) for name, values in _film_rankings(truth, score, said).items()}


def _film_rankings(truth: Float64Array, score: Float64Array, said: Float64Array) -> dict[str, Float64Array]:
    """The measures of ``ranking_scores`` film by film, (N,) each; arguments (N, G)."""
    order = np.argsort(-score, axis=1, kind="stable")
    right = np.take_along_axis(truth, order, axis=1)
    both, either = (truth * said).sum(axis=1), np.maximum(truth, said).sum(axis=1)
    return {
        "hit_at_1": right[:, 0],
        "hit_at_3": right[:, :3].max(axis=1),
        "jaccard": np.where(either > 0, both / np.maximum(either, 1), 1.0),
        "exact_match": (truth == said).all(axis=1).astype(np.float64),
    }


def per_genre_table(
    labels: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    predicted: npt.ArrayLike,
    thresholds: npt.ArrayLike,
    genres: Sequence[str],
) -> dict[str, dict[str, Any]]:
    """Support, threshold, precision, recall, F1 and average precision of each genre; AP is None without a film.

    Args:
        labels: (N, G), 0 or 1.
        probabilities: (N, G).
        predicted: (N, G), the decided genres.
        thresholds: (G,).
        genres: the G names.
    """
    truth, score, said = _arrays(labels, probabilities, predicted)
    limits = np.asarray(thresholds, dtype=np.float64)
    hits, support, named = (truth * said).sum(axis=0), truth.sum(axis=0), said.sum(axis=0)
    precision, recall = divide(hits, named), divide(hits, support)
    f1 = divide(2 * hits, named + support)
    table: dict[str, dict[str, Any]] = {}
    for column, name in enumerate(genres):
        area = average_precision(truth[:, column], score[:, column])
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
    labels: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    predicted: npt.ArrayLike,
    *,
    rounds: int = 500,
    seed: int = 0,
) -> tuple[dict[str, Interval], list[dict[str, Interval]]]:
    """95 % intervals of every measure, by drawing films with replacement.

    The calibration error of a draw is a little larger than that of the films themselves, because drawing adds
    noise to every bin; its interval may thus lie above the figure.

    Args:
        labels: (N, G), 0 or 1.
        probabilities: (N, G).
        predicted: (N, G), the decided genres.
        rounds: number of redrawn test sets, R.
        seed: of the draws.

    Returns:
        The 2.5 % and 97.5 % quantiles by measure, and for each genre by its figure (precision, recall, F1, AP).
    """
    truth, score, said = _arrays(labels, probabilities, predicted)
    weights = draw_films(len(truth), rounds, seed)
    support = truth.sum(axis=0)
    draws, genre_draws = draw_f1(truth, said, weights, support >= MIN_SUPPORT)
    areas = np.full((2, rounds, truth.shape[1]), np.nan)
    own = np.full((2, truth.shape[1]), np.nan)
    for column in np.flatnonzero(support):
        areas[:, :, column] = draw_areas(truth[:, column], score[:, column], weights)
        own[:, column] = [measure(truth[:, column], score[:, column]) for measure in (average_precision, roc_auc)]
    # A draw without a film of a rare genre would leave the worst genres out of the mean: they keep their own figure.
    whole = np.where(np.isnan(areas), own[:, None, :], areas)
    draws["map"], draws["roc_auc"] = mean_known(whole[0]), mean_known(whole[1])
    draws["map_supported"] = mean_known(whole[0][:, support >= MIN_SUPPORT])
    draws["ece"] = draw_calibration(truth, score, weights, BINS)
    per_film = {"brier": ((score - truth) ** 2).mean(axis=1), **_film_rankings(truth, score, said)}
    draws.update({name: weights.T @ values / len(truth) for name, values in per_film.items()})
    genre_draws["average_precision"] = areas[0]
    by_genre = [
        find_intervals({name: values[:, column] for name, values in genre_draws.items()})
        for column in range(truth.shape[1])
    ]
    return find_intervals(draws), by_genre


def trivial_rows(labels: npt.ArrayLike, train_shares: npt.ArrayLike) -> dict[str, dict[str, float]]:
    """The answers that need no model, measured as the model is wherever the measure makes sense for them.

    Args:
        labels: (N, G) of the measured films, 0 or 1.
        train_shares: (G,) share of the training films with each genre.

    Returns:
        For ``nothing`` (no genre ever), ``most frequent two`` (the same two for every film, the most frequent first)
        and ``label priors`` (the training share as the probability of each genre; what is decided is drawn with it,
        and the figure is the mean of 20 draws): the figures by their names, and for the first the share of label
        cells that saying nothing gets right. A score that is the same for every film ranks none before another, so
        all have the same mAP and a ROC-AUC of one half.
    """
    truth = np.asarray(labels, dtype=np.float64)
    shares = np.broadcast_to(np.asarray(train_shares, dtype=np.float64), truth.shape)
    silence = np.zeros_like(truth)
    two = silence.copy()
    two[:, np.argsort(-shares[0], kind="stable")[:2]] = 1.0
    flat = {name: value for name, value in _score_measures(truth, silence, None).items() if value is not None}
    ranking = {name: value for name, value in flat.items() if name not in ("ece", "brier")}
    named = ranking_scores(truth, two * shares, two)
    drawn = []
    for draw in np.random.default_rng(0).random((20, *truth.shape)):
        said = draw < shares
        drawn.append({**f1_scores(truth, said), **ranking_scores(truth, shares, said)})
    quiet = ranking_scores(truth, silence, silence)
    return {
        "nothing": {
            **f1_scores(truth, silence),
            **flat,
            "jaccard": quiet["jaccard"],
            "exact_match": quiet["exact_match"],
            "cell_accuracy": float(1.0 - truth.mean()),
        },
        # A third guess is never made, so one of three is one of two.
        "most frequent two": {
            **f1_scores(truth, two),
            **ranking,
            **named,
            "hit_at_3": float((truth * two).max(axis=1).mean()),
        },
        "label priors": {
            **{name: float(np.mean([row[name] for row in drawn])) for name in drawn[0]},
            **ranking,
            **calibration_errors(truth, shares),
        },
    }


def evaluate(
    labels: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    thresholds: npt.ArrayLike,
    genres: Sequence[str],
    mask: npt.ArrayLike | None = None,
    *,
    predicted: npt.ArrayLike | None = None,
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
        predicted: (N, G), the decided genres; default those whose probability reaches the threshold.
        train_shares: (G,) training shares; adds the ``trivial`` rows.
        bootstrap_rounds: draws behind the intervals; 0 leaves them out.

    Returns:
        ``films``, ``f1``, ``map``, ``map_supported``, ``roc_auc``, ``ece``, ``brier``, ``hit_at_1``, ``hit_at_3``,
        ``jaccard``, ``exact_match``, ``per_genre``, ``reliability``, ``mix_ups`` and, where asked for, ``interval_95``
        (also in each genre's row), ``masked``, ``trivial``.

    Raises:
        MLError: shapes differ.
    """
    truth, score, _ = _arrays(labels, probabilities, mask)
    if predicted is None:
        # Compared in the given precision: float64 and float32 disagree at the threshold itself.
        predicted = np.asarray(probabilities) >= np.asarray(thresholds)
    result: dict[str, Any] = {
        "films": len(truth),
        "f1": f1_scores(truth, predicted),
        **_score_measures(truth, score, None),
        **ranking_scores(truth, score, predicted),
        "per_genre": per_genre_table(truth, score, predicted, thresholds, genres),
        **measure_outcomes(truth, score, predicted, genres),
    }
    if bootstrap_rounds:
        result["interval_95"], by_genre = bootstrap_intervals(truth, score, predicted, rounds=bootstrap_rounds)
        for name, intervals in zip(genres, by_genre, strict=True):
            result["per_genre"][name]["interval_95"] = intervals
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
