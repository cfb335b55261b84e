"""Recipe ``lstm-single``: the IMDb 27-genre set, one LSTM, a softmax over the set's names."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
import numpy.typing as npt

from predictor.ml.artifacts import Bundle
from predictor.ml.evaluation import f1_scores
from predictor.ml.examples import PlotExample
from predictor.ml.labels import IMDB27, Float32Array
from predictor.ml.plain_words import PlainWordEncoder, clean_stop_words
from predictor.ml.runtime import OnnxNetwork
from predictor.ml.single_label import choose_one
from predictor.ml.text import UNKNOWN, Vocabulary
from predictor.ml.training.architectures import build_lstm
from predictor.ml.training.config import SingleConfig, config_as_dict, hash_config
from predictor.ml.training.datasets import IMDB27_FOLDER, fingerprint_examples, split_imdb27
from predictor.ml.training.embeddings import load_glove
from predictor.ml.training.export import export_network
from predictor.ml.training.finishing import Finish, finish_bundle
from predictor.ml.training.losses import categorical_crossentropy
from predictor.ml.training.measuring import label_single
from predictor.ml.training.onnx_lstm import convert_lstm, round_embedding
from predictor.ml.training.plot_batches import PlotBatches
from predictor.ml.training.recipes import TrainingRequest, require_split
from predictor.ml.training.stop_words import load_stop_words
from predictor.ml.training.trainer import Trainer

KERAS_FILE: Final = "movie_genre_classification_model.keras"
GENRES27: Final = tuple(name.lower() for name in IMDB27)
"""The 27 names as the set's files spell them."""


@dataclass(frozen=True, slots=True)
class SingleSplits:
    """Plots with exactly one genre.

    Attributes:
        train: the set's own training plots and those of other sources.
        held_out: plots of the set that validate.
    """

    train: list[PlotExample]
    held_out: list[PlotExample]


def configure(request: TrainingRequest) -> SingleConfig:
    """The recipe's settings with the request's seed and overrides; unknown names are refused by the dataclasses."""
    own = {name: value for name, value in request.overrides.items() if name != "trainer"}
    trainer = replace(SingleConfig().trainer, seed=request.seed, **dict(request.overrides.get("trainer", {})))
    return replace(SingleConfig(), trainer=trainer, **own)


def choose_examples(plots: Mapping[str, Sequence[PlotExample]]) -> SingleSplits:
    """Picks the plots with exactly one genre of the set's names.

    Args:
        plots: by split; of ``train`` those of the set itself are told by their source.

    Returns:
        Both splits; a plot that validates stands in no other source's training plots.

    Raises:
        TrainingError: no plot of the set is there, or too few to set one aside.
    """
    everything = require_split(plots, "train", "plots")
    own = [example for example in everything if example.source == IMDB27_FOLDER]
    own_train, held_out = split_imdb27(own)
    require_split({"validation": held_out, "train": own_train}, "train", "plots of the IMDb 27-genre set")
    require_split({"validation": held_out}, "validation", "plots of the IMDb 27-genre set")
    taken = {example.plot.strip() for example in held_out}
    others = [
        example
        for example in everything
        if example.source != IMDB27_FOLDER
        and len(example.genres) == 1
        and example.genres[0] in IMDB27
        and example.plot.strip() not in taken
    ]
    return SingleSplits(own_train + others, held_out)


def weigh_examples(examples: Sequence[PlotExample], labels: Float32Array, config: SingleConfig) -> Float32Array:
    """Weight of each film at its own genre: float32 (N, G), mean 1 over the films.

    Args:
        examples: N plots.
        labels: (N, G), one-hot.
        config: how much the set itself and rare genres are lifted.
    """
    shares = labels.mean(axis=0)
    lifted = np.power(np.maximum(shares, 1.0 / len(labels)), -config.balance)
    own = np.asarray([config.own_weight if row.source == IMDB27_FOLDER else 1.0 for row in examples])
    weights = own * (labels @ lifted)
    return np.asarray(labels * (weights / weights.mean())[:, None], dtype=np.float32)


