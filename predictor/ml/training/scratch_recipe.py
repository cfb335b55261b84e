"""Recipe ``cnn-scratch``: the poster demo network of the field, from random weights, with posters read as needed."""

from __future__ import annotations

import resource
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import keras
import numpy as np
from keras import layers

from predictor.ml.artifacts import Bundle
from predictor.ml.errors import TrainingError
from predictor.ml.examples import PosterExample
from predictor.ml.labels import POSTER25, Float32Array
from predictor.ml.poster import PosterPreprocessing, normalise_pixels, resize_poster
from predictor.ml.runtime import OnnxNetwork
from predictor.ml.training.backbone import LOGITS_LAYER
from predictor.ml.training.config import ScratchConfig, config_as_dict, hash_config
from predictor.ml.training.datasets import fingerprint_examples, known_genres_of, label_arrays
from predictor.ml.training.finishing import Finish, finish_bundle
from predictor.ml.training.poster_recipe import complete_labels, export_poster_network
from predictor.ml.training.posters import open_poster, vary_poster
from predictor.ml.training.progress import Progress
from predictor.ml.training.recipes import TrainingRequest, require_split
from predictor.ml.training.trainer import Batch, Trainer

KIBIBYTE: Final = 1024


@dataclass(frozen=True, slots=True)
class StreamedPosters:
    """Batches of posters that are opened when their batch is due and forgotten after it.

    Attributes:
        examples: N posters.
        labels: float32 (N, G), 0 or 1.
        mask: float32 (N, G), 0 where the label is unknown.
        preprocessing: sides and normalisation of the input.
        batch_size: posters in memory at a time.
        seed: of order and variations; None keeps the order and varies nothing, for measuring.
        zoom: largest share of either side that a variation cuts off; 0 for none.
    """

    examples: Sequence[PosterExample]
    labels: Float32Array
    mask: Float32Array
    preprocessing: PosterPreprocessing
    batch_size: int = 32
    seed: int | None = None
    zoom: float = 0.0

    def __post_init__(self) -> None:
        if not len(self.examples) == len(self.labels) == len(self.mask):
            raise TrainingError(
                "Posters, labels and mask must have one length, not "
                f"{len(self.examples)}, {len(self.labels)} and {len(self.mask)}."
            )

    def __len__(self) -> int:
        """Batches in an epoch."""
        return -(-len(self.examples) // self.batch_size)

    def batches(self, epoch: int) -> Iterator[Batch]:
        """The batches of an epoch, counted from 0; the same number gives the same batches."""
        generator = None if self.seed is None else np.random.default_rng((self.seed, epoch))
        order = np.arange(len(self.examples)) if generator is None else generator.permutation(len(self.examples))
        for start in range(0, len(order), self.batch_size):
            rows = order[start : start + self.batch_size]
            inputs = np.stack([self._read(self.examples[row], generator) for row in rows])
            yield Batch(inputs, self.labels[rows], self.mask[rows])

    def _read(self, example: PosterExample, generator: np.random.Generator | None) -> Float32Array:
        """Model input of one poster, (H, W, 3)."""
        pixels = np.asarray(resize_poster(open_poster(example.path), self.preprocessing))
        if generator is not None and self.zoom > 0:
            pixels = vary_poster(pixels, generator, self.zoom)
        return normalise_pixels(pixels, self.preprocessing)


def build_scratch_network(config: ScratchConfig, genre_count: int) -> keras.Model:
    """Untrained convolution blocks, one dense layer, one logit per genre.

    A block is a convolution of 3 by 3, batch normalisation, ReLU, and a maximum over 2 by 2.

    Args:
        config: sides, filters, dropout; weights follow its seed.
        genre_count: number of logits, G.

    Returns:
        Model from ``image`` float32 (N, side, side, 3), about [-1, 1], to logits float32 (N, G).
    """
    keras.utils.set_random_seed(config.trainer.seed)
    image = keras.Input((config.side_px, config.side_px, 3), name="image")
    features = image
    for place, filters in enumerate(config.filters):
        features = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"conv{place}")(features)
        features = layers.BatchNormalization(momentum=0.9, name=f"norm{place}")(features)
        features = layers.ReLU(name=f"relu{place}")(features)
        features = layers.MaxPooling2D(name=f"pool{place}")(features)
    pooled = layers.GlobalAveragePooling2D(name="mean")(features)
    hidden = layers.Dense(config.dense_units, activation="relu", name="dense")(pooled)
    hidden = layers.Dropout(config.dropout, seed=config.trainer.seed, name="dropout")(hidden)
    return keras.Model(image, layers.Dense(genre_count, name=LOGITS_LAYER)(hidden), name="cnn_scratch")


