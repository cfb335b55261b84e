"""What became of the things a model said: how often a percentage came true, and which genres it takes for others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

TENTHS: Final = 10
"""Bins of the table: a person reads "scored 40 to 50 %" at a glance."""

MIN_CELLS: Final = 20
"""A bin with fewer films says nothing: at 20 films and one half, two standard errors are 22 points."""

Float64Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tenth:
    """What became of one bin of scores.

    Attributes:
        low: lower edge of the bin, in [0, 1).
        films: how many films were scored within it.
        said: their mean probability, in [0, 1].
        true: the share of them that have the genre, in [0, 1].
    """

    low: float
    films: int
    said: float
    true: float

    @property
    def high(self) -> float:
        """Upper edge of the bin."""
        return self.low + 1 / TENTHS

    @property
    def enough(self) -> bool:
        """Whether it holds enough films to be told."""
        return self.films >= MIN_CELLS


def find_tenth(probability: float) -> int:
    """The bin of a probability in [0, 1]; 1 itself lies in the last."""
    return min(int(probability * TENTHS), TENTHS - 1)


def count_tenths(labels: npt.ArrayLike, probabilities: npt.ArrayLike) -> list[list[float]]:
    """Films, mean probability and share of true labels in each tenth.

    Args:
        labels: any shape, 0 or 1.
        probabilities: same shape, in [0, 1].

    Returns:
        Ten rows ``[films, said, true]``; the shares of an empty bin are 0.
    """
    truth, score = np.asarray(labels, np.float64).ravel(), np.asarray(probabilities, np.float64).ravel()
    place = np.minimum((score * TENTHS).astype(int), TENTHS - 1)
    films = np.bincount(place, minlength=TENTHS)
    said, true = (np.bincount(place, values, TENTHS) / np.maximum(films, 1) for values in (score, truth))
    return [[int(films[row]), float(said[row]), float(true[row])] for row in range(TENTHS)]


def count_mix_ups(labels: npt.ArrayLike, predicted: npt.ArrayLike, genres: Sequence[str]) -> dict[str, dict[str, int]]:
    """Which genres were found, and which were said in the place of one that was missed.

    Args:
        labels: (N, G), 0 or 1.
        predicted: (N, G), the decided genres.
        genres: the G names.

    Returns:
        True genre -> said genre -> films. On the diagonal the films whose genre was found; elsewhere the films that
        have the first and not the second, and were given the second and not the first. Empty counts are left out.
    """
    truth, said = np.asarray(labels, np.float64), np.asarray(predicted, np.float64)
    counts = (truth * (1 - said)).T @ (said * (1 - truth))
    np.fill_diagonal(counts, (truth * said).sum(axis=0))
    return {
        name: {genres[int(column)]: int(row[column]) for column in np.flatnonzero(row)}
        for name, row in zip(genres, counts, strict=True)
        if row.any()
    }


def measure_outcomes(
    labels: npt.ArrayLike, probabilities: npt.ArrayLike, predicted: npt.ArrayLike, genres: Sequence[str]
) -> dict[str, Any]:
    """What became of everything a model said, for its manifest.

    Args:
        labels: (N, G), 0 or 1.
        probabilities: (N, G), calibrated.
        predicted: (N, G), the decided genres.
        genres: the G names.

    Returns:
        ``reliability``: ``all`` (every pair of film and genre) and ``per_genre``, each in tenths; ``mix_ups``.
    """
    truth, score = np.asarray(labels, np.float64), np.asarray(probabilities, np.float64)
    by_genre = {name: count_tenths(truth[:, column], score[:, column]) for column, name in enumerate(genres)}
    return {
        "reliability": {"all": count_tenths(truth, score), "per_genre": by_genre},
        "mix_ups": count_mix_ups(truth, predicted, genres),
    }


def read_tenths(rows: Sequence[Sequence[float]]) -> list[Tenth]:
    """The rows of ``count_tenths`` as they were kept; an empty list for a version that was measured without them."""
    return [Tenth(place / TENTHS, int(row[0]), float(row[1]), float(row[2])) for place, row in enumerate(rows)]


def read_genre_tenths(metrics: Mapping[str, Any], genre: str) -> list[Tenth]:
    """What became of one genre's scores, from a split's figures in a manifest."""
    return read_tenths(metrics.get("reliability", {}).get("per_genre", {}).get(genre, []))
