"""What a plot model says of a training film, as part of what a poster network is to say of its poster.

A film's label list is short and cut by custom; the plot tells that a drama is also a little of a war film. The plot
model has seen the labels of these very films in training, so its answers add shades to them and no new films.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from predictor.ml.examples import PosterExample
from predictor.ml.labels import Float32Array
from predictor.ml.training.plot_teacher import open_teacher
from predictor.ml.training.recipes import TrainingRequest, require_path


@dataclass(frozen=True, slots=True)
class Teacher:
    """A plot model's answers.

    Attributes:
        name: of its bundle; empty without one.
        probabilities: float32 (G,), calibrated, of each training film that has a plot.
    """

    name: str = ""
    probabilities: Mapping[str, Float32Array] = field(default_factory=dict)


def load_teacher(request: TrainingRequest, share: float, custom: str = "") -> Teacher:
    """Asks the plot bundle of a request about the training plots of films that have a poster.

    Args:
        request: needs ``plot_bundle`` and ``plots`` where there is a share.
        share: the teacher's weight; 0 for no teacher.
        custom: whose list the teacher is told to match; nothing leaves it to the plot.

    Raises:
        TrainingError: there is no such bundle, or it is none for plots in the usual genres.
        MLError: it has not learned that custom.
    """
    if not share:
        return Teacher()
    pipeline = open_teacher(require_path(request.plot_bundle, "the plot bundle that teaches")).with_custom(custom)
    posters = {row.film_id for row in request.posters.get("train", ())}
    plots = {row.film_id: row.plot for row in request.plots.get("train", ()) if row.film_id in posters}
    answers = pipeline.bundle.calibration.apply(pipeline.logits(list(plots.values())))
    return Teacher(pipeline.version, dict(zip(plots, answers, strict=True)))


def teach(labels: Float32Array, examples: Sequence[PosterExample], teacher: Teacher, share: float) -> Float32Array:
    """Draws the labels of films that the teacher knows towards its answers.

    Args:
        labels: float32 (N, G), 0 or 1.
        examples: the N posters.
        teacher: the answers.
        share: their weight, in [0, 1).

    Returns:
        float32 (N, G), in [0, 1].
    """
    answers = [teacher.probabilities.get(row.film_id) for row in examples]
    mixed = [
        row if answer is None else (1.0 - share) * row + share * answer
        for row, answer in zip(labels, answers, strict=True)
    ]
    return np.asarray(mixed, dtype=np.float32) if mixed else labels
