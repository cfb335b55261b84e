"""Pictures of a measured model as small SVG files: precision and recall, reliability, learning curve.

matplotlib is a tool of developers, so it is imported only where a picture is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from predictor.ml.errors import TrainingError
from predictor.ml.evaluation import BINS, MIN_SUPPORT, average_precision
from predictor.ml.report import PLOTS, name_plot
from predictor.ml.training.checkpoints import FILE, read_history
from predictor.ml.training.measuring import Scored

Float64Array = npt.NDArray[np.float64]

_POINTS: Final = 60
_COLUMNS: Final = 5
_COLOUR: Final = "#2f5d8a"
_OTHER: Final = "#b4532a"
_GREY: Final = "#8a8a8a"
_STYLE: Final[Mapping[str, Any]] = {
    # Text stays text and ids stay the same, so that a picture is small and made anew without a difference.
    "svg.fonttype": "none",
    "svg.hashsalt": "genresite",
    "font.family": "sans-serif",
    "font.size": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def find_precisions(labels: npt.ArrayLike, scores: npt.ArrayLike) -> tuple[Float64Array, Float64Array]:
    """Precision at evenly spaced recalls of one genre.

    Args:
        labels: (N,), 0 or 1, not all 0.
        scores: (N,), any order-preserving score.

    Returns:
        Recalls and precisions, (60,) each, in [0, 1]; the precision is that of the first films, by falling score,
        that reach the recall.
    """
    truth, score = np.asarray(labels, np.float64), np.asarray(scores, np.float64)
    order = np.argsort(-score, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))
    hits = np.cumsum(truth[order])[ends]
    recalls = np.linspace(1.0 / _POINTS, 1.0, _POINTS)
    reached = np.searchsorted(hits, recalls * truth.sum() - 1e-9)
    return recalls, hits[reached] / (ends[reached] + 1)


def find_reliability(
    labels: npt.ArrayLike, probabilities: npt.ArrayLike, bins: int = BINS
) -> tuple[Float64Array, Float64Array, npt.NDArray[np.int64]]:
    """Mean probability, share of true labels and number of label cells in each bin that is not empty.

    Args:
        labels: (N, G), 0 or 1.
        probabilities: (N, G), in [0, 1].
        bins: number of equal-width bins.
    """
    truth, score = np.asarray(labels, np.float64).ravel(), np.asarray(probabilities, np.float64).ravel()
    place = np.minimum((score * bins).astype(int), bins - 1)
    counts = np.bincount(place, minlength=bins)
    filled = counts > 0
    said, true = (np.bincount(place, values, bins)[filled] / counts[filled] for values in (score, truth))
    return said, true, counts[filled]


def find_history(bundle_training: Mapping[str, Any], work: Path | None) -> list[dict[str, float]]:
    """The figures of each epoch: from the manifest, else from a checkpoint in the run's work folder; may be empty."""
    told = bundle_training.get("history")
    if told:
        return list(told)
    checkpoints = sorted(work.rglob(FILE)) if work is not None and work.is_dir() else []
    return read_history(checkpoints[0]) if checkpoints else []


