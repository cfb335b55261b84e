"""What other encoders say of the training plots, as part of what a smaller one is to say of them.

A film's label list is short and cut by custom: a drama that is a little of a war film bears the one word only. A
larger encoder tells such shades, and a small one learns them more easily than it would find them. The teacher has
seen the labels of these very films in training, so its answers add shades to them and no new films.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from predictor.ml.calibration import fit_platt
from predictor.ml.errors import TrainingError
from predictor.ml.examples import PlotExample
from predictor.ml.labels import GENRES, Float32Array
from predictor.ml.pipeline import PlotPipeline, load_pipeline
from predictor.ml.training.trainer import Answers

ANSWERS_FILE = "answers.npz"


@dataclass(frozen=True, slots=True)
class PlotTeacher:
    """The mean answer of one or more encoders.

    Attributes:
        paths: their files; none without a teacher.
        probabilities: float32 (N, G), calibrated, of the training plots in their order.
        customs: log odds by source and genre, see ``customs.describe_customs``, of a teacher that has learned them; it
            has then answered each film in the custom of its own source. Empty for one that knows none.
    """

    paths: tuple[Path, ...] = ()
    probabilities: Float32Array = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    customs: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def save_answers(path: Path, logits: Float32Array, held_out: Answers, *, fingerprint: str) -> None:
    """Writes what an encoder says of its training plots, for a later run to learn from.

    Args:
        path: the file.
        logits: (N, G) of the training plots, in their order.
        held_out: its answers on validation plots; they calibrate.
        fingerprint: of the training examples.
    """
    _write(path, fit_platt(held_out.logits, held_out.labels, held_out.mask).apply(logits), fingerprint)


def load_plot_teacher(folder: Path, share: float, *, fingerprint: str, count: int) -> PlotTeacher:
    """Reads the answers that lie in a folder under names that begin with ``answers``.

    Args:
        folder: that of the encoder weights.
        share: the teacher's weight; 0 for no teacher.
        fingerprint: of the training examples.
        count: number of training examples, N.

    Raises:
        TrainingError: there are no answers, or they are to other examples.
    """
    if not share:
        return PlotTeacher()
    paths = sorted(folder.glob("answers*.npz"))
    if not paths:
        raise TrainingError(f"A teacher's share of {share} needs its answers: there is no answers*.npz in {folder}.")
    return PlotTeacher(
        tuple(paths),
        np.mean([_read(path, fingerprint, count) for path in paths], axis=0, dtype=np.float32),
    )


def open_teacher(bundle: Path) -> PlotPipeline:
    """Loads a finished plot bundle that is to teach.

    Raises:
        TrainingError: the bundle is none for plots in the usual genres.
    """
    pipeline = load_pipeline(bundle, threads=2)
    if not isinstance(pipeline, PlotPipeline) or pipeline.genres != GENRES:
        raise TrainingError(
            f"The teacher must be a plot version over the {len(GENRES)} genres, not {pipeline.version}."
        )
    return pipeline


def ask_plot_teacher(bundle: Path, films: Sequence[PlotExample], folder: Path, *, fingerprint: str) -> PlotTeacher:
    """Asks a finished plot bundle about the training plots, and keeps its answers for a run that goes on.

    Args:
        bundle: its folder; it may be the one whose weights the run starts from.
        films: the N training plots.
        folder: the work folder.
        fingerprint: of the training examples.

    Raises:
        TrainingError: the bundle is none for plots in the usual genres.
    """
    pipeline = open_teacher(bundle)
    learned = pipeline.bundle.preprocessing.get("customs", ())
    name = f"answers-{pipeline.version}-{pipeline.bundle.scoring_hash[:12]}"
    path = folder / (f"{name}-own.npz" if learned else f"{name}.npz")
    if not path.is_file():
        plots = [film.plot for film in films]
        own = [film.source if film.source in learned else "" for film in films]
        logits = pipeline.logits_told(plots, own)
        folder.mkdir(parents=True, exist_ok=True)
        _write(path, pipeline.bundle.calibration.apply(logits), fingerprint)
    customs = pipeline.bundle.manifest.get("training", {}).get("customs", {}) if learned else {}
    return PlotTeacher((path,), _read(path, fingerprint, len(films)), customs)


def _write(path: Path, probabilities: Float32Array, fingerprint: str) -> None:
    """Writes probabilities (N, G), rounded to float16, in one step."""
    draft = path.with_suffix(".part.npz")
    with draft.open("wb") as stream:
        np.savez(
            stream, allow_pickle=False, fingerprint=np.asarray(fingerprint), probabilities=probabilities.astype("f2")
        )
    draft.replace(path)


def _read(path: Path, fingerprint: str, count: int) -> Float32Array:
    """The probabilities (N, G) of one file."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            made_for, probabilities = str(stored["fingerprint"]), np.asarray(stored["probabilities"], np.float32)
    except (OSError, ValueError, KeyError) as exc:
        raise TrainingError(f"The answers {path.name} cannot be read: {exc}") from exc
    if made_for != fingerprint or len(probabilities) != count:
        raise TrainingError(f"The answers {path.name} are to other training examples than the {count} of this run.")
    return probabilities


def teach_plots(labels: Float32Array, teacher: PlotTeacher, share: float) -> Float32Array:
    """Labels (N, G) drawn towards the teacher's answers by its share, in [0, 1); as they are without a teacher."""
    if not teacher.paths:
        return labels
    return np.asarray((1.0 - share) * labels + share * teacher.probabilities, np.float32)