def score_single(logits: Float32Array, labels: Float32Array, mask: Float32Array) -> float:
    """Validation score: the mean of accuracy and macro-F1 over the genres that occur."""
    present = labels.sum(axis=0) > 0
    scores = f1_scores(labels, choose_one(logits))
    return 0.5 * scores["micro"] + 0.5 * scores["macro"] * len(present) / float(present.sum())


def adapt_vectorization(plots: Sequence[str], config: SingleConfig) -> keras.layers.TextVectorization:
    """Keras' vectorisation fitted on cleaned plots: the most frequent words, rows of one length.

    Args:
        plots: training plots, cleaned by ``PlainWordEncoder.clean``.
        config: size of the vocabulary and length of a row.
    """
    layer = keras.layers.TextVectorization(
        max_tokens=config.vocabulary_size,
        standardize=None,
        split="whitespace",
        output_mode="int",
        output_sequence_length=config.max_tokens,
    )
    layer.adapt(np.asarray(plots, dtype=object).astype(str))
    return layer


def vectorize(layer: keras.layers.TextVectorization, plots: Sequence[str]) -> npt.NDArray[np.int32]:
    """Ids of cleaned plots, int32 (N, T), 0 for padding; a plot without a word is one unknown word."""
    ids = np.array(layer(np.asarray(plots, dtype=object).astype(str)), dtype=np.int32)
    ids[ids[:, 0] == 0, 0] = UNKNOWN
    return ids


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A split as arrays: ids (N, T) and one-hot labels (N, G)."""

    ids: npt.NDArray[np.int32]
    labels: Float32Array


def train_lstm_single(request: TrainingRequest) -> Bundle:
    """Trains, exports and writes a single-label plot bundle; the same request resumes a killed run.

    Args:
        request: needs ``plots`` with those of the IMDb 27-genre set; starts from ``glove`` where it is given.

    Returns:
        The bundle; beside its ONNX file lies the same network as ``movie_genre_classification_model.keras``.

    Raises:
        TrainingError: examples are missing, or the settings are refused.
        ArtifactError: the output exists.
    """
    config = configure(request)
    splits = choose_examples(request.plots)
    list_name, stop_words = load_stop_words()
    plain = PlainWordEncoder(Vocabulary(()), stop_words, max_tokens=config.max_tokens)
    cleaned = [plain.clean(example.plot) for example in splits.train]
    layer = adapt_vectorization(cleaned, config)
    vocabulary = Vocabulary(tuple(layer.get_vocabulary(include_special_tokens=False)))
    train = _Prepared(vectorize(layer, cleaned), label_single(splits.train, GENRES27))
    held_out = _Prepared(
        vectorize(layer, [plain.clean(example.plot) for example in splits.held_out]),
        label_single(splits.held_out, GENRES27),
    )
    model = _build(config, vocabulary, request.glove)
    history = _fit(model, config, splits, train, held_out, request)
    round_embedding(model)
    files = {
        **_export(model, held_out.ids, request.work),
        "vocabulary.txt": vocabulary.dump(),
        "stop_words.txt": "".join(f"{word}\n" for word in sorted(clean_stop_words(stop_words))).encode(),
    }
    return finish_bundle(
        request.output,
        Finish(
            kind="plot",
            recipe="lstm-single",
            genres=GENRES27,
            preprocessing=_describe_preprocessing(config, list_name),
            files=files,
            logits=_answer(OnnxNetwork(request.work / "model.onnx"), held_out.ids),
            labels=held_out.labels,
            mask=np.ones_like(held_out.labels),
            train_shares=_own_shares(splits.train, train.labels),
            single_label=True,
            training={**_describe(config, splits, request), "history": history},
        ),
    )


def _build(config: SingleConfig, vocabulary: Vocabulary, glove: Path | None) -> keras.Model:
    """The untrained network, its word vectors those of GloVe where a file is given."""
    vectors = load_glove(glove, vocabulary, seed=config.trainer.seed).matrix if glove else None
    keras.utils.set_random_seed(config.trainer.seed)
    model = build_lstm(
        vocabulary_size=len(vocabulary),
        max_tokens=config.max_tokens,
        embedding_dim=config.embedding_dim if vectors is None else int(vectors.shape[1]),
        units=config.units,
        genre_count=len(GENRES27),
        embedding_dropout=config.embedding_dropout,
        dropout=config.dropout,
        seed=config.trainer.seed,
    )
    if vectors is not None:
        model.get_layer("embedding").set_weights([vectors])
    return model


def _fit(
    model: keras.Model,
    config: SingleConfig,
    splits: SingleSplits,
    train: _Prepared,
    held_out: _Prepared,
    request: TrainingRequest,
) -> list[dict[str, float]]:
    """Fits the model in place; the figures of each epoch."""
    weights = weigh_examples(splits.train, train.labels, config)
    size, seed = config.trainer.batch_size, config.trainer.seed
    trainer = Trainer(
        model,
        config.trainer,
        request.work / "lstm-single",
        run_key=hash_config(config, fingerprint_examples(splits.train), request.glove is not None),
        score=score_single,
        criterion=categorical_crossentropy,
        stream=request.stream,
    )
    return trainer.fit(
        PlotBatches(list(train.ids), train.labels, weights, batch_size=size, seed=seed),
        PlotBatches(list(held_out.ids), held_out.labels, held_out.labels, batch_size=4 * size),
    )


def _export(model: keras.Model, ids: npt.NDArray[np.int32], work: Path) -> dict[str, Path | bytes]:
    """Writes the network as ONNX (logits) and in Keras' own format (probabilities), both into the work folder."""
    samples = [{"tokens": ids[:1]}, {"tokens": ids[:16]}]
    export_network(model, work / "model.onnx", samples, convert=convert_lstm)
    probabilities = keras.layers.Softmax(name="probabilities")(model.output)
    whole = keras.Model(model.input, probabilities, name="movie_genre_classification")
    with warnings.catch_warnings():
        # Keras copies variables in a way that numpy 2 warns of.
        warnings.simplefilter("ignore", DeprecationWarning)
        whole.save(work / KERAS_FILE)
    return {"model.onnx": work / "model.onnx", KERAS_FILE: work / KERAS_FILE}


