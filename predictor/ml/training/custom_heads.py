"""The part of a plot network that learns the customs of label sources, and the loss that keeps them apart."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
from keras import layers, ops

from predictor.ml.calibration import softmax
from predictor.ml.labels import Float32Array
from predictor.ml.text import Int32Array
from predictor.ml.training.customs import STRENGTH, Customs
from predictor.ml.training.losses import masked_binary_crossentropy
from predictor.ml.training.plot_batches import keep_answers
from predictor.ml.training.single_head import Head, fit_head
from predictor.ml.training.trainer import Criterion, Score, score_ranking

LENGTH_STEPS: Final = 24
"""Grades of a plot's length: sources cut their plots at different lengths, which a mean over tokens does not show."""

LAYER: Final = "customs"

_PENALTIES: Final = (1e-4, 1e-3, 1e-2, 1e-1)
"""How strongly the head of the sources may be held small."""


@keras.saving.register_keras_serializable(package="genresite")
class PlotLength(layers.Layer):
    """How long a plot is, as soft steps on a scale of logarithms; has no weights."""

    def __init__(self, longest: int, **options: Any) -> None:
        """Keeps the number of tokens at which plots are cut."""
        super().__init__(**options)
        self.longest = longest

    def call(self, tokens: Any) -> Any:
        """Ids (N, T), 0 for padding, to float32 (N, LENGTH_STEPS), each in [0, 1]."""
        count = ops.sum(ops.cast(ops.not_equal(tokens, 0), "float32"), axis=-1, keepdims=True)
        marks = np.linspace(np.log(8.0), np.log(float(self.longest)), LENGTH_STEPS, dtype=np.float32)
        steep = LENGTH_STEPS / max(float(marks[-1] - marks[0]), 1e-3)
        return ops.sigmoid((ops.log(ops.maximum(count, 1.0)) - marks[None]) * (2.0 * steep))

    def compute_output_shape(self, tokens_shape: Any) -> tuple[Any, int]:
        """(N, T) to (N, LENGTH_STEPS)."""
        return (tokens_shape[0], LENGTH_STEPS)

    def get_config(self) -> dict[str, Any]:
        """Settings to rebuild the layer from."""
        return {**super().get_config(), "longest": self.longest}


@keras.saving.register_keras_serializable(package="genresite")
class JoinCustoms(layers.Layer):
    """Puts genre and source logits side by side; holds the offsets that the loss adds and the export reads."""

    def __init__(self, sources: int, genres: int, **options: Any) -> None:
        """Keeps the numbers of sources S and of genres G."""
        super().__init__(**options)
        self.sources, self.genres = sources, genres
        self.offsets = self.add_weight(shape=(sources, genres), initializer="zeros", name="offsets")

    def call(self, genres: Any, sources: Any) -> Any:
        """(N, G) and (N, S) to (N, G + S)."""
        return ops.concatenate([genres, sources], axis=-1)

    def compute_output_shape(self, genres_shape: Any, sources_shape: Any = None) -> tuple[Any, int]:
        """(N, G) and (N, S) to (N, G + S)."""
        return (genres_shape[0], self.genres + self.sources)

    def get_config(self) -> dict[str, Any]:
        """Settings to rebuild the layer from."""
        return {**super().get_config(), "sources": self.sources, "genres": self.genres}


def add_custom_heads(model: keras.Model, offsets: Float32Array, *, longest: int) -> keras.Model:
    """A second head that tells the source of a plot from its manner, beside that of the genres.

    Args:
        model: of ``build_encoder``; its weights are shared.
        offsets: (S, G) to begin with.
        longest: tokens at which plots are cut.

    Returns:
        Model from ``tokens`` to float32 (N, G + S): logits of the genres under the common custom, then of the sources.
    """
    length = PlotLength(longest, dtype="float32", name="plot_length")(model.input)
    manner = layers.Concatenate(dtype="float32", name="manner")([model.get_layer("head_dropout").output, length])
    sources = layers.Dense(len(offsets), dtype="float32", name="source_logits")(manner)
    join = JoinCustoms(*offsets.shape, dtype="float32", name=LAYER)
    joined = keras.Model(model.input, join(model.output, sources), name=f"{model.name}_customs")
    join.set_weights([offsets])
    return joined


