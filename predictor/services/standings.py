"""Standings: how far a prediction is from a genre that somebody aims at."""

from dataclasses import dataclass

import numpy as np

from predictor import pipelines
from predictor.models import Kind, ModelVersion, Prediction, PredictionPart

DIGITS = 6


@dataclass(frozen=True)
class Reading:
    """How likely a genre was found, and from where on it is named.

    Attributes:
        kind: What was read, one of `Kind`.
        version: The version that read it; None where the mean of two decided.
        probability: In [0, 1], calibrated.
        threshold: In [0, 1], the probability from which on the genre is named; None where a version names the likeliest
            genre alone.
        decided: Whether the genre was named.
    """

    kind: str
    version: ModelVersion | None
    probability: float
    threshold: float | None
    decided: bool

    @property
    def distance(self) -> float | None:
        """Probability less threshold: below 0 the genre falls short."""
        return None if self.threshold is None else round(self.probability - self.threshold, DIGITS)


@dataclass(frozen=True)
class Rival:
    """A decided genre beside the one that is asked about."""

    genre: str
    probability: float


@dataclass(frozen=True)
class Standing:
    """How a prediction stands to one genre.

    Attributes:
        genre: The genre.
        whole: What decided.
        parts: What plot and poster say on their own, as far as their versions know the genre.
        rival: The likeliest other genre that was decided, if any was.
    """

    genre: str
    whole: Reading
    parts: list[Reading]
    rival: Rival | None


def read_standing(*, prediction: Prediction, genre: str) -> Standing:
    """Compare a prediction's stored scores for a genre with the thresholds of the versions that gave them.

    Args:
        prediction: From `Prediction.objects.listed()` or `.told()`.
        genre: One of its scored genres.

    Returns:
        The standing.

    Raises:
        Unavailable: A version that made the prediction is no longer there, or its files changed.
    """
    known = {part.kind: _read_part(part, genre) for part in prediction.parts.all() if genre in part.scores}
    readings = {kind: reading for kind, reading in known.items() if reading}
    parts = [readings[kind] for kind in (Kind.PLOT.value, Kind.POSTER.value) if kind in readings]
    decided = list(prediction.decided_genres.all())
    others = (Rival(row.genre.name, row.probability) for row in decided if row.genre.name != genre)
    return Standing(
        genre=genre,
        whole=readings.get(prediction.kind)
        or _read_mean(prediction, genre, parts, genre in {row.genre.name for row in decided}),
        parts=parts,
        rival=next(others, None),
    )


def _read_part(part: PredictionPart, genre: str) -> Reading | None:
    pipeline = pipelines.load_version(part.version)
    if genre not in pipeline.genres:
        return None
    limit = float(pipeline.bundle.thresholds[pipeline.genres.index(genre)])
    threshold = None if pipeline.bundle.single_label else round(limit, DIGITS)
    return Reading(part.kind, part.version, part.scores[genre], threshold, genre in part.decided)


def _read_mean(prediction: Prediction, genre: str, parts: list[Reading], decided: bool) -> Reading:
    """What decided where there was no joint model: see `predictor.pipelines.average`."""
    limits = [part.threshold for part in parts if part.threshold is not None]
    threshold = round(float(np.mean(limits)), DIGITS) if limits else None
    return Reading(prediction.kind, None, prediction.scores[genre], threshold, decided)
