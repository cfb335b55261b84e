"""95 % intervals by drawing the measured films with replacement, many draws at once; numpy only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

Float32Array = npt.NDArray[np.float32]
Float64Array = npt.NDArray[np.float64]
Interval = tuple[float, float]

QUANTILES: Final = (0.025, 0.975)


def draw_films(films: int, rounds: int, seed: int = 0) -> Float32Array:
    """How often each film is in each draw of as many films with replacement: float32 (N, R)."""
    generator = np.random.default_rng(seed)
    draws = [np.bincount(generator.integers(0, films, films), minlength=films) for _ in range(rounds)]
    return np.ascontiguousarray(np.stack(draws, axis=1), dtype=np.float32)


def divide(above: npt.NDArray[np.floating], below: npt.NDArray[np.floating], empty: float = 0.0) -> Float64Array:
    """Division that gives ``empty`` where the denominator is 0."""
    start = np.full(np.broadcast(above, below).shape, empty)
    return np.asarray(np.divide(above, below, out=start, where=below > 0))


def draw_f1(
    truth: Float64Array, said: Float64Array, weights: Float32Array, supported: npt.NDArray[np.bool_]
) -> tuple[dict[str, Float64Array], dict[str, Float64Array]]:
    """F1 averages of every draw, and the figures of every genre.

    Args:
        truth: (N, G), 0 or 1.
        said: (N, G), 0 or 1.
        weights: (N, R), see ``draw_films``.
        supported: (G,), the genres of ``macro_supported``.

    Returns:
        By name of the average (R,), and by name of the genre's figure (R, G).
    """
    draws = weights.T.astype(np.float64)
    hits, support, named = draws @ (truth * said), draws @ truth, draws @ said
    genre = {
        "precision": divide(hits, named),
        "recall": divide(hits, support),
        "f1": divide(2 * hits, named + support),
    }
    film = divide(2 * (truth * said).sum(axis=1), said.sum(axis=1) + truth.sum(axis=1))
    averages = {
        "micro": divide(2 * hits.sum(axis=1), (named + support).sum(axis=1)),
        "macro": genre["f1"].mean(axis=1),
        "weighted": divide((genre["f1"] * support).sum(axis=1), support.sum(axis=1)),
        "samples": draws @ film / len(truth),
    }
    if supported.any():
        averages["macro_supported"] = genre["f1"][:, supported].mean(axis=1)
    return averages, genre


def draw_areas(truth: Float64Array, score: Float64Array, weights: Float32Array) -> tuple[Float64Array, Float64Array]:
    """Average precision and area under the ROC curve of one genre in every draw; films of equal score are one step.

    Args:
        truth: (N,), 0 or 1, not all 0.
        score: (N,).
        weights: (N, R), see ``draw_films``.

    Returns:
        (R,) each; NaN in a draw without a positive film, or without another one.
    """
    order = np.argsort(-score, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))
    starts = np.concatenate([[0], ends[:-1] + 1])
    found = np.cumsum(truth[order]).astype(int)
    telling = np.flatnonzero(np.diff(np.concatenate([[0], found[ends]])))
    ends, starts = ends[telling], starts[telling]
    none = np.zeros((1, weights.shape[1]), np.float32)
    seen = np.concatenate([none, np.cumsum(weights[order], axis=0)])
    hits = np.concatenate([none, np.cumsum(weights[order[truth[order] > 0]], axis=0)])[found[ends]].astype(np.float64)
    before = np.concatenate([none, hits[:-1]])
    added, positives = hits - before, hits[-1]
    negatives = seen[-1] - positives
    wrong = (seen[ends + 1] - hits + seen[starts] - before) / 2.0
    area = divide((added * (negatives - wrong)).sum(axis=0), positives * negatives, np.nan)
    return divide((added * divide(hits, seen[ends + 1])).sum(axis=0), positives, np.nan), area


def draw_calibration(truth: Float64Array, score: Float64Array, weights: Float32Array, bins: int) -> Float64Array:
    """Expected calibration error of every draw, (R,); arguments as ``evaluation.calibration_errors`` has them."""
    place = np.minimum((score * bins).astype(int), bins - 1) + bins * np.arange(len(score))[:, None]
    gap = np.bincount(place.ravel(), (score - truth).ravel(), bins * len(score)).reshape(len(score), bins)
    return np.asarray(np.abs(weights.T @ gap).sum(axis=1) / truth.size)


def mean_known(values: Float64Array) -> Float64Array:
    """Mean over the last axis of the values that are numbers; NaN where none is."""
    known = ~np.isnan(values)
    return divide(np.where(known, values, 0.0).sum(axis=-1), known.sum(axis=-1).astype(np.float64), np.nan)


def find_interval(values: Float64Array) -> Interval | None:
    """The 2.5 % and 97.5 % quantiles of the draws that gave a number; None if none did."""
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    low, high = np.quantile(known, QUANTILES)
    return round(float(low), 4), round(float(high), 4)


def find_intervals(draws: Mapping[str, Float64Array]) -> dict[str, Interval]:
    """The interval of each figure that has one."""
    found = {name: find_interval(values) for name, values in draws.items()}
    return {name: interval for name, interval in found.items() if interval is not None}
