"""Recipe ``poster-pair``: two poster networks in one ONNX file, their logits mixed by one share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from predictor.ml.artifacts import Bundle
from predictor.ml.errors import TrainingError
from predictor.ml.examples import PosterExample
from predictor.ml.labels import Float32Array
from predictor.ml.pipeline import PosterPipeline, load_pipeline
from predictor.ml.poster import PosterPreprocessing
from predictor.ml.runtime import OnnxNetwork
from predictor.ml.training.blending import Blend, fit_blend
from predictor.ml.training.config import config_as_dict, require
from predictor.ml.training.datasets import fingerprint_examples, known_genres_of, label_arrays
from predictor.ml.training.finishing import Finish, finish_bundle
from predictor.ml.training.onnx_join import join_networks
from predictor.ml.training.poster_recipe import complete_labels
from predictor.ml.training.posters import PosterBatches, cache_pixels
from predictor.ml.training.recipes import TrainingRequest, require_path, require_split

SHARES: Final = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class PairConfig:
    """Settings of the recipe ``poster-pair``.

    Attributes:
        second: folder of the second poster bundle; the request names the first.
        mirror: whether each poster is looked at as its mirror image too.
        balance: where thresholds stand between macro-F1 (0) and micro-F1 (1).
    """

    second: str = ""
    mirror: bool = False
    balance: float = 0.35

    def __post_init__(self) -> None:
        require(0 <= self.balance <= 1, "balance must be in [0, 1]", self.balance)


def train_poster_pair(request: TrainingRequest) -> Bundle:
    """Mixes two poster bundles into one; nothing but the share is fitted, on ``validation``.

    The pair's input is that of the first bundle; a second one of other sides sees its pictures brought to them.

    Args:
        request: needs ``posters``, ``poster_bundle`` and the setting ``second``.

    Returns:
        The bundle; its manifest names both parts and tells the score of each share tried.

    Raises:
        TrainingError: examples or bundles are missing, or the two read posters in different ways.
        ArtifactError: a part is refused, or the output exists.
    """
    config = replace(PairConfig(), **dict(request.overrides))
    second = require_path(Path(config.second) if config.second else None, "a second poster bundle (setting 'second')")
    parts = _load_parts(require_path(request.poster_bundle, "a poster bundle"), second)
    sides = [PosterPreprocessing.from_manifest(part.preprocessing) for part in parts]
    train = complete_labels(require_split(request.posters, "train", "posters"), request.plots)
    known = known_genres_of(train)
    validation = _validation_rows(request)
    labels, mask = label_arrays(validation, known, parts[0].genres)
    shown = [PosterBatches(cache_pixels(validation, own, request.work / "pixels"), labels, mask, own) for own in sides]
    networks = [part.path("model.onnx") for part in parts]
    told = [_answer(*pair, mirror=config.mirror) for pair in zip(networks, shown, strict=True)]
    blend = fit_blend(told[0], told[1], labels, mask, shares=SHARES)
    path = request.work / "model.onnx"
    join_networks(networks, path, (blend.network, blend.linear), blend.offset, mirror=config.mirror)
    return finish_bundle(
        request.output,
        Finish(
            kind="poster",
            recipe="poster-pair",
            genres=parts[0].genres,
            preprocessing=sides[0].as_dict(),
            files={"model.onnx": path},
            logits=_answer(path, shown[0], mirror=False),
            labels=labels,
            mask=mask,
            train_shares=label_arrays(train, known, parts[0].genres)[0].mean(axis=0),
            balance=config.balance,
            training={
                "fingerprint": fingerprint_examples(train),
                "examples": len(train),
                "seed": request.seed,
                "config": {**config_as_dict(config), "second": second.name},
                "command": request.command,
                "known_genres": {name: list(genres) for name, genres in known.items()},
                **_describe(parts, blend),
            },
        ),
    )


def _validation_rows(request: TrainingRequest) -> list[PosterExample]:
    """The posters that the share is fitted on.

    As in training, what a source cut off a list counts as absent: nearly every source cuts, few say so.

    Raises:
        TrainingError: there are none.
    """
    return [replace(row, unknown=()) for row in require_split(request.posters, "validation", "posters")]


def _load_parts(first: Path, second: Path) -> list[Bundle]:
    """The verified bundles of both parts.

    Raises:
        TrainingError: one is not for posters, or they differ in genres or in more of the preprocessing than sides.
    """
    pipelines = [load_pipeline(folder) for folder in (first, second)]
    if not all(isinstance(pipeline, PosterPipeline) for pipeline in pipelines):
        raise TrainingError(f"A pair needs two poster bundles, not {', '.join(p.kind for p in pipelines)}.")
    parts = [pipeline.bundle for pipeline in pipelines]
    alike = [{**part.preprocessing, "height_px": 0, "width_px": 0} for part in parts]
    if parts[0].genres != parts[1].genres or alike[0] != alike[1]:
        raise TrainingError(
            f"{parts[0].name} and {parts[1].name} must have the same genres and, but for its sides, the same input."
        )
    return parts


def _describe(parts: Sequence[Bundle], blend: Blend) -> dict[str, Any]:
    """What the manifest says of the parts, how each was trained, and of how they are mixed."""
    rows = []
    for part in parts:
        training: Mapping[str, Any] = part.manifest.get("training", {})
        told = {
            name: training[name] for name in ("command", "config", "teacher", "history", "parts") if name in training
        }
        rows.append({"name": part.name, "recipe": part.manifest["recipe"], "scoring_sha256": part.scoring_hash, **told})
    scores = {str(share): round(score, 4) for share, score in blend.scores.items()}
    return {"parts": rows, "share_of_second": blend.share, "scores_of_shares": scores}


def _answer(path: Path, source: PosterBatches, *, mirror: bool) -> Float32Array:
    """Logits (N, G) of a network for all posters, in the mean with those of the mirror images if so wished."""
    network = OnnxNetwork(path, threads=2)
    parts = []
    for batch in source.batches(0):
        logits = network.run({network.inputs[0]: batch.inputs})
        if mirror:
            logits = (logits + network.run({network.inputs[0]: np.ascontiguousarray(batch.inputs[:, :, ::-1])})) / 2.0
        parts.append(logits)
    return np.concatenate(parts)
