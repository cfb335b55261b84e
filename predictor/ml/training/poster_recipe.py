"""Recipe ``backbone``: an ImageNet network, a linear probe for a start, fine-tuning from its middle up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from predictor.ml.artifacts import Bundle
from predictor.ml.errors import ExportError
from predictor.ml.examples import PosterExample
from predictor.ml.labels import GENRES, Float32Array
from predictor.ml.poster import PosterPreprocessing
from predictor.ml.runtime import OnnxNetwork
from predictor.ml.training.backbone import (
    LOGITS_LAYER,
    POOLED_LAYER,
    POOLED_NORM_LAYER,
    build_poster_network,
    freeze_stages,
    load_backbone_weights,
    scale_features,
)
from predictor.ml.training.config import BackboneConfig, config_as_dict, hash_config
from predictor.ml.training.datasets import fingerprint_examples, known_genres_of, label_arrays
from predictor.ml.training.export import export_network
from predictor.ml.training.finishing import Finish, finish_bundle
from predictor.ml.training.onnx_storage import store_in_half
from predictor.ml.training.poster_teacher import load_teacher, teach
from predictor.ml.training.posters import PosterBatches, cache_pixels
from predictor.ml.training.probe import fit_probe
from predictor.ml.training.recipes import TrainingRequest, require_path, require_split
from predictor.ml.training.trainer import Trainer, predict
from predictor.ml.training.weights import load_state_dict

HALF_TOLERANCE = 0.1
"""Largest change of a logit by rounding weights to float16; calibration and thresholds are fitted after it."""


@dataclass(frozen=True, slots=True)
class _Splits:
    """Batches of both splits, each genre's share of the training films, and what the manifest says of them."""

    train: PosterBatches
    validation: PosterBatches
    train_shares: Float32Array
    manifest: Mapping[str, Any]


def configure(request: TrainingRequest) -> BackboneConfig:
    """The recipe's settings with the request's seed and overrides; unknown names are refused by the dataclasses."""
    own = {name: value for name, value in request.overrides.items() if name != "trainer"}
    default = BackboneConfig()
    trainer = replace(default.trainer, seed=request.seed, **dict(request.overrides.get("trainer", {})))
    return replace(default, trainer=trainer, **own)


def train_backbone(request: TrainingRequest) -> Bundle:
    """Trains, exports and writes a poster bundle; the same request resumes a killed run.

    Args:
        request: needs ``posters`` and ``backbone_weights``; ``plots``, where given, complete the training labels.

    Returns:
        The bundle.

    Raises:
        TrainingError: examples or weights are missing, or the settings are refused.
        ArtifactError: the weights do not fit the network, or the output exists.
        ExportError: the exported network answers otherwise.
    """
    config = configure(request)
    path = require_path(request.backbone_weights, "the weights of the convolutional network")
    preprocessing = PosterPreprocessing(config.height_px, config.width_px)
    splits = _prepare(request, config, preprocessing)
    keras.utils.set_random_seed(config.trainer.seed)
    model = build_poster_network(
        config.variant,
        config.height_px,
        config.width_px,
        len(GENRES),
        dropout=config.dropout,
        levels=config.levels,
    )
    load_backbone_weights(model, load_state_dict(path))
    freeze_stages(model, config.variant, config.frozen_stages)
    _start_from_probe(model, splits.train, config, request.work)
    history = _fine_tune(model, splits, config, request) if config.fine_tune else []
    onnx_path = export_poster_network(model, request.work, next(splits.validation.batches(0)).inputs)
    return finish_bundle(
        request.output,
        Finish(
            kind="poster",
            recipe="backbone",
            genres=GENRES,
            preprocessing=preprocessing.as_dict(),
            files={"model.onnx": onnx_path},
            logits=_answer(OnnxNetwork(onnx_path, threads=2), splits.validation),
            labels=splits.validation.labels,
            mask=splits.validation.mask,
            train_shares=splits.train_shares,
            balance=config.balance,
            training={
                **splits.manifest,
                "config": config_as_dict(config),
                "command": request.command,
                "history": history,
            },
        ),
    )


def _fine_tune(
    model: keras.Model, splits: _Splits, config: BackboneConfig, request: TrainingRequest
) -> list[dict[str, float]]:
    """Trains all that is not frozen; gives a row for each epoch."""
    trainer = Trainer(
        model,
        config.trainer,
        request.work / "backbone",
        run_key=_name_run(config, str(splits.manifest["fingerprint"])),
        stream=request.stream,
    )
    return trainer.fit(splits.train, splits.validation)


