"""Champion against challenger on the same films: who decides better, and is the challenger surely not worse?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from predictor.ml.bootstrap import draw_f1, draw_films, find_interval
from predictor.ml.errors import MLError
from predictor.ml.labels import Float32Array

MARGIN: Final = 0.01
"""A loss of up to one point of F1 is no loss that anybody would notice."""
RISK: Final = 0.1
"""The challenger may lose more than the margin in one of ten draws of the films."""
MIN_FILMS: Final = 20
"""Fewer test films prove nothing."""
ROUNDS: Final = 1000
_MIN_SUPPORT: Final = 3

BETTER, NOT_WORSE, UNPROVEN, WORSE = "better", "not_worse", "unproven", "worse"
SAME, TOO_FEW_FILMS, NO_CHAMPION = "same", "too_few_films", "no_champion"
PASSED: Final = (BETTER, NOT_WORSE, NO_CHAMPION)
"""Verdicts with which a challenger may answer without anybody's word."""


@dataclass(frozen=True, slots=True)
class Duel:
    """What came of a comparison.

    Attributes:
        films: test films.
        champion: F1 of the champion: the mean of micro-F1 and of macro-F1 over genres with three test films or more.
        challenger: that of the challenger.
        difference: the challenger's less the champion's.
        interval: of the difference, 95 %.
        risk: share of draws in which the challenger loses more than ``MARGIN``.
        verdict: one of the names above.
        figures: micro-F1 and macro-F1 of both, by name.
    """

    films: int
    champion: float
    challenger: float
    difference: float
    interval: tuple[float, float]
    risk: float
    verdict: str
    figures: Mapping[str, Mapping[str, float]]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for a database."""
        return asdict(self)


def decide_genres(
    probabilities: Float32Array, thresholds: Float32Array, genres: Sequence[str], columns: Sequence[str], single: bool
) -> Float32Array:
    """What a model decides, brought into common columns.

    Args:
        probabilities: (N, Gm).
        thresholds: (Gm,).
        genres: the model's genres, Gm names.
        columns: the wanted columns, G names.
        single: the model names its likeliest genre alone.

    Returns:
        (N, G), 0 or 1; a genre that the model does not know is never decided.
    """
    said = probabilities == probabilities.max(axis=1, keepdims=True) if single else probabilities >= thresholds
    placement = np.asarray([[float(name == column) for column in columns] for name in genres], np.float32)
    return np.asarray(said.astype(np.float32) @ placement, np.float32)


def compare(
    labels: Float32Array, mask: Float32Array, champion: Float32Array, challenger: Float32Array, *, seed: int = 0
) -> Duel:
    """Compares two models' decisions on the same films by a paired bootstrap.

    Each draw takes as many films with replacement and measures both models on the very same draw, so that films which
    are hard for both do not blur the difference.

    Args:
        labels: (N, G), 0 or 1, N > 0.
        mask: (N, G), 0 where a label is unknown: there neither model is judged.
        champion: (N, G), 0 or 1.
        challenger: (N, G), 0 or 1.
        seed: of the draws.

    Returns:
        The comparison.

    Raises:
        MLError: the shapes differ or there is no film.

    Source:
        Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), for the paired draws; the margin makes the
        test one of non-inferiority.
    """
    if not (len(labels) and labels.shape == mask.shape == champion.shape == challenger.shape):
        raise MLError(f"A comparison needs arrays of one shape (N, G), N > 0, not {labels.shape}, {champion.shape}.")
    truth = (labels * mask).astype(np.float64)
    supported = truth.sum(axis=0) >= _MIN_SUPPORT
    sides = {"champion": (champion * mask).astype(np.float64), "challenger": (challenger * mask).astype(np.float64)}
    whole = np.ones((len(truth), 1), np.float32)
    figures = {name: _measure(truth, said, whole, supported) for name, said in sides.items()}
    weights = draw_films(len(truth), ROUNDS, seed)
    drawn = {name: _measure(truth, said, weights, supported)["f1"] for name, said in sides.items()}
    differences = drawn["challenger"] - drawn["champion"]
    plain = {name: {key: round(float(row[0]), 4) for key, row in found.items()} for name, found in figures.items()}
    difference = float(figures["challenger"]["f1"][0] - figures["champion"]["f1"][0])
    interval = find_interval(differences) or (0.0, 0.0)
    risk = float((differences < -MARGIN).mean())
    same = bool((champion * mask == challenger * mask).all())
    return Duel(
        films=len(truth),
        champion=plain["champion"]["f1"],
        challenger=plain["challenger"]["f1"],
        difference=round(difference, 4),
        interval=interval,
        risk=round(risk, 4),
        verdict=_judge(len(truth), same, interval, risk),
        figures=plain,
    )


def _measure(
    truth: npt.NDArray[np.float64],
    said: npt.NDArray[np.float64],
    weights: Float32Array,
    supported: npt.NDArray[np.bool_],
) -> dict[str, npt.NDArray[np.float64]]:
    """Micro-F1, macro-F1 and their mean of every draw, (R,) each."""
    averages, _genres = draw_f1(truth, said, weights, supported)
    macro = averages.get("macro_supported", averages["micro"])
    return {"micro": averages["micro"], "macro": macro, "f1": (averages["micro"] + macro) / 2.0}


def _judge(films: int, same: bool, interval: tuple[float, float], risk: float) -> str:
    """The verdict."""
    if same:
        return SAME
    if films < MIN_FILMS:
        return TOO_FEW_FILMS
    if interval[0] > 0:
        return BETTER
    if risk <= RISK:
        return NOT_WORSE
    return WORSE if interval[1] < 0 else UNPROVEN
