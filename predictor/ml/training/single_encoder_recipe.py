"""Recipe ``encoder-single``: a MiniLM fine-tuned to name the one genre of a plot, a softmax over the set's 27 names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np

from predictor.ml.artifacts import Bundle
from predictor.ml.examples import PlotExample
from predictor.ml.labels import GENRES, IMDB27, Float32Array
from predictor.ml.text import Int32Array
from predictor.ml.training.checkpoints import save_weights
from predictor.ml.training.config import config_as_dict, hash_config
from predictor.ml.training.datasets import IMDB27_FOLDER, fingerprint_examples, split_imdb27
from predictor.ml.training.encoder import build_encoder
from predictor.ml.training.encoder_fitting import find_weights, fingerprint_file
from predictor.ml.training.encoder_recipe import TOKENIZER_FILE, TUNED_FILE
from predictor.ml.training.encoder_serving import answer_tokens, export_encoder
from predictor.ml.training.encoder_trainer import EncoderTrainer
from predictor.ml.training.encoder_weights import is_tuned, load_pretrained, load_tuned
from predictor.ml.training.finishing import Finish, finish_bundle
from predictor.ml.training.losses import partial_crossentropy
from predictor.ml.training.measuring import label_single
from predictor.ml.training.plot_batches import PlotBatches, keep_answers
from predictor.ml.training.recipes import TrainingRequest, require_path, require_split
from predictor.ml.training.single_encoder_config import SingleEncoderConfig
from predictor.ml.training.single_films import SampledBatches, SingleFilms, exclude_plots, gather_films
from predictor.ml.training.single_head import Head, choose_for_head, fit_head
from predictor.ml.training.single_recipe import GENRES27
from predictor.ml.wordpiece import WordpieceEncoder

WANTED: Final = "plots of the IMDb 27-genre set"


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Films that validate, shortest first: id rows (T,) each, labels (N, 27) and weights (N, 27), as in training."""

    rows: list[Int32Array]
    labels: Float32Array
    weights: Float32Array


def configure(request: TrainingRequest) -> SingleEncoderConfig:
    """The recipe's settings with the request's seed and overrides; unknown names are refused by the dataclasses."""
    default = SingleEncoderConfig()
    own = {name: value for name, value in request.overrides.items() if name not in ("trainer", "shape")}
    trainer = replace(default.trainer, **{"seed": request.seed, **request.overrides.get("trainer", {})})
    shape = replace(default.shape, **request.overrides.get("shape", {}))
    return replace(default, trainer=trainer, shape=shape, **own)


def gather_judges(own: Sequence[PlotExample], validation: Sequence[PlotExample], encoder: WordpieceEncoder) -> HeldOut:
    """Films of other sources' validation split that have one genre: they tell which epoch is the best.

    The set's own held-out films cannot: an encoder that earlier runs tuned on the set has seen them, and forgets them
    as it learns, so that they would always ask for the first epoch.

    Args:
        own: training plots of the set, whose mixture of genres is the one that counts.
        validation: validation plots of other sources.
        encoder: of the plots.

    Raises:
        TrainingError: none of them has exactly one genre of the set's names.
    """
    films = gather_films(own, [row for row in validation if len(row.genres) == 1])
    require_split({"validation": films.others}, "validation", "plots with one genre")
    rows = [encoder.encode(row.plot) for row in films.others]
    order = np.argsort([len(row) for row in rows], kind="stable")
    places = len(films.own) + order
    return HeldOut([rows[place] for place in order], films.labels[places], films.weights[places])


def score_partial(logits: Float32Array, labels: Float32Array, weights: Float32Array) -> float:
    """Validation score: the mean log probability of the films' genres under the mixture of their source."""
    return -float(np.asarray(partial_crossentropy(labels, logits, weights)))


def build_single(config: SingleEncoderConfig, *, genre_count: int, precision: str = "float32") -> keras.Model:
    """The untrained network; weights follow the config's seed, word vectors are not trained."""
    keras.utils.set_random_seed(config.trainer.seed)
    model = build_encoder(
        config.shape,
        genre_count=genre_count,
        dropout=config.dropout,
        head_dropout=config.head_dropout,
        seed=config.trainer.seed,
        precision=precision,
    )
    model.get_layer("words").trainable = False
    return model