def _name_run(config: BackboneConfig, fingerprint: str) -> str:
    """Hash of what the fine-tuned weights depend on; thresholds can be chosen anew without training again."""
    settings = {name: value for name, value in config_as_dict(config).items() if name != "balance"}
    return hash_config(settings, fingerprint)


def complete_labels(posters: Sequence[PosterExample], plots: Mapping[str, Sequence[Any]]) -> tuple[PosterExample, ...]:
    """Adds to training posters the genres that the plot of the same film in the same split has.

    Args:
        posters: training posters.
        plots: plot examples by split; only ``train`` is looked at.

    Returns:
        The posters in the same order; a genre that was unknown and is found true is unknown no longer.
    """
    fuller = {row.film_id: row.genres for row in plots.get("train", ())}
    completed = []
    for row in posters:
        more = set(fuller.get(row.film_id, ()))
        genres = tuple(sorted({*row.genres, *more}))
        completed.append(replace(row, genres=genres, unknown=tuple(n for n in row.unknown if n not in more)))
    return tuple(completed)


def _prepare(request: TrainingRequest, config: BackboneConfig, preprocessing: PosterPreprocessing) -> _Splits:
    """Decodes the posters of both splits and encodes their labels."""
    train = complete_labels(require_split(request.posters, "train", "posters"), request.plots)
    if not config.mask_cut:
        train = tuple(replace(row, unknown=()) for row in train)
    validation = require_split(request.posters, "validation", "posters")
    known = known_genres_of(train)
    size = config.trainer.batch_size
    teacher = load_teacher(request, config.teacher_share, config.teacher_custom)

    def batches(examples: Sequence[PosterExample], zoom: float) -> PosterBatches:
        pixels = cache_pixels(examples, preprocessing, request.work / "pixels")
        labels, mask = label_arrays(examples, known)
        if zoom:
            labels = teach(labels, examples, teacher, config.teacher_share)
        return PosterBatches(pixels, labels, mask, preprocessing, size, config.trainer.seed, zoom, config.mixup)

    manifest = {
        "fingerprint": fingerprint_examples(train),
        "examples": len(train),
        "seed": config.trainer.seed,
        "teacher": teacher.name,
        "known_genres": {source: list(names) for source, names in known.items()},
    }
    shares = label_arrays(train, known)[0].mean(axis=0)
    return _Splits(batches(train, config.zoom), batches(validation, 0.0), shares, manifest)


def _start_from_probe(model: keras.Model, train: PosterBatches, config: BackboneConfig, work: Path) -> None:
    """Sets the logits layer to a linear probe on the ImageNet features, so that fine-tuning breaks none of them."""
    kept = work / "probe.npz"
    if not kept.is_file():
        work.mkdir(parents=True, exist_ok=True)
        pooled = keras.Model(model.input, model.get_layer(POOLED_LAYER).output)
        features = predict(pooled, replace(train, zoom=0.0)).logits
        mean, variance = features.mean(axis=0), features.var(axis=0)
        if config.levels:
            features = scale_features(features, mean, variance)
        probe = fit_probe(features, train.labels, train.mask, penalty=config.probe_penalty)
        np.savez(kept, weights=probe.weights, bias=probe.bias, mean=mean, variance=variance)
    with np.load(kept) as stored:
        model.get_layer(LOGITS_LAYER).set_weights([stored["weights"], stored["bias"]])
        if config.levels:
            model.get_layer(POOLED_NORM_LAYER).set_weights([stored["mean"], stored["variance"]])


def export_poster_network(model: keras.Model, work: Path, samples: Float32Array) -> Path:
    """Writes the network as ONNX, weights stored in float16.

    Args:
        model: the trained network, images to logits.
        work: folder for the files.
        samples: float32 (N, H, W, 3), N of 2 or more, to compare answers on.

    Returns:
        Path of the file to ship.

    Raises:
        ExportError: Keras and ONNX differ by more than 1e-4, or float16 changes a logit by more than 0.1.
    """
    whole, shipped = work / "model-float32.onnx", work / "model.onnx"
    export_network(model, whole, [{"image": samples[:1]}, {"image": samples}])
    store_in_half(whole, shipped)
    exact, rounded = (OnnxNetwork(path) for path in (whole, shipped))
    change = float(np.abs(exact.run({exact.inputs[0]: samples}) - rounded.run({rounded.inputs[0]: samples})).max())
    if not change <= HALF_TOLERANCE:
        raise ExportError(f"Weights in float16 may change a logit by {HALF_TOLERANCE}, not by {change:.4f}.")
    return shipped


def _answer(network: OnnxNetwork, source: PosterBatches) -> Float32Array:
    """Logits (N, G) of the exported network in the order of the posters."""
    return np.concatenate([network.run({network.inputs[0]: batch.inputs}) for batch in source.batches(0)])
