"""Recipe ``lstm-glove``: GloVe vectors, a bidirectional LSTM, one sigmoid per genre."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from predictor.ml.artifacts import Bundle
from predictor.ml.examples import PlotExample
from predictor.ml.labels import GENRES, Float32Array
from predictor.ml.runtime import OnnxNetwork
from predictor.ml.text import PlotEncoder, Vocabulary, pad, tokenize
from predictor.ml.training.architectures import build_bilstm
from predictor.ml.training.config import LstmConfig, config_as_dict, hash_config
from predictor.ml.training.datasets import fingerprint_examples, known_genres_of, label_arrays
from predictor.ml.training.embeddings import WordVectors, load_glove
from predictor.ml.training.export import export_network
from predictor.ml.training.finishing import Finish, finish_bundle
from predictor.ml.training.onnx_lstm import convert_bilstm, round_embedding
from predictor.ml.training.plot_batches import PlotBatches
from predictor.ml.training.recipes import TrainingRequest, require_path, require_split
from predictor.ml.training.trainer import Trainer


@dataclass(frozen=True, slots=True)
class _Encoded:
    """Examples of a split as arrays: id rows, labels (N, G) and mask (N, G)."""

    rows: list[Any]
    labels: Float32Array
    mask: Float32Array


def configure(request: TrainingRequest) -> LstmConfig:
    """The recipe's settings with the request's seed and overrides; unknown names are refused by the dataclasses."""
    own = {name: value for name, value in request.overrides.items() if name != "trainer"}
    trainer = replace(LstmConfig().trainer, seed=request.seed, **dict(request.overrides.get("trainer", {})))
    return replace(LstmConfig(), trainer=trainer, **own)


def _encode(encoder: PlotEncoder, examples: Sequence[PlotExample], known: Any) -> _Encoded:
    labels, mask = label_arrays(examples, known)
    return _Encoded([encoder.encode(example.plot) for example in examples], labels, mask)


def build_network(config: LstmConfig, *, vocabulary_size: int, embedding_dim: int) -> keras.Model:
    """The untrained network of the recipe; weights follow the config's seed."""
    keras.utils.set_random_seed(config.trainer.seed)
    return build_bilstm(
        vocabulary_size=vocabulary_size,
        embedding_dim=embedding_dim,
        units=config.units,
        genre_count=len(GENRES),
        embedding_dropout=config.embedding_dropout,
        dropout=config.dropout,
        word_dropout=config.word_dropout,
        seed=config.trainer.seed,
    )


def train_lstm_glove(request: TrainingRequest) -> Bundle:
    """Trains, exports and writes a plot bundle; the same request resumes a killed run.

    Args:
        request: needs ``plots`` and ``glove``.

    Returns:
        The bundle.

    Raises:
        TrainingError: examples or vectors are missing, or the settings are refused.
        ArtifactError: the output exists.
    """
    config = configure(request)
    train = require_split(request.plots, "train", "plots")
    validation = require_split(request.plots, "validation", "plots")
    glove = require_path(request.glove, "GloVe vectors")
    known = known_genres_of(train)
    vocabulary = Vocabulary.build(
        (tokenize(example.plot) for example in train), size=config.vocabulary_size, min_count=config.min_count
    )
    encoder = PlotEncoder(vocabulary, max_tokens=config.max_tokens)
    encoded, held_out = _encode(encoder, train, known), _encode(encoder, validation, known)
    vectors = load_glove(glove, vocabulary, seed=config.trainer.seed)
    model = build_network(config, vocabulary_size=len(vocabulary), embedding_dim=vectors.matrix.shape[1])
    model.get_layer("embedding").set_weights([vectors.matrix])
    history = _fit(model, config, encoded, held_out, request, fingerprint_examples(train))
    round_embedding(model)
    onnx_path = _export(model, held_out, request.work)
    return finish_bundle(
        request.output,
        Finish(
            kind="plot",
            recipe="lstm-glove",
            genres=GENRES,
            preprocessing={"type": "nltk-words", "vocabulary": "vocabulary.txt", "max_tokens": config.max_tokens},
            files={"model.onnx": onnx_path, "vocabulary.txt": vocabulary.dump()},
            logits=_answer(OnnxNetwork(onnx_path), held_out.rows),
            labels=held_out.labels,
            mask=held_out.mask,
            train_shares=encoded.labels.mean(axis=0),
            training={**_describe(config, train, known, vectors), "history": history, "command": request.command},
        ),
    )


def _describe(config: LstmConfig, train: Sequence[PlotExample], known: Any, vectors: WordVectors) -> dict[str, Any]:
    """What the manifest says of the training."""
    return {
        "fingerprint": fingerprint_examples(train),
        "examples": len(train),
        "seed": config.trainer.seed,
        "config": config_as_dict(config),
        "known_genres": {source: list(names) for source, names in known.items()},
        "embedding": {"dimensions": int(vectors.matrix.shape[1]), "words_found": vectors.found},
    }


def _fit(
    model: Any, config: LstmConfig, train: _Encoded, held_out: _Encoded, request: TrainingRequest, fingerprint: str
) -> list[dict[str, float]]:
    """Fits the model in place; the figures of each epoch."""
    size = config.trainer.batch_size
    trainer = Trainer(
        model,
        config.trainer,
        request.work / "lstm-glove",
        run_key=hash_config(config, fingerprint),
        stream=request.stream,
    )
    return trainer.fit(
        PlotBatches(train.rows, train.labels, train.mask, batch_size=size, seed=config.trainer.seed),
        PlotBatches(held_out.rows, held_out.labels, held_out.mask, batch_size=4 * size),
    )


def _export(model: Any, held_out: _Encoded, work: Path) -> Path:
    """Writes the ONNX file into the work folder, checked on single plots and on a batch."""
    path = work / "model.onnx"
    rows = held_out.rows
    samples = [{"tokens": pad(rows[:1])}, {"tokens": pad(rows[1:2] or rows)}, {"tokens": pad(rows[:16])}]
    export_network(model, path, samples, convert=convert_bilstm)
    return path


def _answer(network: OnnxNetwork, rows: Sequence[Any]) -> Float32Array:
    """Logits (N, G) of the exported network, in the order of the rows."""
    parts = [network.run({"tokens": pad(rows[start : start + 64])}) for start in range(0, len(rows), 64)]
    return np.concatenate(parts)
