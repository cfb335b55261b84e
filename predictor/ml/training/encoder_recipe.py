"""Recipe ``encoder``: a pretrained MiniLM fine-tuned on plots, one sigmoid per genre."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from predictor.ml.artifacts import Bundle
from predictor.ml.examples import PlotExample
from predictor.ml.labels import GENRES, Float32Array
from predictor.ml.ngrams import NgramEncoder
from predictor.ml.runtime import OnnxNetwork
from predictor.ml.text import Int32Array, pad
from predictor.ml.training.blending import fit_blend
from predictor.ml.training.checkpoints import load_weights, save_weights
from predictor.ml.training.config import config_as_dict, hash_config
from predictor.ml.training.datasets import fingerprint_examples, known_genres_of, label_arrays
from predictor.ml.training.encoder import EncoderShape, build_encoder
from predictor.ml.training.encoder_config import EncoderConfig
from predictor.ml.training.encoder_losses import class_balanced_weights
from predictor.ml.training.encoder_trainer import EncoderTrainer, SlicedBatches
from predictor.ml.training.encoder_weights import load_pretrained
from predictor.ml.training.export import export_network
from predictor.ml.training.finishing import Finish, finish_bundle
from predictor.ml.training.frozen_blocks import VectorBatches, freeze_blocks, keep_vectors, split_network
from predictor.ml.training.onnx_int8 import store_in_int8
from predictor.ml.training.onnx_linear import blend_networks
from predictor.ml.training.plot_batches import PlotBatches, answer_by_length, put_back
from predictor.ml.training.plot_teacher import ANSWERS_FILE, load_plot_teacher, save_answers, teach_plots
from predictor.ml.training.recipes import TrainingRequest, require_path, require_split
from predictor.ml.training.tfidf import NGRAMS_FILE, TfidfConfig, build_features, fit_linear
from predictor.ml.training.trainer import predict
from predictor.ml.wordpiece import WordpieceEncoder

WEIGHTS_FILE = "model.safetensors"
TOKENIZER_FILE = "tokenizer.json"
TUNED_FILE = "tuned.npz"


@dataclass(frozen=True, slots=True)
class EncodedPlots:
    """Examples of a split as arrays: id rows (T,) each, labels (N, G) and mask (N, G)."""

    rows: list[Int32Array]
    labels: Float32Array
    mask: Float32Array


def configure(request: TrainingRequest) -> EncoderConfig:
    """The recipe's settings with the request's seed and overrides; unknown names are refused by the dataclasses."""
    default = EncoderConfig()
    own = {name: value for name, value in request.overrides.items() if name not in ("trainer", "shape", "linear")}
    trainer = replace(default.trainer, **{"seed": request.seed, **request.overrides.get("trainer", {})})
    shape = EncoderShape(**request.overrides.get("shape", {}))
    linear = request.overrides.get("linear", {})
    partner = None if linear is None or default.linear is None else replace(default.linear, **linear)
    return replace(default, trainer=trainer, shape=shape, linear=partner, **own)


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


def fit_encoder(
    config: EncoderConfig,
    weights: Sequence[Path],
    train: EncodedPlots,
    held_out: EncodedPlots,
    *,
    folder: Path,
    fingerprint: str,
    answers: Sequence[Path] = (),
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
        stream: where progress goes; default stderr.

    Returns:
        A float32 model with the weights of the best slice, and one row of figures for each slice.

    Raises:
        TrainingError: the weights are unusable or the folder holds another run.

    Source:
        Wortsman et al., "Model soups" (2022), for the mean of several fine-tuned runs.
    """
    model = _start_network(config, weights)
    size, slices = config.trainer.batch_size, config.slices
    mask = train.mask
    if config.loss == "class-balanced":
        mask = mask * class_balanced_weights(train.labels, train.mask)
    made_from = [fingerprint, *map(fingerprint_file, weights)]
    run_key = hash_config(replace(config, linear=None, balance=0.0), *made_from, *map(fingerprint_file, answers))
    by_length = _sort_by_length(held_out)
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
        loss=config.loss,
    )
    source = parts.batches(parts.train, train.labels, mask, batch_size=size, seed=config.trainer.seed)
    measured = parts.batches(parts.held_out, by_length.labels, by_length.mask, batch_size=2 * size)
    history = trainer.fit(SlicedBatches(source, slices), measured)
    if config.teaches:
        logits = answer_by_length(parts.trained, parts.train, parts.batches)
        save_answers(folder / ANSWERS_FILE, logits, predict(parts.trained, measured), fingerprint=fingerprint)
    exact = build_network(config)
    exact.set_weights(model.get_weights())
    return exact, history