def read_offsets(model: keras.Model) -> Float32Array:
    """The learned offsets (S, G) of a model of ``add_custom_heads``."""
    return np.asarray(model.get_layer(LAYER).get_weights()[0], np.float32)


def build_custom_loss(model: keras.Model, *, share: float, films: int) -> Criterion:
    """The loss of genres under each film's own custom and of telling its source.

    Labels and mask hold G columns of genres, then S of sources, one-hot; a film of no such source has zeros there, and
    the common custom.

    Args:
        model: of ``add_custom_heads``.
        share: weight of telling the source, at least 0; 1 weighs it as one genre among all.
        films: number of training films, for the weight of the prior on the offsets.
    """
    custom = model.get_layer(LAYER)
    genres = custom.genres

    def find_loss(labels: Any, logits: Any, mask: Any, *, label_smoothing: float = 0.0) -> Any:
        own = labels[:, genres:]
        shifted = logits[:, :genres] + ops.matmul(own, custom.offsets)
        told = masked_binary_crossentropy(
            labels[:, :genres], shifted, mask[:, :genres], label_smoothing=label_smoothing
        )
        guessed = -ops.sum(own * ops.log_softmax(logits[:, genres:], axis=-1)) / ops.maximum(ops.sum(own), 1.0)
        prior = STRENGTH * ops.sum(ops.square(custom.offsets)) / (2.0 * films * genres)
        return told + share * guessed / genres + prior

    return find_loss


def build_custom_score(model: keras.Model, customs: Customs) -> Score:
    """Validation score: how well films are ranked by the mixture of customs, on their lists as they stand."""
    genres = model.get_layer(LAYER).genres

    def find_score(logits: Float32Array, labels: Float32Array, mask: Float32Array) -> float:
        learned = Customs(customs.sources, customs.known, read_offsets(model))
        listed = labels[:, :genres]
        return score_ranking(learned.mix(logits[:, :genres], logits[:, genres:]), listed, np.ones_like(listed))

    return find_score


def fit_source_head(
    model: keras.Model,
    train: tuple[Sequence[Int32Array], Float32Array],
    held_out: tuple[Sequence[Int32Array], Float32Array],
    folder: Path,
) -> None:
    """Fits the head of the sources anew on the network as it is, in place: multinomial logistic regression.

    Args:
        model: of ``add_custom_heads``.
        train: token ids and labels (N, G + S) of the training plots; plots of none of the sources are left out.
        held_out: those of validation plots, which choose how strongly the head is held small.
        folder: where what the head reads is kept, so that a run that is killed goes on.
    """
    manner = keras.Model(model.input, model.get_layer("manner").output)
    layer, genres = model.get_layer("source_logits"), model.get_layer(LAYER).genres
    features, sources = _read_manner(manner, train, genres, folder / "train")
    seen, truth = _read_manner(manner, held_out, genres, folder / "validation")
    start = Head(*(np.zeros_like(values) for values in layer.get_weights()))
    ones, shares = np.ones_like(sources), np.ones(len(sources))
    heads = [fit_head(features, sources, ones, shares, start, penalty=penalty) for penalty in _PENALTIES]
    likely = [(softmax(seen @ head.kernel + head.bias) * truth).sum(axis=1) for head in heads]
    best = int(np.argmax([np.log(np.maximum(values, 1e-9)).mean() for values in likely]))
    layer.set_weights([heads[best].kernel, heads[best].bias])


def _read_manner(
    manner: keras.Model, plots: tuple[Sequence[Int32Array], Float32Array], genres: int, path: Path
) -> tuple[Float32Array, Float32Array]:
    """What the head reads (N, D) of plots of a known source, and their sources (N, S), one-hot."""
    sources = plots[1][:, genres:]
    places = np.flatnonzero(sources.max(axis=1) > 0)
    digest = hashlib.sha256(b"".join(np.asarray(values).tobytes() for values in manner.weights)).hexdigest()
    kept = path.with_name(f"{path.name}-manner-{digest[:12]}.npy")
    return keep_answers(kept, manner, [plots[0][int(place)] for place in places]), sources[places]
