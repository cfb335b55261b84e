"""The order of the review queue: which prediction is most worth a person's look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from predictor.ml.errors import MLError

Float64Array = npt.NDArray[np.float64]

UNSURE_GENRES: Final = 3
"""Genres of a film that count for its uncertainty: films here have two to three genres."""

MEMORY: Final = 0.9
"""What a reviewed film still counts after each further one: half after seven films."""

SPREAD_FILMS: Final = 500
"""Films that are placed with an eye on those before them where nobody says how many are wanted; each costs N x G."""


@dataclass(frozen=True, slots=True)
class ReviewWeights:
    """How much each part says in the order; each at least 0.

    Attributes:
        uncertainty: of probabilities near their threshold.
        disagreement: of plot and poster that say different things.
        rarity: of likely genres with few labelled films.
        closeness: of likeness to what was just reviewed; it is taken off.
    """

    uncertainty: float = 0.1
    disagreement: float = 0.1
    rarity: float = 1.0
    closeness: float = 0.1

    def __post_init__(self) -> None:
        for name in ("uncertainty", "disagreement", "rarity", "closeness"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value >= 0):
                raise MLError(f"The weight of {name} must be a number of at least 0, not {value!r}.")


USUAL_WEIGHTS: Final = ReviewWeights()


@dataclass(frozen=True, slots=True, eq=False)
class ReviewParts:
    """Why each of N films stands where it does; each part float64 (N,), in [0, 1].

    Attributes:
        uncertainty: 1 where the probabilities lie on their thresholds.
        disagreement: 1 where plot and poster are certain of opposite things; 0 where one of them is missing.
        rarity: 1 for the film of the list that adds most to genres with few labelled films.
        closeness: 1 where the film's genres look just like those of the film reviewed last.
    """

    uncertainty: Float64Array
    disagreement: Float64Array
    rarity: Float64Array
    closeness: Float64Array

    def worth(self, weights: ReviewWeights) -> Float64Array:
        """The weighted sum, (N,), closeness taken off: above it is more worth a look."""
        return np.asarray(
            weights.uncertainty * self.uncertainty
            + weights.disagreement * self.disagreement
            + weights.rarity * self.rarity
            - weights.closeness * self.closeness
        )


def measure_uncertainty(probabilities: Float64Array, thresholds: Float64Array) -> Float64Array:
    """How near a film's genres lie to their thresholds: the mean over its three most doubtful genres.

    A genre's doubt falls in a straight line from 1 on the threshold to 0 at probability 0 and at 1.

    Args:
        probabilities: (N, G), calibrated, in [0, 1].
        thresholds: (G,), in (0, 1).

    Returns:
        (N,), in [0, 1].

    Source:
        Lewis and Gale, "A sequential algorithm for training text classifiers" (1994): uncertainty sampling;
        here the margin is that to the genre's own threshold, as it is the threshold that decides.
    """
    doubt = np.where(probabilities < thresholds, probabilities / thresholds, (1.0 - probabilities) / (1.0 - thresholds))
    count = min(UNSURE_GENRES, probabilities.shape[1])
    return np.asarray(np.sort(doubt, axis=1)[:, -count:].mean(axis=1))


def measure_disagreement(plot: Float64Array | None, poster: Float64Array | None, films: int) -> Float64Array:
    """How much plot and poster contradict each other: the largest Jensen-Shannon divergence of any genre, in bits.

    Args:
        plot: (N, G), what the plot alone gives, in [0, 1]; a row of NaN for a film without; or None.
        poster: the same of the poster.
        films: N.

    Returns:
        (N,), in [0, 1]; 0 where one of the two is missing.

    Source:
        McCallum and Nigam, "Employing EM and pool-based active learning for text classification" (1998):
        divergence from the committee's mean; here the committee has two members and each genre two outcomes.
    """
    if plot is None or poster is None:
        return np.zeros(films)
    divergence = _entropy((plot + poster) / 2.0) - (_entropy(plot) + _entropy(poster)) / 2.0
    return np.asarray(np.clip(np.nan_to_num(divergence.max(axis=1), nan=0.0), 0.0, 1.0))


def measure_rarity(probabilities: Float64Array, genre_counts: Float64Array) -> Float64Array:
    """How much a film is expected to add to what is labelled of its genres, rare ones counting more.

    A film of a genre with n labelled ones adds 1 / (n + 1) to it: the gain in the sum of the genres' log counts, which
    is largest where a genre has little. Genres count with their probabilities.

    Args:
        probabilities: (N, G), in [0, 1].
        genre_counts: (G,), labelled films of each genre, at least 0.

    Returns:
        (N,), in [0, 1], scaled so that the film of the list that adds most has 1.

    Source:
        Own; of the forms that ``benchmarks/feedback.py`` was tried with it gained most.
    """
    gain = probabilities @ _worth_of_one_more(genre_counts)
    most = gain.max(initial=0.0)
    return np.asarray(gain / most if most > 0 else gain)


def measure_closeness(probabilities: Float64Array, recent: Float64Array | None) -> Float64Array:
    """How much a film's genres look like those of films just reviewed: cosine, fading by a tenth with each film.

    Args:
        probabilities: (N, G), in [0, 1].
        recent: (M, G), those of the films reviewed last, newest first; or None.

    Returns:
        (N,), in [0, 1].

    Source:
        Carbonell and Goldstein, "The use of MMR, diversity-based reranking" (1998): the largest likeness to
        anything already shown; the fading is ours, as a reviewer tires of a run and not of a genre.
    """
    if recent is None or not len(recent):
        return np.zeros(len(probabilities))
    fading = MEMORY ** np.arange(len(recent))
    likeness = _directions(probabilities) @ _directions(recent).T
    return np.asarray(np.clip((likeness * fading).max(axis=1), 0.0, 1.0))


def measure_parts(
    probabilities: npt.ArrayLike,
    thresholds: npt.ArrayLike,
    *,
    genre_counts: npt.ArrayLike,
    plot: npt.ArrayLike | None = None,
    poster: npt.ArrayLike | None = None,
    recent: npt.ArrayLike | None = None,
) -> ReviewParts:
    """The parts of the order for N films; arguments and errors as those of ``rank``."""
    films = np.asarray(probabilities, dtype=np.float64)
    if films.ndim != 2:
        raise MLError(f"Probabilities must have shape (N, G), not {films.shape}.")
    total, genres = films.shape
    limits = _checked(thresholds, (genres,), "Thresholds")
    counts = _checked(genre_counts, (genres,), "Counts of labelled films")
    if np.isnan(films).any() or films.min(initial=0.0) < 0 or films.max(initial=0.0) > 1:
        raise MLError("Probabilities must lie between 0 and 1.")
    if limits.min(initial=0.5) <= 0 or limits.max(initial=0.5) >= 1:
        raise MLError(f"Thresholds must lie between 0 and 1, not {limits.tolist()}.")
    if counts.min(initial=0.0) < 0:
        raise MLError(f"Counts of labelled films must be at least 0, not {counts.min():g}.")
    return ReviewParts(
        uncertainty=measure_uncertainty(films, limits),
        disagreement=measure_disagreement(
            None if plot is None else _checked(plot, (total, genres), "Probabilities of the plot"),
            None if poster is None else _checked(poster, (total, genres), "Probabilities of the poster"),
            total,
        ),
        rarity=measure_rarity(films, counts),
        closeness=measure_closeness(
            films, None if recent is None else _checked(recent, (None, genres), "Recent probabilities")
        ),
    )


def rank(
    probabilities: npt.ArrayLike,
    thresholds: npt.ArrayLike,
    *,
    genre_counts: npt.ArrayLike,
    plot: npt.ArrayLike | None = None,
    poster: npt.ArrayLike | None = None,
    recent: npt.ArrayLike | None = None,
    seed: int = 0,
    weights: ReviewWeights = USUAL_WEIGHTS,
    spread: int = SPREAD_FILMS,
) -> npt.NDArray[np.intp]:
    """Orders N films by how much a reviewer's look is worth, best first.

    The first films are placed one by one; each then counts as just reviewed, and its likely genres as labelled, for
    the films after it, so that neither near-identical films nor films of one rare genre follow each other.

    Args:
        probabilities: (N, G), calibrated, in [0, 1].
        thresholds: (G,), above 0 and below 1.
        genre_counts: (G,), labelled films of each genre.
        plot: (N, G), what the plots alone give, a row of NaN for a film without; or None.
        poster: the same of the posters.
        recent: (M, G), probabilities of the films reviewed last, newest first; or None.
        seed: decides between films of the same worth.
        weights: of the parts.
        spread: how many films are placed one by one; the others follow as they then stand.

    Returns:
        int (N,), places in ``probabilities``.

    Raises:
        MLError: shapes differ or values are out of range.
    """
    parts = measure_parts(probabilities, thresholds, genre_counts=genre_counts, plot=plot, poster=poster, recent=recent)
    mixed = np.random.default_rng(seed).permutation(len(parts.uncertainty))
    films = np.asarray(probabilities, dtype=np.float64)[mixed]
    fixed = weights.uncertainty * parts.uncertainty + weights.disagreement * parts.disagreement
    counts = np.asarray(genre_counts, dtype=np.float64)
    order = _place(films, fixed[mixed], parts.closeness[mixed], counts, weights, spread)
    return np.asarray(mixed[order], dtype=np.intp)


def _place(
    films: Float64Array,
    fixed: Float64Array,
    closeness: Float64Array,
    counts: Float64Array,
    weights: ReviewWeights,
    spread: int,
) -> npt.NDArray[np.intp]:
    """Places films one by one, up to ``spread``, and the others as they then stand.

    After each film its genres count as labelled as far as they are likely, and it counts as just reviewed.
    """
    directions = _directions(films)
    scale = weights.rarity / max((films @ _worth_of_one_more(counts)).max(initial=0.0), 1e-12)
    left = np.ones(len(films), dtype=bool)
    order: list[int] = []
    for _ in range(min(spread, len(films))):
        worth = fixed + films @ (scale * _worth_of_one_more(counts)) - weights.closeness * closeness
        best = int(np.argmax(np.where(left, worth, -np.inf)))
        left[best] = False
        order.append(best)
        counts = counts + films[best]
        closeness = np.maximum(MEMORY * closeness, directions @ directions[best])
    worth = fixed + films @ (scale * _worth_of_one_more(counts)) - weights.closeness * closeness
    rest = np.flatnonzero(left)
    return np.asarray([*order, *rest[np.argsort(-worth[rest], kind="stable")]], dtype=np.intp)


def _worth_of_one_more(counts: Float64Array) -> Float64Array:
    """What one more labelled film adds to each genre, (G,)."""
    return np.asarray(1.0 / (counts + 1.0))


def _checked(values: npt.ArrayLike, shape: tuple[int | None, ...], what: str) -> Float64Array:
    """The values as float64 of the shape; None in it stands for any length."""
    array = np.asarray(values, dtype=np.float64)
    fits = array.ndim == len(shape) and all(want in (None, have) for want, have in zip(shape, array.shape, strict=True))
    if not fits:
        raise MLError(f"{what} must have shape {shape}, not {array.shape}.")
    return array


def _entropy(probabilities: Float64Array) -> Float64Array:
    """Entropy in bits of a yes or no with this probability; NaN stays NaN."""
    inside = np.clip(probabilities, 1e-12, 1.0 - 1e-12)
    return np.asarray(-inside * np.log2(inside) - (1.0 - inside) * np.log2(1.0 - inside))


def _directions(rows: Float64Array) -> Float64Array:
    """Rows scaled to length 1; a row of zeros stays one."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0))
