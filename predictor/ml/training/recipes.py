"""The recipes by name: one function each that turns labelled examples into a model bundle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TextIO

from predictor.ml.artifacts import Bundle
from predictor.ml.errors import TrainingError
from predictor.ml.examples import PlotExample, PosterExample


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """Everything a recipe may need; each takes what it needs and refuses to start without it.

    Attributes:
        output: the bundle's folder; must not exist.
        work: folder for checkpoints; the same request resumes there.
        plots: plot examples of ``train`` and ``validation``.
        posters: poster examples of ``train`` and ``validation``.
        glove: GloVe text file.
        backbone_weights: weights of the convolutional network.
        encoder_weights: folder with the weights and the tokeniser of the text encoder.
        plot_bundle: for a fusion, the bundle that scores plots; for ``adapt-plot`` the one that is corrected.
        poster_bundle: for a fusion, the bundle that scores posters; for ``adapt-poster`` the one that is corrected, for
            ``poster-heat`` the one that gets a heat map.
        seed: of the run.
        command: how the run was started, for the manifest.
        overrides: settings of the recipe's config that differ from its defaults.
        stream: where progress goes; default stderr.
    """

    output: Path
    work: Path
    plots: Mapping[str, Sequence[PlotExample]] = field(default_factory=dict)
    posters: Mapping[str, Sequence[PosterExample]] = field(default_factory=dict)
    glove: Path | None = None
    backbone_weights: Path | None = None
    encoder_weights: Path | None = None
    plot_bundle: Path | None = None
    poster_bundle: Path | None = None
    seed: int = 1
    command: str = ""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    stream: TextIO | None = None


Recipe = Callable[[TrainingRequest], Bundle]

RECIPES: Final[Mapping[str, tuple[str, str, str]]] = {
    "lstm-glove": ("plot", "predictor.ml.training.plot_recipe", "train_lstm_glove"),
    "lstm-single": ("plot", "predictor.ml.training.single_recipe", "train_lstm_single"),
    "tfidf-linear": ("plot", "predictor.ml.training.tfidf", "train_tfidf_linear"),
    "encoder": ("plot", "predictor.ml.training.encoder_recipe", "train_encoder"),
    "encoder-single": ("plot", "predictor.ml.training.single_encoder_recipe", "train_encoder_single"),
    "cnn-scratch": ("poster", "predictor.ml.training.scratch_recipe", "train_cnn_scratch"),
    "backbone": ("poster", "predictor.ml.training.poster_recipe", "train_backbone"),
    "adapt-plot": ("plot", "predictor.ml.training.adapt", "train_adapt_plot"),
    "adapt-poster": ("poster", "predictor.ml.training.adapt", "train_adapt_poster"),
    "poster-pair": ("poster", "predictor.ml.training.poster_pair", "train_poster_pair"),
    "poster-heat": ("poster", "predictor.ml.training.poster_heat", "train_poster_heat"),
    "late-fusion": ("both", "predictor.ml.training.fusion", "train_late_fusion"),
}
"""Kind, module and function of each recipe; the module is imported when it is needed, for each loads Keras."""


def find_recipe(name: str, kind: str | None = None) -> Recipe:
    """Looks a recipe up.

    Args:
        name: a key of ``RECIPES``.
        kind: what it must be for, if that matters.

    Returns:
        The function.

    Raises:
        TrainingError: there is no such recipe, or it is for another kind.
    """
    if name not in RECIPES:
        raise TrainingError(f"There is no recipe {name!r}: it must be one of {', '.join(sorted(RECIPES))}.")
    made_for, module, function = RECIPES[name]
    if kind is not None and kind != made_for:
        raise TrainingError(f"Recipe {name} is for {made_for!r}, not {kind!r}.")
    found: Recipe = getattr(import_module(module), function)
    return found


def require_split(examples: Mapping[str, Sequence[Any]], split: str, what: str) -> Sequence[Any]:
    """The examples of a split.

    Raises:
        TrainingError: there are none.
    """
    if not examples.get(split):
        raise TrainingError(f"Training needs {what} in the split {split!r}: there are none.")
    return examples[split]


def require_path(path: Path | None, what: str) -> Path:
    """A path that a recipe cannot do without.

    Raises:
        TrainingError: it is not given or nothing is there.
    """
    if path is None or not path.exists():
        raise TrainingError(f"This recipe needs {what}: {'no path was given' if path is None else 'nothing is there'}.")
    return path
