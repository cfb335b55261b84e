"""Choices of loss for genres that differ a hundredfold in how often they occur."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from keras import ops

from predictor.ml.labels import Float32Array
from predictor.ml.training.losses import masked_binary_crossentropy

LOSSES: Final = ("bce", "asymmetric", "class-balanced")


def masked_asymmetric_loss(
    labels: Any, logits: Any, mask: Any, *, focus: float = 2.0, margin: float = 0.05, label_smoothing: float = 0.0
) -> Any:
    """Binary cross-entropy that passes lightly over the many cells that are plainly absent.

    Args:
        labels: (N, G), 0 or 1.
        logits: (N, G), unbounded.
        mask: (N, G), at least 0; 0 leaves a cell out.
        focus: power by which an absent genre's probability weighs its loss, at least 0; 0 weighs nothing.
        margin: probability under which an absent genre costs nothing, in [0, 1).
        label_smoothing: as for ``masked_binary_crossentropy``.

    Returns:
        Scalar tensor, at least 0; 0 if no cell is known.

    Source:
        Ridnik et al., "Asymmetric loss for multi-label classification" (2021), without focus on positives.
    """
    target = labels * (1.0 - label_smoothing) + 0.5 * label_smoothing
    probability = ops.sigmoid(logits)
    excess = ops.maximum(probability - margin, 0.0)
    present = -ops.log(ops.maximum(probability, 1e-7))
    absent = -ops.power(excess + 1e-7, focus) * ops.log(ops.maximum(1.0 - excess, 1e-7))
    cells = target * present + (1.0 - target) * absent
    return ops.sum(cells * mask) / ops.maximum(ops.sum(mask), 1e-6)


def class_balanced_weights(labels: Float32Array, mask: Float32Array, *, beta: float = 0.999) -> Float32Array:
    """Weight of each genre in the loss: the rarer, the heavier, but bounded; mean 1.

    A genre that no film has weighs as the most frequent one: there is nothing to learn but its absence.

    Args:
        labels: (N, G) of the training films, 0 or 1.
        mask: (N, G), 0 where the label is unknown.
        beta: in [0, 1); 0 gives every genre the same weight.

    Returns:
        float32 (G,), above 0.

    Source:
        Cui et al., "Class-balanced loss based on effective number of samples" (2019): (1 - beta) / (1 - beta ** n).
    """
    counts = (labels * mask).sum(axis=0, dtype=np.float64)
    counts = np.where(counts > 0, counts, max(counts.max(), 1.0))
    weights = (1.0 - beta) / (1.0 - np.power(beta, counts))
    return np.asarray(weights / weights.mean(), dtype=np.float32)


def compute_loss(name: str, labels: Any, logits: Any, mask: Any, *, label_smoothing: float = 0.0) -> Any:
    """The loss of that name, one of ``LOSSES``; class-balanced weights are expected to stand in the mask already."""
    if name == "asymmetric":
        return masked_asymmetric_loss(labels, logits, mask, label_smoothing=label_smoothing)
    return masked_binary_crossentropy(labels, logits, mask, label_smoothing=label_smoothing)
