"""How far what a model says now has moved from what it said of its test films."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np

from predictor.ml.errors import MLError

STEADY_BELOW: Final = 0.1
DRIFTED_FROM: Final = 0.25
"""Customary limits of the index (Siddiqi, "Credit risk scorecards", 2006)."""

SMOOTHING: Final = 0.5
"""Added to every count, so that a bin that one side leaves empty has a finite weight."""

Z_95: Final = 1.6449
"""95 % quantile of the standard normal distribution."""


class Level(StrEnum):
    """What an index means."""

    FEW = "few"
    STEADY = "steady"
    MOVING = "moving"
    DRIFTED = "drifted"


@dataclass(frozen=True, slots=True)
class Drift:
    """One distribution against another.

    Attributes:
        index: the population stability index, at least 0.
        noise: what the index stays below in 95 of 100 cases if nothing moved at all.
    """

    index: float
    noise: float

    @property
    def level(self) -> Level:
        """What the index means; with so few cases that noise alone could reach the upper limit, nothing."""
        if self.noise >= DRIFTED_FROM:
            return Level.FEW
        if self.index < max(STEADY_BELOW, self.noise):
            return Level.STEADY
        return Level.MOVING if self.index < DRIFTED_FROM else Level.DRIFTED


def compare_counts(expected: Sequence[float], observed: Sequence[float]) -> Drift:
    """Compares two histograms over the same bins.

    Args:
        expected: counts of the reference, each at least 0.
        observed: counts of what is looked at, as many.

    Returns:
        The index and its noise; with nothing on one side the noise is infinite.

    Raises:
        MLError: the histograms have not the same, at least two bins, or a count is below 0.

    Source:
        The index is the sum of (o - e) ln(o / e) over the shares. Yurdakul, "Statistical properties of population
        stability index" (2018): if nothing moved, it is distributed as (1/n + 1/m) times a chi-square of B - 1 degrees.
    """
    before, now = np.asarray(expected, np.float64), np.asarray(observed, np.float64)
    if before.ndim != 1 or before.shape != now.shape or len(before) < 2:
        raise MLError(f"Two histograms need the same bins, at least two, not {before.shape} and {now.shape}.")
    if before.min() < 0 or now.min() < 0:
        raise MLError(f"Counts must be at least 0, not {min(before.min(), now.min()):g}.")
    if not before.sum() or not now.sum():
        return Drift(0.0, float("inf"))
    shares = [(counts + SMOOTHING) / (counts + SMOOTHING).sum() for counts in (before, now)]
    index = float(np.sum((shares[1] - shares[0]) * np.log(shares[1] / shares[0])))
    return Drift(index, float(_chi_square_95(len(before) - 1) * (1 / before.sum() + 1 / now.sum())))


def _chi_square_95(degrees: int) -> float:
    """95 % quantile of a chi-square (Wilson and Hilferty, 1931; within 1 % from two degrees on)."""
    spread = 2.0 / (9.0 * degrees)
    return float(degrees * (1.0 - spread + Z_95 * np.sqrt(spread)) ** 3)


def count_said(per_genre: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """How many test films were given each genre, worked out from what a manifest keeps.

    Precision is hits / said and recall is hits / support, so said = support x recall / precision; a genre without a
    hit has precision 0 whether or not it was ever said, and counts as never said.

    Args:
        per_genre: rows with ``support``, ``precision`` and ``recall`` by the genre's name.

    Returns:
        Films by the genre's name.
    """
    return {
        name: row["support"] * row["recall"] / row["precision"] if row.get("precision") else 0.0
        for name, row in per_genre.items()
    }
