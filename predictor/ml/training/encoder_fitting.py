"""Fine-tuning of a text encoder: where it starts, what it is to say, what is minimised."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np

from predictor.ml.examples import PlotExample
from predictor.ml.labels import GENRES, Float32Array
from predictor.ml.text import Int32Array
from predictor.ml.training.config import hash_config
from predictor.ml.training.custom_heads import (
    add_custom_heads,
    build_custom_loss,
    build_custom_score,
    fit_source_head,
)
from predictor.ml.training.customs import Customs
from predictor.ml.training.datasets import label_arrays
from predictor.ml.training.encoder import build_encoder
from predictor.ml.training.encoder_config import EncoderConfig
from predictor.ml.training.encoder_losses import class_balanced_weights
from predictor.ml.training.encoder_trainer import EncoderTrainer, SlicedBatches
from predictor.ml.training.encoder_weights import is_tuned, load_pretrained, load_tuned
from predictor.ml.training.frozen_blocks import VectorBatches, freeze_blocks, keep_vectors, split_network
from predictor.ml.training.plot_batches import PlotBatches, answer_by_length
from predictor.ml.training.plot_teacher import ANSWERS_FILE, save_answers
from predictor.ml.training.recipes import require_path
from predictor.ml.training.trainer import predict
from predictor.ml.wordpiece import WordpieceEncoder

WEIGHTS_FILE: Final = "model.safetensors"
NETWORK_FILE: Final = "model.onnx"


@dataclass(frozen=True, slots=True)
class EncodedPlots:
    """Examples of a split as arrays: id rows (T,) each, labels (N, G) and mask (N, G).

    Where customs are learned, S columns of their sources, one-hot, follow those of the G genres.
    """

    rows: list[Int32Array]
    labels: Float32Array
    mask: Float32Array

    @property
    def pairs(self) -> tuple[list[Int32Array], Float32Array]:
        """Rows and labels."""
        return self.rows, self.labels


def encode_plots(encoder: WordpieceEncoder, examples: Sequence[PlotExample], known: Any) -> EncodedPlots:
    """Examples as arrays; ``known`` names the genres each source uses."""
    labels, mask = label_arrays(examples, known)
    return EncodedPlots([encoder.encode(example.plot) for example in examples], labels, mask)


def build_network(config: EncoderConfig, *, precision: str = "float32") -> keras.Model:
    """The untrained network of the recipe; weights follow the config's seed."""
    keras.utils.set_random_seed(config.trainer.seed)
    model = build_encoder(
        config.shape,
        genre_count=len(GENRES),
        pooling=config.pooling,
        dropout=config.dropout,
        head_dropout=config.head_dropout,
        seed=config.trainer.seed,
        precision=precision,
    )
    model.get_layer("words").trainable = config.train_words
    freeze_blocks(model, config.frozen_blocks)
    return model


def find_weights(folder: Path) -> list[Path]:
    """The weights to start from: those of earlier runs if there are some, else a bundle's, else pretrained ones."""
    shipped = folder / NETWORK_FILE
    return (
        sorted(folder.glob("tuned*.npz"))
        or ([shipped] if shipped.is_file() else [])
        or [require_path(folder / WEIGHTS_FILE, "encoder weights")]
    )


def fit_encoder(
    config: EncoderConfig,
    weights: Sequence[Path],
    train: EncodedPlots,
    held_out: EncodedPlots,
    *,
    folder: Path,
    fingerprint: str,
    answers: Sequence[Path] = (),
    customs: Customs | None = None,
    stream: Any = None,
) -> tuple[keras.Model, list[dict[str, float]]]:
    """Fine-tunes from pretrained weights; the same call resumes a killed run.

    Args:
        config: the settings.
        weights: the safetensors file of the pretrained encoder, or the ``.npz`` files of earlier runs to go on from:
            of several, the mean is taken.
        train: training plots.
        held_out: validation plots.
        folder: where the checkpoint lies.
        fingerprint: of the training examples.
        answers: files of a teacher whose answers are in the labels.
        customs: those to begin with, where they are learned; the model then has the heads of ``add_custom_heads``.
        stream: where progress goes; default stderr.

    Returns:
        A float32 model with the weights of the best slice, and one row of figures for each slice.

    Raises:
        TrainingError: the weights are unusable or the folder holds another run.

    Source:
        Wortsman et al., "Model soups" (2022), for the mean of several fine-tuned runs, and "Robust fine-tuning of
        zero-shot models" (2022), for that of a run and its start.
    """
    model = _start_network(config, weights, customs)
    slices = config.slices
    made_from = [fingerprint, *map(fingerprint_file, (*weights, *answers))]
    run_key = hash_config(replace(config, linear=None, balance=0.0), *made_from)
    by_length = _sort_by_length(held_out)
    aim = _find_aim(config, model, customs, len(train.rows))
    parts = _open_parts(model, config, train.rows, by_length.rows, folder, run_key, stream)
    trainer = EncoderTrainer(
        parts.trained,
        replace(config.trainer, epochs=config.trainer.epochs * slices, patience=config.trainer.patience * slices),
        folder,
        run_key=run_key,
        stream=stream,
        blocks=config.shape.blocks,
        layer_decay=config.layer_decay,
        head_rate=config.head_rate,
        **aim,
    )
    source, measured = _make_batches(config, parts, train, by_length)
    history = trainer.fit(SlicedBatches(source, slices), measured)
    if config.teaches:
        logits = answer_by_length(parts.trained, parts.train, parts.batches)
        save_answers(folder / ANSWERS_FILE, logits, predict(parts.trained, measured), fingerprint=fingerprint)
    exact = _make_exact(model, config, weights, customs)
    if config.kept_share and customs is not None:
        fit_source_head(exact, train.pairs, by_length.pairs, folder)
    return exact, history