def start_network(config: SingleEncoderConfig, weights: Sequence[Path]) -> keras.Model:
    """The network as training finds it.

    Args:
        config: the settings.
        weights: the safetensors file of the pretrained encoder, whose head is all zeros, or the ``.npz`` files of runs
            of the recipe ``encoder`` or the network of one of its bundles, whose head is taken over genre by genre.

    Returns:
        A model of 27 logits in the config's precision.

    Raises:
        TrainingError: the weights are unusable.
    """
    model = build_single(config, genre_count=len(IMDB27), precision=config.precision)
    if not is_tuned(weights):
        load_pretrained(model, weights[0], blocks=config.shape.blocks)
        head = model.get_layer("logits")
        head.set_weights([np.zeros_like(values) for values in head.get_weights()])
        return model
    tuned = build_single(config, genre_count=len(GENRES))
    load_tuned(tuned, weights)
    for layer in tuned.layers:
        if layer.name != "logits":
            model.get_layer(layer.name).set_weights(layer.get_weights())
    places = [GENRES.index(name) for name in IMDB27]
    kernel, bias = tuned.get_layer("logits").get_weights()
    model.get_layer("logits").set_weights([kernel[:, places], bias[places]])
    return model


def fit_first_head(
    model: keras.Model, config: SingleEncoderConfig, films: SingleFilms, rows: Sequence[Int32Array], kept: Path
) -> None:
    """Gives a network a head fitted on its frozen features, in place; the features are kept for a next time.

    Args:
        model: the network as training finds it.
        config: the settings.
        films: training films.
        rows: their token ids.
        kept: file for the features; only a run with the same films and the same encoder may name it.
    """
    own, others = len(films.own), choose_for_head(films.others, per_genre=config.head_films, seed=config.trainer.seed)
    places = np.concatenate([np.arange(own), own + np.asarray(others, np.int64)])
    pooled = keras.Model(model.input, model.get_layer("pool").output)
    features = keep_answers(kept, pooled, [rows[place] for place in places])
    kernel, bias = model.get_layer("logits").get_weights()
    shares = np.full(len(places), 1.0 / own)
    shares[own:] = config.head_others / max(len(others), 1)
    head = fit_head(
        features,
        films.labels[places],
        _lift(films, config)[places],
        shares,
        Head(config.head_kept * kernel, config.head_kept * bias),
        penalty=config.head_penalty,
    )
    model.get_layer("logits").set_weights([head.kernel, head.bias])


def _lift(films: SingleFilms, config: SingleEncoderConfig) -> Float32Array:
    """Weights (N, 27) of the loss, the set's own shares in them as far as the settings lift rare genres."""
    return np.asarray(films.weights * np.power(films.own_shares, config.balance), np.float32)


def fit_single(
    config: SingleEncoderConfig,
    weights: Sequence[Path],
    films: SingleFilms,
    rows: Sequence[Int32Array],
    held_out: HeldOut,
    *,
    folder: Path,
    stream: Any = None,
) -> tuple[keras.Model, list[dict[str, float]]]:
    """Fits the head, then the whole network if the settings say so; the same call resumes a killed run.

    Args:
        config: the settings.
        weights: as for ``start_network``.
        films: training films.
        rows: their token ids.
        held_out: films that tell which epoch is the best.
        folder: where the checkpoint lies.
        stream: where progress goes; default stderr.

    Returns:
        A float32 model with the weights of the best epoch, and one row of figures for each epoch.

    Raises:
        TrainingError: the weights are unusable or the folder holds another run.

    Source:
        Menon et al., "Long-tail learning via logit adjustment" (2021), for the lifting of rare genres.
    """
    model = start_network(config, weights)
    made_from = [fingerprint_examples(films.examples), *map(fingerprint_file, weights)]
    features = hash_config(config.shape, config.max_tokens, config.head_films, config.trainer.seed, *made_from)
    fit_first_head(model, config, films, rows, folder / f"features-{features[:12]}.npy")
    run_key = hash_config(config, *made_from)
    history = _fine_tune(model, config, films, rows, held_out, folder, run_key, stream) if config.fine_tune else []
    exact = build_single(config, genre_count=len(IMDB27))
    exact.set_weights(model.get_weights())
    return exact, history