def draw_precision_recall(scored: Scored, path: Path) -> None:
    """Writes a panel for each genre with enough films, the largest average precision first.

    Raises:
        TrainingError: no genre has a film.
    """
    support = scored.labels.sum(axis=0)
    enough = np.flatnonzero(support >= min(MIN_SUPPORT, support.max()))
    if not support.max():
        raise TrainingError("A precision-recall picture needs a film with a genre: there is none.")
    areas = {column: average_precision(scored.labels[:, column], scored.probabilities[:, column]) for column in enough}
    ranked = sorted(areas, key=lambda column: -areas[column])
    rows = math.ceil(len(ranked) / _COLUMNS)
    figure = _make_figure(8.0, 1.55 * rows + 0.5)
    panels = np.atleast_1d(figure.subplots(rows, _COLUMNS, sharex=True, sharey=True)).ravel()
    for panel, column in zip(panels, ranked, strict=False):
        recalls, precisions = find_precisions(scored.labels[:, column], scored.probabilities[:, column])
        panel.axhline(support[column] / len(scored.labels), color=_GREY, linewidth=0.7, linestyle=":")
        panel.plot(recalls, precisions, color=_COLOUR, linewidth=1.2)
        panel.set_title(f"{scored.bundle.genres[column]}  AP {areas[column]:.2f}", fontsize=8)
        panel.set(xlim=(0, 1), ylim=(0, 1.02), xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
    for panel in panels[len(ranked) :]:
        panel.set_visible(False)
    figure.supxlabel("recall")
    figure.supylabel("precision (dotted: share of films with the genre)")
    _save(figure, path)


def draw_reliability(scored: Scored, path: Path) -> None:
    """Writes how often probabilities come true, and how many label cells each of them stands for."""
    said, true, counts = find_reliability(scored.labels, scored.probabilities)
    figure = _make_figure(4.2, 4.8)
    curve, bars = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    curve.plot((0, 1), (0, 1), color=_GREY, linewidth=0.8, linestyle=":")
    curve.plot(said, true, color=_COLOUR, marker="o", markersize=3, linewidth=1.2)
    curve.set(xlim=(0, 1), ylim=(0, 1), ylabel="share that is true")
    bars.bar(said, counts, width=0.8 / BINS, color=_COLOUR)
    bars.set(yscale="log", xlabel="probability", ylabel="film-genre pairs")
    _save(figure, path)


def draw_learning_curve(history: Sequence[Mapping[str, float]], path: Path) -> None:
    """Writes loss and validation score over the epochs."""
    epochs = [row["epoch"] for row in history]
    figure = _make_figure(5.6, 2.6)
    losses, scores = figure.subplots(1, 2)
    losses.plot(epochs, [row["loss"] for row in history], color=_COLOUR, marker="o", markersize=3, label="training")
    held_out = [row["validation_loss"] for row in history]
    losses.plot(epochs, held_out, color=_OTHER, marker="s", markersize=3, label="validation")
    losses.set(xlabel="epoch", ylabel="loss")
    losses.legend(frameon=False)
    scores.plot(epochs, [row["validation_score"] for row in history], color=_OTHER, marker="s", markersize=3)
    scores.set(xlabel="epoch", ylabel="validation score")
    _save(figure, path)


def draw_plots(scored: Scored, history: Sequence[Mapping[str, float]], folder: Path) -> list[Path]:
    """Draws the pictures of a version.

    Args:
        scored: its answers to a split.
        history: the figures of each epoch; without any there is no learning curve.
        folder: where the files go; made if it is not there.

    Returns:
        The files written.

    Raises:
        TrainingError: matplotlib is not installed, or no film has a genre.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = {plot: folder / name_plot(scored.bundle.name, plot) for plot in PLOTS}
    with _load_matplotlib().rc_context(_STYLE):
        draw_precision_recall(scored, paths["precision-recall"])
        draw_reliability(scored, paths["reliability"])
        if not history:
            return [paths["precision-recall"], paths["reliability"]]
        draw_learning_curve(history, paths["learning-curve"])
    return list(paths.values())


def _load_matplotlib() -> Any:
    """The package, its figures included.

    Raises:
        TrainingError: it is not installed.
    """
    try:
        import matplotlib.figure
    except ImportError as exc:
        raise TrainingError("Pictures need matplotlib, which requirements-dev.txt names: it is not installed.") from exc
    return matplotlib


def _make_figure(width_inches: float, height_inches: float) -> Any:
    """An empty figure whose parts keep clear of each other."""
    return _load_matplotlib().figure.Figure(figsize=(width_inches, height_inches), layout="constrained")


def _save(figure: Any, path: Path) -> None:
    """Writes a figure as SVG, without a date."""
    figure.savefig(path, format="svg", metadata={"Date": None})
