"""Calibration fitted on validation logits: a scale and an offset per genre, or one temperature for a softmax."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from predictor.ml.errors import MLError
from predictor.ml.labels import Float32Array

Float64Array = npt.NDArray[np.float64]

PRIOR_STRENGTH = 5.0
"""Weight of the global fit in each genre's own fit (inverse variance of a Gaussian prior)."""


def sigmoid(logits: npt.ArrayLike) -> Float64Array:
    """Logistic function of an array of any shape, without overflow; float64 in [0, 1]."""
    values = np.asarray(logits, dtype=np.float64)
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)))


def logit(probabilities: npt.ArrayLike) -> Float64Array:
    """Inverse of ``sigmoid``; probabilities are first clipped to [1e-7, 1 - 1e-7]."""
    values = np.clip(np.asarray(probabilities, dtype=np.float64), 1e-7, 1.0 - 1e-7)
    return np.asarray(np.log(values) - np.log1p(-values))


def softmax(logits: npt.ArrayLike) -> Float64Array:
    """Probabilities that add up to 1 over the last axis, without overflow; float64 in [0, 1]."""
    values = np.asarray(logits, dtype=np.float64)
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


@dataclass(frozen=True, slots=True, eq=False)
class PlattCalibration:
    """Probability = sigmoid(scale * logit + offset), genre by genre.

    Attributes:
        scale: float32 (G,), positive.
        offset: float32 (G,).
    """

    scale: Float32Array
    offset: Float32Array

    def apply(self, logits: npt.ArrayLike) -> Float32Array:
        """Turns logits of shape (N, G) or (G,) into calibrated probabilities of the same shape, float32."""
        return sigmoid(np.asarray(logits, np.float64) * self.scale + self.offset).astype(np.float32)

    @classmethod
    def identity(cls, count: int) -> PlattCalibration:
        """Calibration of ``count`` genres that leaves every probability as the network gave it."""
        return cls(np.ones(count, np.float32), np.zeros(count, np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class SoftmaxCalibration(PlattCalibration):
    """Probabilities = softmax(scale * logits + offset): of the genres exactly one is true."""

    def apply(self, logits: npt.ArrayLike) -> Float32Array:
        """Turns logits of shape (N, G) or (G,) into probabilities that add up to 1 over the genres, float32."""
        return softmax(np.asarray(logits, np.float64) * self.scale + self.offset).astype(np.float32)


def fit_temperature(logits: npt.ArrayLike, labels: npt.ArrayLike) -> SoftmaxCalibration:
    """Fits the one number that the logits of a single-label network are divided by.

    Args:
        logits: (N, G) of the validation films.
        labels: (N, G), one-hot.

    Returns:
        The calibration: the same scale, 1 / temperature, for every genre, found between 0.05 and 20.

    Raises:
        MLError: shapes differ or no film is given.

    Source:
        Guo et al., "On calibration of modern neural networks" (2017).
    """
    scores, truth = np.asarray(logits, dtype=np.float64), np.asarray(labels, dtype=np.float64)
    if not (scores.ndim == 2 and scores.shape == truth.shape and len(scores)):
        raise MLError(f"A temperature needs arrays of one shape (N, G), N > 0, not {scores.shape} and {truth.shape}.")
    low, high = np.log(0.05), np.log(20.0)
    # The likelihood has one maximum over the scale: the gradient tells on which side of the middle it lies.
    for _ in range(60):
        middle = (low + high) / 2.0
        expected = (softmax(np.exp(middle) * scores) * scores).sum(axis=1)
        if ((truth * scores).sum(axis=1) - expected).sum() > 0:
            low = middle
        else:
            high = middle
    scale = np.full(scores.shape[1], np.exp((low + high) / 2.0), dtype=np.float32)
    return SoftmaxCalibration(scale, np.zeros(scores.shape[1], dtype=np.float32))


def _fit_one(
    logits: Float64Array,
    labels: Float64Array,
    weights: Float64Array,
    prior: tuple[float, float],
    strength: float,
) -> tuple[float, float]:
    """Scale and offset that maximise the penalised likelihood, by damped Newton steps; inputs of shape (N,)."""
    design = np.stack([logits, np.ones_like(logits)], axis=1)
    centre = np.asarray(prior)
    point = centre.copy()

    def loss(candidate: Float64Array) -> float:
        values = design @ candidate
        likelihood = weights @ (np.logaddexp(0.0, values) - labels * values)
        return float(likelihood + 0.5 * strength * np.sum((candidate - centre) ** 2))

    current = loss(point)
    for _ in range(50):
        fitted = sigmoid(design @ point)
        gradient = design.T @ (weights * (fitted - labels)) + strength * (point - centre)
        curvature = (design * (weights * fitted * (1 - fitted))[:, None]).T @ design
        step = np.linalg.solve(curvature + (strength + 1e-9) * np.eye(2), gradient)
        rate = 1.0
        while loss(point - rate * step) > current and rate > 1e-6:
            rate *= 0.5
        point = point - rate * step
        previous, current = current, loss(point)
        if previous - current < 1e-10 * max(1.0, abs(previous)):
            break
    return float(point[0]), float(point[1])


def fit_platt(
    logits: npt.ArrayLike,
    labels: npt.ArrayLike,
    mask: npt.ArrayLike | None = None,
    *,
    prior_strength: float = PRIOR_STRENGTH,
) -> PlattCalibration:
    """Fits scale and offset per genre, shrunk to one fit over all genres together.

    A genre with hundreds of positive films follows its own data; one with a handful stays near the fit
    that all cells share, so that three lucky films cannot bend its curve.

    Args:
        logits: (N, G) of the validation films.
        labels: (N, G), 0 or 1.
        mask: (N, G), 0 where the label is unknown; default all known.
        prior_strength: weight of the common fit, at least 0.

    Returns:
        The calibration; scales are kept at 0.05 or above so that order within a genre never turns round.

    Raises:
        MLError: shapes differ or no film is given.

    Source:
        Platt, "Probabilistic outputs for support vector machines" (1999); the shrinkage is a Gaussian prior.
    """
    scores = np.asarray(logits, dtype=np.float64)
    truth = np.asarray(labels, dtype=np.float64)
    known = np.ones_like(truth) if mask is None else np.asarray(mask, dtype=np.float64)
    if not (scores.ndim == 2 and scores.shape == truth.shape == known.shape and len(scores)):
        raise MLError(
            f"Calibration needs arrays of one shape (N, G), N > 0, not {scores.shape}, {truth.shape}, {known.shape}."
        )
    common = _fit_one(scores.ravel(), truth.ravel(), known.ravel(), (1.0, 0.0), 1.0)
    fits = [_fit_one(scores[:, g], truth[:, g], known[:, g], common, prior_strength) for g in range(scores.shape[1])]
    scale = np.maximum([fit[0] for fit in fits], 0.05).astype(np.float32)
    return PlattCalibration(scale, np.asarray([fit[1] for fit in fits], dtype=np.float32))
