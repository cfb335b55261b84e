"""Measures of models that name exactly one genre a film."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from predictor.ml.evaluation import evaluate, f1_scores

_NAMES = {"accuracy": "micro", "macro_f1": "macro", "top_3": "hit_at_3"}


def choose_one(probabilities: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """One-hot rows of the most likely genre: (N, G) to float32 (N, G); the first of equals."""
    score = np.asarray(probabilities)
    chosen = np.zeros(score.shape, dtype=np.float32)
    chosen[np.arange(len(score)), score.argmax(axis=1)] = 1.0
    return chosen


def count_confusions(
    labels: npt.ArrayLike, predicted: npt.ArrayLike, genres: Sequence[str]
) -> dict[str, dict[str, int]]:
    """How many films of each genre were given which.

    Args:
        labels: (N, G), one-hot.
        predicted: (N, G), one-hot.
        genres: the G names.

    Returns:
        True genre -> said genre -> films; pairs that never occur are left out.
    """
    counts = (np.asarray(labels, np.float64).T @ np.asarray(predicted, np.float64)).astype(int)
    return {
        name: {genres[int(column)]: int(row[column]) for column in np.flatnonzero(row)}
        for name, row in zip(genres, counts, strict=True)
        if row.any()
    }


def evaluate_single(
    labels: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    genres: Sequence[str],
    *,
    train_shares: npt.ArrayLike | None = None,
    bootstrap_rounds: int = 500,
) -> dict[str, Any]:
    """Measures a model that names the most likely genre.

    Args:
        labels: (N, G), one-hot.
        probabilities: (N, G), calibrated, rows that add up to 1.
        genres: the G names.
        train_shares: (G,) training shares; adds the trivial answers.
        bootstrap_rounds: draws behind the intervals; 0 leaves them out.

    Returns:
        What ``evaluation.evaluate`` returns for these decisions, and under ``single_label``: ``accuracy``,
        ``macro_f1`` (over all G genres), ``top_3``, ``confusion``, ``interval_95`` and ``trivial`` (the most frequent
        genre for every film; a genre drawn by its training share).

    Raises:
        MLError: shapes differ.
    """
    predicted = choose_one(probabilities)
    result = evaluate(
        labels,
        probabilities,
        np.zeros(len(genres)),
        genres,
        predicted=predicted,
        train_shares=train_shares,
        bootstrap_rounds=bootstrap_rounds,
    )
    figures = {**result["f1"], "hit_at_3": result["hit_at_3"]}
    single: dict[str, Any] = {name: figures[own] for name, own in _NAMES.items()}
    single["confusion"] = count_confusions(labels, predicted, genres)
    if bootstrap_rounds:
        single["interval_95"] = {name: result["interval_95"][own] for name, own in _NAMES.items()}
    if train_shares is not None:
        single["trivial"] = _trivial_rows(np.asarray(labels, np.float64), np.asarray(train_shares, np.float64))
    return {**result, "single_label": single}


def _trivial_rows(truth: npt.NDArray[np.float64], shares: npt.NDArray[np.float64]) -> dict[str, dict[str, float]]:
    """What one genre for all, and one drawn by its share, would get: expected figures."""
    order = np.argsort(-shares, kind="stable")
    tests, drawn = truth.mean(axis=0), shares / shares.sum()
    always = np.zeros_like(truth)
    always[:, order[0]] = 1.0
    both = tests + drawn
    # Expected counts: a share of the films of each genre is drawn right.
    expected = np.divide(2 * tests * drawn, both, out=np.zeros_like(both), where=both > 0)
    three = float(tests[order[:3]].sum())
    rows = {
        "most frequent": {"accuracy": tests[order[0]], "macro_f1": f1_scores(truth, always)["macro"], "top_3": three},
        "label priors": {"accuracy": tests @ drawn, "macro_f1": expected.mean(), "top_3": three},
    }
    return {row: {name: round(float(value), 4) for name, value in values.items()} for row, values in rows.items()}
