"""A linear probe: one penalised logistic regression per genre on frozen features, with unknown labels left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from predictor.ml.calibration import logit, sigmoid
from predictor.ml.labels import Float32Array

_STEPS = 200
_SMALLEST_SPREAD = 1e-3


@dataclass(frozen=True, slots=True)
class Probe:
    """Logits are ``features @ weights + bias``.

    Attributes:
        weights: float32 (D, G).
        bias: float32 (G,).
    """

    weights: Float32Array
    bias: Float32Array


def fit_probe(features: Float32Array, labels: Float32Array, mask: Float32Array, *, penalty: float) -> Probe:
    """Fits the probe on features brought to mean 0 and spread 1, and returns it for the features as they are.

    Args:
        features: (N, D), N > 0.
        labels: (N, G), 0 or 1.
        mask: (N, G), 0 where the label is unknown.
        penalty: weight of half the squared norm of the weights, beside the mean over N of the summed cross-entropy.

    Returns:
        The probe; a genre without a positive label gets zero weights and a low bias.
    """
    mean, spread = features.mean(axis=0), features.std(axis=0) + _SMALLEST_SPREAD
    scaled = (features - mean) / spread
    start = logit((labels * mask).sum(axis=0) / np.maximum(mask.sum(axis=0), 1.0))
    shape = (features.shape[1], labels.shape[1])

    def loss(point: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights, bias = point[: -shape[1]].reshape(shape).astype(np.float32), point[-shape[1] :].astype(np.float32)
        logits = scaled @ weights + bias
        cells = (np.logaddexp(0.0, logits) - labels * logits) * mask
        error = ((sigmoid(logits) - labels) * mask / len(labels)).astype(np.float32)
        gradient = np.concatenate([(scaled.T @ error + penalty * weights).ravel(), error.sum(axis=0)])
        return float(cells.sum() / len(labels) + 0.5 * penalty * np.square(weights).sum()), gradient.astype(np.float64)

    first = np.concatenate([np.zeros(shape[0] * shape[1]), start])
    found = minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x
    weights = found[: -shape[1]].reshape(shape) / spread[:, None]
    bias = found[-shape[1] :] - mean @ weights
    return Probe(weights.astype(np.float32), bias.astype(np.float32))