def _start_network(config: EncoderConfig, weights: Sequence[Path]) -> keras.Model:
    """The network as training finds it, in the config's precision."""
    model = build_network(config, precision=config.precision)
    if weights[0].suffix == ".npz":
        load_weights(weights, model)
    else:
        load_pretrained(model, weights[0], blocks=config.shape.blocks)
    return model


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


def fingerprint_file(path: Path) -> str:
    """SHA-256 of a file, for a run that starts from other weights is another run."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sort_by_length(plots: EncodedPlots) -> EncodedPlots:
    """The same plots, shortest first, so that batches hold little padding."""
    order = sorted(range(len(plots.rows)), key=lambda place: len(plots.rows[place]))
    return EncodedPlots([plots.rows[place] for place in order], plots.labels[order], plots.mask[order])


def export_encoder(model: keras.Model, folder: Path, rows: Sequence[Int32Array]) -> Path:
    """Writes the network as ONNX, checked against Keras, and again with its weights in eight bits.

    Args:
        model: a float32 model.
        folder: where ``exact.onnx`` and ``stored.onnx`` are written.
        rows: token ids of some plots.

    Returns:
        The second file.

    Raises:
        ExportError: the exact file does not answer as Keras.
    """
    samples = [{"tokens": pad(rows[:1])}, {"tokens": pad(rows[1:2] or rows)}, {"tokens": pad(rows[:8])}]
    export_network(model, folder / "exact.onnx", samples)
    store_in_int8(folder / "exact.onnx", folder / "stored.onnx")
    return folder / "stored.onnx"


def train_encoder(request: TrainingRequest) -> Bundle:
    """Trains, exports and writes a plot bundle; the same request resumes a killed run.

    The network is blended with the linear model of the recipe ``tfidf-linear`` unless the settings say otherwise.

    Args:
        request: needs ``plots`` and ``encoder_weights``, the folder with the tokeniser and the pretrained weights or
            those of earlier runs, the ``tuned.npz`` of their work folders under names that begin so.

    Returns:
        The bundle.

    Raises:
        TrainingError: examples or weights are missing, or the settings are refused.
        ArtifactError: the output exists.
    """
    config = configure(request)
    train = require_split(request.plots, "train", "plots")
    validation = require_split(request.plots, "validation", "plots")
    source = require_path(request.encoder_weights, "encoder weights")
    encoder = WordpieceEncoder(source / TOKENIZER_FILE, max_tokens=config.max_tokens)
    known = known_genres_of(train)
    encoded, held_out = encode_plots(encoder, train, known), encode_plots(encoder, validation, known)
    fingerprint = fingerprint_examples(train)
    teacher = load_plot_teacher(source, config.teacher_share, fingerprint=fingerprint, count=len(train))
    work = request.work / "encoder"
    model, history = fit_encoder(
        config,
        find_weights(source),
        replace(encoded, labels=teach_plots(encoded.labels, teacher, config.teacher_share)),
        held_out,
        folder=work,
        fingerprint=fingerprint,
        answers=teacher.paths,
        stream=request.stream,
    )
    save_weights(work / TUNED_FILE, model)
    path = export_encoder(model, work, held_out.rows)
    served = _Served(path, {TOKENIZER_FILE: (source / TOKENIZER_FILE).read_bytes()}, answer_tokens(path, held_out.rows))
    if config.linear is not None:
        served = _blend(served, config.linear, train, validation, encoded, held_out, work, request.stream)
    served = replace(
        served, notes={**served.notes, "history": history, "teachers": [path.name for path in teacher.paths]}
    )
    return _finish(request, config, served, train, encoded, held_out, known)


def find_weights(folder: Path) -> list[Path]:
    """The weights to start from: those of earlier runs if the folder holds some, else the pretrained ones."""
    return sorted(folder.glob("tuned*.npz")) or [require_path(folder / WEIGHTS_FILE, "encoder weights")]


@dataclass(frozen=True, slots=True)
class _Served:
    """What a bundle will hold: network, further files, its validation logits (N, G), preprocessing, notes."""

    network: Path
    files: dict[str, bytes]
    logits: Float32Array
    preprocessing: dict[str, Any] = field(default_factory=lambda: {"type": "wordpiece"})
    notes: dict[str, Any] = field(default_factory=dict)


def _blend(
    served: _Served,
    config: TfidfConfig,
    train: Sequence[PlotExample],
    validation: Sequence[PlotExample],
    encoded: EncodedPlots,
    held_out: EncodedPlots,
    work: Path,
    stream: Any,
) -> _Served:
    """Fits the linear partner and joins both networks into one file."""
    linear = fit_linear([row.plot for row in train], encoded.labels, encoded.mask, config, stream=stream)
    features = build_features(NgramEncoder(linear.vocabulary), [row.plot for row in validation])
    second = np.asarray(features @ linear.weights + linear.bias, np.float32)
    blend = fit_blend(served.logits, second, held_out.labels, held_out.mask)
    path = work / "blended.onnx"
    blend_networks(served.network, path, linear.weights, linear.bias, (blend.network, blend.linear, blend.offset))
    return _Served(
        path,
        {**served.files, NGRAMS_FILE: linear.vocabulary.dump()},
        blend.apply(served.logits, second),
        {"type": "wordpiece+ngrams", "ngrams": NGRAMS_FILE},
        {"linear_share": blend.share},
    )


def _finish(
    request: TrainingRequest,
    config: EncoderConfig,
    served: _Served,
    train: Sequence[PlotExample],
    encoded: EncodedPlots,
    held_out: EncodedPlots,
    known: Mapping[str, Sequence[str]],
) -> Bundle:
    """Calibrates, measures and writes the bundle."""
    return finish_bundle(
        request.output,
        Finish(
            kind="plot",
            recipe="encoder",
            genres=GENRES,
            preprocessing={**served.preprocessing, "tokenizer": TOKENIZER_FILE, "max_tokens": config.max_tokens},
            files={"model.onnx": served.network, **served.files},
            logits=served.logits,
            labels=held_out.labels,
            mask=held_out.mask,
            train_shares=encoded.labels.mean(axis=0),
            balance=config.balance,
            # A genre that a source never lists counts as absent in every measure; telling such films by their manner
            # of writing is worth 0.4 points of micro-F1 on validation.
            known_only=False,
            training={
                "fingerprint": fingerprint_examples(train),
                "examples": len(train),
                "seed": config.trainer.seed,
                "config": config_as_dict(config),
                "known_genres": {source: list(names) for source, names in known.items()},
                "command": request.command,
                **served.notes,
            },
        ),
    )


def answer_tokens(path: Path, rows: Sequence[Int32Array]) -> Float32Array:
    """Logits (N, G) of the exported network, in the order of the rows; like lengths share a batch."""
    network = OnnxNetwork(path, threads=2)
    order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
    parts = [
        network.run({"tokens": pad([rows[place] for place in order[start : start + 32]])})
        for start in range(0, len(order), 32)
    ]
    return put_back(order, np.concatenate(parts))
