"""The head of a single-label encoder: multinomial logistic regression on its frozen features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from predictor.ml.examples import PlotExample
from predictor.ml.labels import IMDB27, Float32Array

Float64Array = npt.NDArray[np.float64]

BIAS_PENALTY: Final = 1e-3
ITERATIONS: Final = 80
"""Steps of the solver; more change no figure."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A linear layer: float32 kernel (D, G) and bias (G,)."""

    kernel: Float32Array
    bias: Float32Array


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """What the solver minimises over: standardised features (N, D), and what each film adds to its logits (N, G)."""

    features: Float64Array
    given: Float64Array
    labels: Float64Array
    shares: Float64Array
    penalty: float

    def measure(self, point: Float64Array) -> tuple[float, Float64Array]:
        """Penalised loss at a point, the change of kernel and bias (D * G + G,), and its gradient."""
        width, genres = self.features.shape[1], self.labels.shape[1]
        change, bias = point[: width * genres].reshape(width, genres), point[width * genres :]
        logits = self.features @ change + bias + self.given
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        told = powers * self.labels
        reached = np.maximum(told.sum(axis=1, keepdims=True), 1e-300)
        total = powers.sum(axis=1, keepdims=True)
        loss = -float(self.shares @ np.log(reached / total)[:, 0])
        loss += 0.5 * self.penalty * float(np.square(change).sum()) + 0.5 * BIAS_PENALTY * float(np.square(bias).sum())
        slope = (powers / total - told / reached) * self.shares[:, None]
        by_kernel = self.features.T @ slope + self.penalty * change
        return loss, np.concatenate([by_kernel.ravel(), slope.sum(axis=0) + BIAS_PENALTY * bias])


def fit_head(
    features: Float32Array,
    labels: Float32Array,
    weights: Float32Array,
    shares: npt.ArrayLike,
    start: Head,
    *,
    penalty: float,
) -> Head:
    """Fits a head by the loss of ``partial_crossentropy``, drawn towards a head that is given.

    Args:
        features: (N, D), the frozen features.
        labels: (N, G), 0 or 1; the genre is one of those with 1.
        weights: (N, G), at least 0: how much likelier a genre is where the film comes from.
        shares: (N,), weight of each film; scaled to add up to 1.
        start: the head that is kept where films say nothing else.
        penalty: weight of half the squared difference from it, on standardised features.

    Returns:
        The head.
    """
    values = np.asarray(features, np.float64)
    centre, spread = values.mean(axis=0), values.std(axis=0) + 1e-6
    share = np.asarray(shares, np.float64)
    problem = _Problem(
        (values - centre) / spread,
        values @ start.kernel + start.bias + np.log(np.maximum(weights, 1e-9)),
        np.asarray(labels, np.float64),
        share / share.sum(),
        penalty,
    )
    width, genres = values.shape[1], labels.shape[1]
    found: Any = minimize(
        problem.measure, np.zeros((width + 1) * genres), jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS}
    )
    change = found.x[: width * genres].reshape(width, genres) / spread[:, None]
    bias = start.bias + found.x[width * genres :] - centre @ change
    return Head(np.asarray(start.kernel + change, np.float32), np.asarray(bias, np.float32))


def choose_for_head(examples: Sequence[PlotExample], *, per_genre: int, seed: int) -> list[int]:
    """Places of films that teach a head about every genre: of each genre so many, those with the fewest genres first.

    Args:
        examples: films of other sources.
        per_genre: films of a genre at most; fewer where there are not so many.
        seed: of the choice among equals.

    Returns:
        Ascending places.
    """
    order = [int(place) for place in np.random.default_rng([seed, 27]).permutation(len(examples))]
    chosen: set[int] = set()
    for genre in IMDB27:
        having = [place for place in order if genre in examples[place].genres]
        chosen.update(sorted(having, key=lambda place: len(examples[place].genres))[:per_genre])
    return sorted(chosen)