def _weigh(config: EncoderConfig, train: EncodedPlots) -> Float32Array:
    """The mask of the loss, with the weights of genres in it where the loss has some."""
    if config.loss == "class-balanced":
        return train.mask * class_balanced_weights(train.labels, train.mask)
    return train.mask


def _start_network(config: EncoderConfig, weights: Sequence[Path], customs: Customs | None) -> keras.Model:
    """The network as training finds it, in the config's precision."""
    model = build_network(config, precision=config.precision)
    if is_tuned(weights):
        load_tuned(model, weights)
    else:
        load_pretrained(model, weights[0], blocks=config.shape.blocks)
    return _add_heads(model, config, customs)


def _make_exact(
    model: keras.Model, config: EncoderConfig, weights: Sequence[Path], customs: Customs | None
) -> keras.Model:
    """The trained model in float32, its weights as they are kept."""
    exact = _add_heads(build_network(config), config, customs)
    exact.set_weights(model.get_weights())
    if config.kept_share:
        keep_start(exact, config, weights)
    return exact


def keep_start(model: keras.Model, config: EncoderConfig, weights: Sequence[Path]) -> None:
    """Moves weights part of the way back to where they started, in place; heads that were new stay as they are.

    Args:
        model: in float32, with or without the heads of customs.
        config: its ``kept_share`` is the share of the start.
        weights: those that the run started from.
    """
    start = _start_network(replace(config, precision="float32"), weights, None)
    before = {variable.path: np.asarray(variable) for variable in start.weights}
    for variable in model.weights:
        if variable.path in before:
            kept = config.kept_share * before[variable.path]
            variable.assign((1.0 - config.kept_share) * np.asarray(variable) + kept)


def _add_heads(model: keras.Model, config: EncoderConfig, customs: Customs | None) -> keras.Model:
    """The model with the heads that customs need, or as it is without them."""
    return model if customs is None else add_custom_heads(model, customs.offsets, longest=config.max_tokens)


def _find_aim(config: EncoderConfig, model: keras.Model, customs: Customs | None, films: int) -> dict[str, Any]:
    """What the trainer minimises and how it scores."""
    if customs is None:
        return {"loss": config.loss}
    loss = build_custom_loss(model, share=config.custom_share, films=films)
    return {"loss": loss, "criterion": loss, "score": build_custom_score(model, customs)}


@dataclass(frozen=True, slots=True)
class _Parts:
    """The part of a network that is trained, what it takes of each plot, and how that is stacked."""

    trained: keras.Model
    train: Sequence[Any]
    held_out: Sequence[Any]
    batches: type[PlotBatches]


def _open_parts(
    model: keras.Model,
    config: EncoderConfig,
    train: Sequence[Int32Array],
    held_out: Sequence[Int32Array],
    folder: Path,
    key: str,
    stream: Any,
) -> _Parts:
    """The whole network and token ids; above frozen blocks, the upper part and the vectors that reach it."""
    if not config.frozen_blocks:
        return _Parts(model, train, held_out, PlotBatches)
    lower, upper = split_network(model, config.frozen_blocks)
    kept = [
        keep_vectors(lower, rows, folder / f"{name}.vectors", key=key, stream=stream)
        for name, rows in (("train", train), ("validation", held_out))
    ]
    return _Parts(upper, kept[0], kept[1], VectorBatches)


def _make_batches(
    config: EncoderConfig, parts: _Parts, train: EncodedPlots, held_out: EncodedPlots
) -> tuple[PlotBatches, PlotBatches]:
    """The batches that are learned from and those that are measured."""
    size, seed = config.trainer.batch_size, config.trainer.seed
    weights = _weigh(config, train)
    return (
        parts.batches(parts.train, train.labels, weights, batch_size=size, seed=seed, left_out=config.left_out),
        parts.batches(parts.held_out, held_out.labels, held_out.mask, batch_size=2 * size),
    )


def fingerprint_file(path: Path) -> str:
    """SHA-256 of a file, for a run that starts from other weights is another run."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sort_by_length(plots: EncodedPlots) -> EncodedPlots:
    """The same plots, shortest first, so that batches hold little padding."""
    order = sorted(range(len(plots.rows)), key=lambda place: len(plots.rows[place]))
    return EncodedPlots([plots.rows[place] for place in order], plots.labels[order], plots.mask[order])