def _describe_preprocessing(config: SingleConfig, list_name: str) -> dict[str, Any]:
    """What turns a plot into ids, and where the stop words come from."""
    return {
        "type": "plain-words",
        "vocabulary": "vocabulary.txt",
        "stop_words": "stop_words.txt",
        "stop_words_list": list_name,
        "max_tokens": config.max_tokens,
    }


def _describe(config: SingleConfig, splits: SingleSplits, request: TrainingRequest) -> dict[str, Any]:
    """What the manifest says of the training."""
    return {
        "fingerprint": fingerprint_examples(splits.train),
        "examples": len(splits.train),
        "own_examples": sum(row.source == IMDB27_FOLDER for row in splits.train),
        "seed": config.trainer.seed,
        "config": config_as_dict(config),
        "embedding": "GloVe" if request.glove else "random",
        "command": request.command,
    }


def _own_shares(examples: Sequence[PlotExample], labels: Float32Array) -> Float32Array:
    """Genre shares (G,) among the set's own training plots: what the trivial answers go by."""
    own = np.asarray([row.source == IMDB27_FOLDER for row in examples])
    return np.asarray(labels[own].mean(axis=0), dtype=np.float32)


def _answer(network: OnnxNetwork, ids: npt.NDArray[np.int32]) -> Float32Array:
    """Logits (N, G) of the exported network, in the order of the rows."""
    return np.concatenate([network.run({"tokens": ids[start : start + 64]}) for start in range(0, len(ids), 64)])
