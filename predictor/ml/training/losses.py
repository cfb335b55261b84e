"""Losses that leave unknown labels out."""

from __future__ import annotations

from typing import Any

from keras import ops


def masked_binary_crossentropy(labels: Any, logits: Any, mask: Any, *, label_smoothing: float = 0.0) -> Any:
    """Mean binary cross-entropy over the known label cells.

    Args:
        labels: (N, G), 0 or 1.
        logits: (N, G), unbounded.
        mask: (N, G), at least 0; 0 leaves a cell out, other values weigh it.
        label_smoothing: labels become ``label * (1 - s) + s / 2``.

    Returns:
        Scalar tensor, at least 0; 0 if no cell is known.

    Source:
        The form max(z, 0) - z y + log(1 + exp(-|z|)) avoids overflow; it is the one of TensorFlow's documentation.
    """
    target = labels * (1.0 - label_smoothing) + 0.5 * label_smoothing
    cells = ops.maximum(logits, 0.0) - logits * target + ops.log1p(ops.exp(-ops.abs(logits)))
    return ops.sum(cells * mask) / ops.maximum(ops.sum(mask), 1e-6)


def categorical_crossentropy(labels: Any, logits: Any, mask: Any, *, label_smoothing: float = 0.0) -> Any:
    """Weighted mean categorical cross-entropy of films with exactly one genre each.

    Args:
        labels: (N, G), one-hot.
        logits: (N, G), unbounded; softmax is applied here.
        mask: (N, G), at least 0; the value at a film's own genre is the film's weight.
        label_smoothing: labels become ``label * (1 - s) + s / G``.

    Returns:
        Scalar tensor, at least 0; 0 if every film has weight 0.
    """
    target = labels * (1.0 - label_smoothing) + label_smoothing / labels.shape[-1]
    films = -ops.sum(target * ops.log_softmax(logits, axis=-1), axis=-1)
    weights = ops.sum(labels * mask, axis=-1)
    return ops.sum(films * weights) / ops.maximum(ops.sum(weights), 1e-6)


def partial_crossentropy(labels: Any, logits: Any, mask: Any, *, label_smoothing: float = 0.0) -> Any:
    """Categorical cross-entropy of films of which it is only known that their genre is one of several.

    Args:
        labels: (N, G), 0 or 1; the genre is one of those with 1.
        logits: (N, G), unbounded; softmax is applied here.
        mask: (N, G), at least 0: how much likelier a genre is where the film comes from than where the logits are
            to hold; 0 leaves a genre out of the film's softmax.
        label_smoothing: share of the loss that is spread over all genres of the film's softmax.

    Returns:
        Scalar tensor, at least 0: the mean over the films of -log of the probabilities of their genres together.
    """
    shifted = logits + ops.log(ops.maximum(mask, 1e-9))
    scores = ops.log_softmax(shifted, axis=-1)
    told = ops.logsumexp(ops.where(labels > 0, scores, -1e9), axis=-1)
    spread = ops.sum(ops.where(mask > 0, scores, 0.0), axis=-1) / labels.shape[-1]
    return -ops.mean((1.0 - label_smoothing) * told + label_smoothing * spread)
