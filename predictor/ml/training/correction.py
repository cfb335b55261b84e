"""A correction of a model's logits: a linear model on features that starts at no change and leaves it only for proof.

corrected = logits + features @ weights + bias, genre by genre. The penalty pulls the weights to 0, which is the model
as it was; how strong it is, and whether there is any correction at all, is decided on films that were left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import minimize

from predictor.ml.calibration import sigmoid
from predictor.ml.errors import TrainingError
from predictor.ml.labels import Float32Array
from predictor.ml.splits import assign_split
from predictor.ml.training.progress import Progress

Float64Array = npt.NDArray[np.float64]

PENALTIES: Final = (1.0, 4.0, 16.0, 64.0)
BIAS_PENALTY: Final = 2.0
"""A genre's bias moves only when some films speak for it: two films' worth of doubt."""
_STEPS: Final = 40
PROOF: Final = 2.0
"""The gain on films left out must be so many standard errors: with one, 20 to 100 labels made the shipped plot model
worse in two of four draws."""
_JITTER: Final = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """What is added to the logits.

    Attributes:
        coefficients: float32 (N, G): the weights are the features of the N films, transposed, times these.
        bias: float32 (G,).
        penalty: the penalty that was chosen; infinite where no correction helps.
        held_out: float32 (N, G), corrected logits of each film by a correction that never saw it.
        gain: how much the mean cross-entropy of a film falls on films left out, in nats, and its standard error.
    """

    coefficients: Float32Array
    bias: Float32Array
    penalty: float
    held_out: Float32Array
    gain: tuple[float, float]

    @property
    def changes(self) -> bool:
        """Whether anything is corrected at all."""
        return bool(np.isfinite(self.penalty))


def fit_correction(
    gram: Float64Array,
    logits: Float32Array,
    labels: Float32Array,
    mask: Float32Array,
    film_ids: Sequence[str],
    *,
    folds: int = 5,
    penalties: Sequence[float] = PENALTIES,
    stream: Any = None,
) -> Correction:
    """Fits a correction, its penalty chosen by leaving films out.

    Args:
        gram: (N, N), inner products of the films' features.
        logits: (N, G), what is to be corrected, calibrated.
        labels: (N, G), 0 or 1.
        mask: (N, G), 0 where the label is unknown.
        film_ids: N ids; rows of one film are left out together.
        folds: so many times a part of the films is left out.
        penalties: half the squared norm of the weights is weighed by one of these.
        stream: where progress goes; default stderr.

    Returns:
        The correction. It is none where leaving films out does not prove a gain.

    Raises:
        TrainingError: the shapes differ, or the films are too few for the folds.
    """
    if not gram.shape[0] == gram.shape[1] == len(logits) == len(labels) == len(mask) == len(film_ids):
        raise TrainingError(f"A correction needs arrays of one length, not {gram.shape}, {logits.shape}.")
    fold_of = _part(film_ids, folds)
    # The Cholesky factor has the films as rows and the same inner products: as good as the features and never wider.
    factor = np.ascontiguousarray(cholesky(gram + _JITTER * np.eye(len(gram)), lower=True))
    progress = Progress(folds * len(penalties) + 1, title="correction", stream=stream)
    held_out = np.repeat(logits[None], len(penalties), axis=0).astype(np.float64)
    for fold in range(folds):
        rest, left = fold_of != fold, fold_of == fold
        start = None
        for place in reversed(range(len(penalties))):
            start = _fit(factor[rest], logits[rest], labels[rest], mask[rest], penalties[place], start)
            held_out[place, left] += factor[left] @ start[:-1] + start[-1]
            progress.advance(f"part {fold + 1} of {folds}")
    best, gain = _choose(held_out, logits, labels, mask)
    if gain[0] <= PROOF * gain[1]:
        none = np.zeros_like(logits)
        return Correction(none, none[0] * 0.0, float("inf"), logits, gain)
    whole = _fit(factor, logits, labels, mask, penalties[best], None)
    progress.advance("all films")
    coefficients = solve_triangular(factor, whole[:-1], lower=True, trans="T")
    return Correction(
        np.asarray(coefficients, np.float32),
        np.asarray(whole[-1], np.float32),
        penalties[best],
        np.asarray(held_out[best], np.float32),
        gain,
    )


def _part(film_ids: Sequence[str], folds: int) -> npt.NDArray[np.int_]:
    """The part (N,) in which each film is left out; the same film always in the same.

    Raises:
        TrainingError: a part would be empty.
    """
    shares = {str(fold): 1.0 / folds for fold in range(folds)}
    fold_of = np.asarray([int(assign_split(film, shares, seed=7)) for film in film_ids])
    if any((fold_of == fold).sum() in (0, len(fold_of)) for fold in range(folds)):
        raise TrainingError(f"The films must be enough to be parted in {folds}: {len(film_ids)} are not.")
    return fold_of


def _choose(
    held_out: Float64Array, logits: Float32Array, labels: Float32Array, mask: Float32Array
) -> tuple[int, tuple[float, float]]:
    """The penalty of the least cross-entropy on films left out, and what it gains with its standard error."""
    before = _film_losses(logits.astype(np.float64), labels, mask)
    gains = [before - _film_losses(values, labels, mask) for values in held_out]
    best = int(np.argmax([gain.mean() for gain in gains]))
    error = gains[best].std(ddof=1) / np.sqrt(len(before))
    return best, (float(gains[best].mean()), float(error))


def _film_losses(values: Float64Array, labels: Float32Array, mask: Float32Array) -> Float64Array:
    """Summed cross-entropy of the known cells of each film, (N,)."""
    return np.asarray(((np.logaddexp(0.0, values) - labels * values) * mask).sum(axis=1))


def _fit(
    features: Float64Array,
    logits: Float32Array,
    labels: Float32Array,
    mask: Float32Array,
    penalty: float,
    start: Float64Array | None,
) -> Float64Array:
    """Weights (D, G) and below them the bias: penalised logistic regression on top of the logits."""
    shape = (features.shape[1] + 1, labels.shape[1])
    strength = np.full((shape[0], 1), penalty)
    strength[-1] = BIAS_PENALTY

    def loss(point: Float64Array) -> tuple[float, Float64Array]:
        weights = point.reshape(shape)
        values = logits + features @ weights[:-1] + weights[-1]
        error = (sigmoid(values) - labels) * mask
        gradient = np.concatenate([features.T @ error, error.sum(axis=0, keepdims=True)]) + strength * weights
        penalised = 0.5 * float((strength * np.square(weights)).sum())
        return float(_film_losses(values, labels, mask).sum()) + penalised, gradient.ravel()

    first = np.zeros(shape) if start is None else start
    found = minimize(loss, first.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    return np.asarray(found.x).reshape(shape)
