"""How much of a linear model to mix into a network, told from validation films."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from predictor.ml.calibration import fit_platt, fit_temperature, softmax
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


def fit_source_blend(
    network: Float32Array, linear: Float32Array, rows: Float32Array, *, shares: tuple[float, ...] = SHARES
) -> Blend:
    """Mixes two guesses of a plot's source by the share, and the one temperature, that make the truth likeliest.

    Args:
        network: (N, S), logits of the network on validation films.
        linear: (N, S), those of the linear model.
        rows: (N, S), one-hot sources; films with none are left out.
        shares: shares of the linear model to try.

    Returns:
        The blend; its scores are mean log likelihoods.
    """
    told = rows.max(axis=1) > 0
    scores: dict[float, float] = {}
    scales: dict[float, float] = {}
    for share in shares:
        mixed = (1.0 - share) * network[told] + share * linear[told]
        scales[share] = float(fit_temperature(mixed, rows[told]).scale[0])
        likely = (softmax(scales[share] * mixed) * rows[told]).sum(axis=1)
        scores[share] = float(np.log(np.maximum(likely, 1e-9)).mean())
    best = max(scores, key=lambda share: scores[share])
    whole = np.full(rows.shape[1], scales[best], np.float32)
    return Blend(whole * np.float32(1.0 - best), whole * np.float32(best), np.zeros_like(whole), best, scores)


def join_blends(blends: Sequence[Blend]) -> Blend:
    """One blend over the columns of several, side by side; share and scores are those of the first."""
    network, linear, offset = (
        np.concatenate([getattr(blend, part) for blend in blends]) for part in ("network", "linear", "offset")
    )
    return Blend(network, linear, offset, blends[0].share, blends[0].scores)
