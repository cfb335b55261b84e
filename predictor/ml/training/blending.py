"""How much of a linear model to mix into a network, told from validation films."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from predictor.ml.calibration import fit_platt
from predictor.ml.labels import Float32Array
from predictor.ml.training.trainer import score_ranking

SHARES: Final = (0.0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """logits = network * first + linear * second + offset, genre by genre.

    Attributes:
        network: float32 (G,), factor of the network's logits.
        linear: float32 (G,), factor of the linear model's logits.
        offset: float32 (G,).
        share: share of the linear model, in [0, 1].
        scores: validation score of each share tried.
    """

    network: Float32Array
    linear: Float32Array
    offset: Float32Array
    share: float
    scores: dict[float, float]

    def apply(self, network: Float32Array, linear: Float32Array) -> Float32Array:
        """Blended logits (N, G) of the logits of both, (N, G) each."""
        return np.asarray(network * self.network + linear * self.linear + self.offset, np.float32)


def fit_blend(
    network: Float32Array,
    linear: Float32Array,
    labels: Float32Array,
    mask: Float32Array,
    *,
    shares: tuple[float, ...] = SHARES,
) -> Blend:
    """Calibrates both and mixes their calibrated logits by the one share that ranks films best.

    One number for all genres: a share for each would follow the luck of rare ones.

    Args:
        network: (N, G), logits of the network on validation films.
        linear: (N, G), those of the linear model.
        labels: (N, G), 0 or 1.
        mask: (N, G), 0 where the label is unknown.
        shares: shares of the linear model to try.

    Returns:
        The blend.
    """
    first, second = (fit_platt(logits, labels, mask) for logits in (network, linear))
    best: Blend | None = None
    scores: dict[float, float] = {}
    for share in shares:
        candidate = Blend(
            np.asarray((1.0 - share) * first.scale, np.float32),
            np.asarray(share * second.scale, np.float32),
            np.asarray((1.0 - share) * first.offset + share * second.offset, np.float32),
            share,
            scores,
        )
        scores[share] = score_ranking(candidate.apply(network, linear), labels, mask)
        if best is None or scores[share] > scores[best.share]:
            best = candidate
    if best is None:
        raise ValueError("A blend needs shares to try, not none.")
    return best