def _fine_tune(
    model: keras.Model,
    config: SingleEncoderConfig,
    films: SingleFilms,
    rows: Sequence[Int32Array],
    held_out: HeldOut,
    folder: Path,
    run_key: str,
    stream: Any,
) -> list[dict[str, float]]:
    """Fits the whole network in place; the figures of each epoch."""
    trainer = EncoderTrainer(
        model,
        config.trainer,
        folder,
        run_key=run_key,
        score=score_partial,
        criterion=partial_crossentropy,
        stream=stream,
        blocks=config.shape.blocks,
        layer_decay=config.layer_decay,
        head_rate=config.head_rate,
        loss=partial_crossentropy,
    )
    train = SampledBatches(
        rows,
        films.labels,
        _lift(films, config),
        own=len(films.own),
        drawn=round(config.others * len(films.own)),
        batch_size=config.trainer.batch_size,
        seed=config.trainer.seed,
    )
    measured = PlotBatches(held_out.rows, held_out.labels, held_out.weights, batch_size=2 * config.trainer.batch_size)
    return trainer.fit(train, measured)


def train_encoder_single(request: TrainingRequest) -> Bundle:
    """Trains, exports and writes a single-label plot bundle; the same request resumes a killed run.

    Args:
        request: needs ``plots`` of training and validation with those of the IMDb 27-genre set, and
            ``encoder_weights``, the folder with the tokeniser and the pretrained weights or those of earlier runs of
            the recipe ``encoder``.

    Returns:
        The bundle.

    Raises:
        TrainingError: examples or weights are missing, or the settings are refused.
        ArtifactError: the output exists.
    """
    config = configure(request)
    everything = require_split(request.plots, "train", "plots")
    own, validating = split_imdb27([row for row in everything if row.source == IMDB27_FOLDER])
    require_split({"train": own}, "train", WANTED)
    require_split({"validation": validating}, "validation", WANTED)
    films = gather_films(own, exclude_plots(everything, validating))
    source = require_path(request.encoder_weights, "encoder weights")
    encoder = WordpieceEncoder(source / TOKENIZER_FILE, max_tokens=config.max_tokens)
    judging = gather_judges(own, require_split(request.plots, "validation", "plots"), encoder)
    work = request.work / "encoder-single"
    model, history = fit_single(
        config,
        find_weights(source),
        films,
        [encoder.encode(row.plot) for row in films.examples],
        judging,
        folder=work,
        stream=request.stream,
    )
    save_weights(work / TUNED_FILE, model)
    rows = [encoder.encode(row.plot) for row in validating]
    labels = label_single(validating, GENRES27)
    path = export_encoder(model, work, rows)
    return finish_bundle(
        request.output,
        Finish(
            kind="plot",
            recipe="encoder-single",
            genres=GENRES27,
            preprocessing={"type": "wordpiece", "tokenizer": TOKENIZER_FILE, "max_tokens": config.max_tokens},
            files={"model.onnx": path, TOKENIZER_FILE: (source / TOKENIZER_FILE).read_bytes()},
            logits=answer_tokens(path, rows),
            labels=labels,
            mask=np.ones_like(labels),
            train_shares=films.labels[: len(own)].mean(axis=0),
            single_label=True,
            training={**_describe(config, films, request), "history": history},
        ),
    )


def _describe(config: SingleEncoderConfig, films: SingleFilms, request: TrainingRequest) -> Mapping[str, Any]:
    """What the manifest says of the training."""
    return {
        "fingerprint": fingerprint_examples(films.examples),
        "examples": len(films.examples),
        "own_examples": len(films.own),
        "seed": config.trainer.seed,
        "config": config_as_dict(config),
        "command": request.command,
    }
