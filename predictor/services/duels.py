"""A new version beside the one that answers, on the site's own test films."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from movies.images import read_pixels
from predictor import pipelines
from predictor.ml.duel import NO_CHAMPION, TOO_FEW_FILMS, compare, decide_genres
from predictor.ml.evaluation import evaluate
from predictor.ml.labels import GENRES, Float32Array
from predictor.models import Kind, ModelVersion
from predictor.training_data import Gathered, Item

FILMS_AT_A_TIME = 32


def measure_beside_champion(version: ModelVersion, gathered: Gathered, folder: Path) -> dict[str, Any]:
    """Compare a version with the one that answers for its kind, and keep the result with the version.

    Args:
        version: The challenger.
        gathered: The site's labels; the test films are looked at.
        folder: Where posters of a distant storage are copied to.

    Returns:
        The comparison: `champion_name`, `verdict` and, where there are test films, the fields of `ml.duel.Duel`.

    Raises:
        Unavailable: One of the two cannot be loaded.
    """
    # Imported here because its neighbours bring pandas and ONNX in.
    from predictor.ml.training.datasets import known_genres_of, label_arrays

    champion = ModelVersion.objects.active().filter(kind=version.kind).exclude(pk=version.pk).first()
    told: dict[str, Any] = {"champion_name": champion.name if champion else ""}
    films = gathered.items["test"]
    metrics = dict(version.metrics)
    if films:
        examples = gathered.plots() if gathered.kind != Kind.POSTER else gathered.posters(folder)
        known = known_genres_of(examples["train"])
        labels, mask = label_arrays(examples["test"], known)
        shares = label_arrays(examples["train"], known)[0].mean(axis=0)
        said, probabilities, thresholds = _ask(version, films)
        metrics["site"] = evaluate(labels, probabilities, thresholds, GENRES, mask, train_shares=shares)
        if champion is not None:
            told |= compare(labels, mask, _ask(champion, films)[0], said).as_dict()
    if champion is None:
        told["verdict"] = NO_CHAMPION
    told.setdefault("verdict", TOO_FEW_FILMS)
    told.setdefault("films", len(films))
    ModelVersion.objects.filter(pk=version.pk).update(comparison=told, metrics=metrics)
    version.comparison, version.metrics = told, metrics
    return told


def _read_logits(pipeline: Any, films: Sequence[Item]) -> Float32Array:
    """Logits (N, G) of a pipeline of whatever kind; pictures are opened a few at a time."""
    parts = []
    for start in range(0, len(films), FILMS_AT_A_TIME):
        chunk = films[start : start + FILMS_AT_A_TIME]
        if pipeline.kind == Kind.PLOT:
            parts.append(pipeline.logits([film.plot for film in chunk]))
        elif pipeline.kind == Kind.POSTER:
            parts.append(pipeline.logits([_open_picture(film) for film in chunk]))
        else:
            parts.append(pipeline.logits([(film.plot, _open_picture(film)) for film in chunk]))
    return np.concatenate(parts)


def _open_picture(film: Item) -> Any:
    with film.poster.open("rb") as stream:
        return read_pixels(stream.read())


def _ask(version: ModelVersion, films: Sequence[Item]) -> tuple[Float32Array, Float32Array, Float32Array]:
    """Decisions (N, G), probabilities (N, G) and thresholds (G,) of a version, in the site's genres."""
    pipeline = pipelines.load_version(version)
    bundle = pipeline.bundle
    probabilities = bundle.calibration.apply(_read_logits(pipeline, films))
    said = decide_genres(probabilities, bundle.thresholds, bundle.genres, GENRES, bundle.single_label)
    place = {name: column for column, name in enumerate(bundle.genres)}
    # A genre that the version does not know is as improbable as can be, and never decided.
    nothing = np.zeros(len(films), np.float32)
    columns = [probabilities[:, place[name]] if name in place else nothing for name in GENRES]
    thresholds = [float(bundle.thresholds[place[name]]) if name in place else 1.0 for name in GENRES]
    return said, np.stack(columns, axis=1), np.asarray(thresholds, np.float32)
