"""Decision thresholds per genre, and when scores are too flat to be trusted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from predictor.ml.errors import MLError
from predictor.ml.labels import Float32Array

GRID: npt.NDArray[np.float64] = np.round(np.arange(0.04, 0.705, 0.01), 2)
PRIOR_POSITIVES = 30.0
BALANCE = 0.5


def _blend(
    probabilities: npt.NDArray[np.float64], labels: npt.NDArray[np.float64], prior: float
) -> npt.NDArray[np.float64]:
    """Mixes observed labels with expected ones, column by column: (N, G); rare genres lean on expectation."""
    positives = labels.sum(axis=0)
    trust = positives / (positives + prior)
    return np.asarray(trust * labels + (1.0 - trust) * probabilities)


def _f1_on_grid(
    probabilities: npt.NDArray[np.float64], truth: npt.NDArray[np.float64], known: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """F1 at each grid threshold: per genre (T, G) and pooled over all cells (T,)."""
    per_genre, pooled = [], []
    actual = (truth * known).sum(axis=0)
    for threshold in GRID:
        said = (probabilities >= threshold) * known
        hits = (said * truth).sum(axis=0)
        total = said.sum(axis=0) + actual
        per_genre.append(2.0 * hits / np.maximum(total, 1e-9))
        pooled.append(2.0 * hits.sum() / max(total.sum(), 1e-9))
    return np.stack(per_genre), np.asarray(pooled)


def fit_thresholds(
    probabilities: npt.ArrayLike,
    labels: npt.ArrayLike,
    mask: npt.ArrayLike | None = None,
    *,
    prior_positives: float = PRIOR_POSITIVES,
    balance: float = BALANCE,
) -> Float32Array:
    """Chooses one threshold per genre from calibrated validation probabilities.

    Two rules keep the choice from following noise. The F1 of a genre is computed on labels mixed with their
    expected values (the calibrated probabilities), with weight p / (p + prior_positives) on the p observed
    positives, so that a rare genre gets about the threshold that its calibration implies. Then each threshold
    is drawn by ``balance`` towards the one threshold that is best for micro-F1, since per-genre optima favour
    macro-F1 alone.

    Args:
        probabilities: (N, G), calibrated, in [0, 1].
        labels: (N, G), 0 or 1.
        mask: (N, G), 0 where the label is unknown; default all known.
        prior_positives: number of positive films at which observation and expectation weigh the same.
        balance: 0 for the genre's own optimum, 1 for one threshold for all.

    Returns:
        float32 (G,), between 0.04 and 0.70.

    Raises:
        MLError: shapes differ, or no film is given.

    Source:
        Lipton et al., "Optimal thresholding of classifiers to maximize F1 measure" (2014): under
        calibration the best threshold is half the best F1.
    """
    scores = np.asarray(probabilities, dtype=np.float64)
    observed = np.asarray(labels, dtype=np.float64)
    known = np.ones_like(observed) if mask is None else np.asarray(mask, dtype=np.float64)
    if not (scores.ndim == 2 and scores.shape == observed.shape == known.shape and len(scores)):
        raise MLError(
            f"Thresholds need arrays of one shape (N, G), N > 0, not {scores.shape}, {observed.shape}, {known.shape}."
        )
    truth = _blend(scores, observed, prior_positives)
    per_genre, pooled = _f1_on_grid(scores, truth, known)
    own = GRID[np.argmax(per_genre, axis=0)]
    common = GRID[int(np.argmax(pooled))]
    return np.asarray((1.0 - balance) * own + balance * common, dtype=np.float32)


def fit_flat_below(
    probabilities: npt.ArrayLike, labels: npt.ArrayLike, *, wanted: float = 0.5, min_films: int = 30
) -> float:
    """Finds the spread under which a film's scores are too flat to be trusted.

    The spread of a film is its largest probability less its median one. Among films of a smaller spread than
    the returned value, the first genre is right less often than ``wanted``.

    Args:
        probabilities: (N, G), calibrated.
        labels: (N, G), 0 or 1.
        wanted: share of right first genres that counts as trustworthy.
        min_films: fewer films than this below a spread say nothing.

    Returns:
        The spread, in [0, 1]; 0 if even the flattest scores are right often enough.
    """
    scores = np.asarray(probabilities, dtype=np.float64)
    truth = np.asarray(labels, dtype=np.float64)
    spread = scores.max(axis=1) - np.median(scores, axis=1)
    right = truth[np.arange(len(scores)), scores.argmax(axis=1)]
    order = np.argsort(spread, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    poor = np.flatnonzero((share < wanted) & (np.arange(1, len(order) + 1) >= min_films))
    return float(spread[order][poor[-1]]) if len(poor) else 0.0


def decide(probabilities: npt.ArrayLike, thresholds: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Compares probabilities (N, G) with thresholds (G,); boolean (N, G)."""
    return np.asarray(np.asarray(probabilities) >= np.asarray(thresholds))
