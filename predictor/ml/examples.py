"""Values that go into and come out of the package: examples with labels, and scores."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from predictor.ml.errors import MLError
from predictor.ml.labels import Float32Array


@dataclass(frozen=True, slots=True)
class PlotExample:
    """A plot with its labels.

    Attributes:
        film_id: stable id of the film, for instance its IMDb id.
        plot: the text.
        genres: the genres that are true, names of ``labels.GENRES``.
        source: where the labels come from; decides which genres are known.
        unknown: genres this row says nothing about, whatever its source knows.
    """

    film_id: str
    plot: str
    genres: tuple[str, ...]
    source: str
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PosterExample:
    """A poster with its labels; the fields are those of ``PlotExample`` but for ``path``, the image file."""

    film_id: str
    path: Path
    genres: tuple[str, ...]
    source: str
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class GenreScores:
    """What a pipeline says about one film.

    Attributes:
        genres: the G genre names, in column order.
        probabilities: float32 (G,), calibrated, in [0, 1].
        thresholds: float32 (G,), in [0, 1].
        decided: genres whose probability reaches their threshold, most likely first; may be empty.
        unsure: no genre is decided, or the scores are too flat to be trusted.
    """

    genres: tuple[str, ...]
    probabilities: Float32Array
    thresholds: Float32Array
    decided: tuple[str, ...]
    unsure: bool

    @classmethod
    def decide(
        cls,
        genres: tuple[str, ...],
        probabilities: Float32Array,
        thresholds: Float32Array,
        *,
        flat_below: float = 0.0,
        single: bool = False,
    ) -> GenreScores:
        """Applies the thresholds to calibrated probabilities, or names the most likely genre alone.

        Args:
            genres: the G genre names.
            probabilities: (G,) in [0, 1].
            thresholds: (G,) in [0, 1].
            flat_below: scores whose largest lies less than this above the median are unsure.
            single: exactly one genre is decided, the most likely one, whatever the thresholds.

        Raises:
            MLError: the shapes differ.
        """
        if not len(genres) == len(probabilities) == len(thresholds):
            raise MLError(
                "Genres, probabilities and thresholds must have one length, not "
                f"{len(genres)}, {len(probabilities)} and {len(thresholds)}."
            )
        order = np.argsort(-probabilities, kind="stable")
        passed = order[:1] if single else [column for column in order if probabilities[column] >= thresholds[column]]
        decided = tuple(genres[column] for column in passed)
        spread = float(probabilities.max() - np.median(probabilities)) if len(genres) else 0.0
        return cls(genres, probabilities, thresholds, decided, not decided or spread < flat_below)

    def top(self, count: int = 3) -> list[tuple[str, float]]:
        """The ``count`` most likely genres with their probabilities, most likely first."""
        order = np.argsort(-self.probabilities, kind="stable")[:count]
        return [(self.genres[column], float(self.probabilities[column])) for column in order]

    def as_dict(self) -> dict[str, float]:
        """Every genre with its probability, in column order."""
        return {name: float(value) for name, value in zip(self.genres, self.probabilities, strict=True)}