def configure(request: TrainingRequest) -> ScratchConfig:
    """The recipe's settings with the request's seed and overrides; unknown names are refused by the dataclasses."""
    own = {name: value for name, value in request.overrides.items() if name != "trainer"}
    trainer = replace(ScratchConfig().trainer, seed=request.seed, **dict(request.overrides.get("trainer", {})))
    return replace(ScratchConfig(), trainer=trainer, **own)


def peak_memory_bytes() -> int:
    """The largest resident size that this process has had."""
    # Linux counts in KiB.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIBIBYTE


def train_cnn_scratch(request: TrainingRequest) -> Bundle:
    """Trains, exports and writes a poster bundle; the same request resumes a killed run.

    Args:
        request: needs ``posters``; ``plots``, where given, complete the training labels.

    Returns:
        The bundle; its manifest tells the peak memory of the run.

    Raises:
        TrainingError: examples are missing, or the settings are refused.
        ArtifactError: the output exists.
        ExportError: the exported network answers otherwise.
    """
    config = configure(request)
    posters = complete_labels(require_split(request.posters, "train", "posters"), request.plots)
    known = known_genres_of(posters)
    train = _stream(posters, known, config, seed=config.trainer.seed)
    validation = _stream(require_split(request.posters, "validation", "posters"), known, config)
    model = build_scratch_network(config, len(POSTER25))
    description = _describe(config, posters, known)
    history = Trainer(
        model,
        config.trainer,
        request.work / "cnn-scratch",
        run_key=hash_config({**config_as_dict(config), "balance": None}, description["fingerprint"]),
        stream=request.stream,
    ).fit(train, validation)
    path = export_poster_network(model, request.work, next(validation.batches(0)).inputs)
    logits = _answer(OnnxNetwork(path, threads=2), validation)
    peak_bytes = peak_memory_bytes()
    Progress(1, title="cnn-scratch", stream=request.stream).say(f"peak memory {peak_bytes / 1e9:.2f} GB")
    told = {"command": request.command, "history": history, "peak_memory_bytes": peak_bytes}
    return finish_bundle(
        request.output,
        Finish(
            kind="poster",
            recipe="cnn-scratch",
            genres=POSTER25,
            preprocessing=train.preprocessing.as_dict(),
            files={"model.onnx": path},
            logits=logits,
            labels=validation.labels,
            mask=validation.mask,
            train_shares=train.labels.mean(axis=0),
            balance=config.balance,
            training={**description, **told},
        ),
    )


def _stream(
    examples: Sequence[PosterExample], known: Any, config: ScratchConfig, *, seed: int | None = None
) -> StreamedPosters:
    """The batches of a split, varied and shuffled where a seed is given."""
    labels, mask = label_arrays(examples, known, POSTER25)
    preprocessing = PosterPreprocessing(config.side_px, config.side_px)
    return StreamedPosters(
        examples, labels, mask, preprocessing, config.step_posters, seed, config.zoom if seed is not None else 0.0
    )


def _describe(config: ScratchConfig, posters: Sequence[PosterExample], known: Any) -> dict[str, Any]:
    """What the manifest says of the training."""
    return {
        "fingerprint": fingerprint_examples(posters),
        "examples": len(posters),
        "seed": config.trainer.seed,
        "config": config_as_dict(config),
        "known_genres": {source: list(names) for source, names in known.items()},
    }


def _answer(network: OnnxNetwork, source: StreamedPosters) -> Float32Array:
    """Logits (N, G) of the exported network in the order of the posters."""
    return np.concatenate([network.run({network.inputs[0]: batch.inputs}) for batch in source.batches(0)])
