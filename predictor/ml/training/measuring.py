"""Measures a finished bundle on a split of a data folder, through the very pipeline that serves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from predictor.ml.artifacts import Bundle
from predictor.ml.customs import list_families
from predictor.ml.errors import TrainingError
from predictor.ml.evaluation import evaluate
from predictor.ml.examples import PlotExample, PosterExample
from predictor.ml.labels import Float32Array, encode_rows
from predictor.ml.pipeline import FusionPipeline, PlotPipeline, PosterPipeline, load_pipeline
from predictor.ml.single_label import evaluate_single
from predictor.ml.training.datasets import label_arrays, read_imdb27, read_plots, read_posters, split_imdb27
from predictor.ml.training.progress import Progress

CHUNK = 256
OWN = "own"
"""In place of a custom: each film is answered in the custom of the source that its labels come from."""
CATALOGUE = "catalogue"
"""The same, but only told the catalogue that this source follows, as a site can be."""


def _open_poster(path: Path) -> Image.Image:
    """A poster's pixels, RGB."""
    with Image.open(path) as image:
        return image.convert("RGB")


def _load_items(kind: str, data: Path, split: str) -> tuple[list[Any], list[Any]]:
    """Examples that carry the labels, and for each what the pipeline is to look at.

    A pair of plot and poster carries the plot's labels: they are the fuller ones.
    """
    plots: Sequence[PlotExample] = read_plots(data)[split] if kind in ("plot", "both") else ()
    posters: Sequence[PosterExample] = read_posters(data)[split] if kind in ("poster", "both") else ()
    if kind == "plot":
        return list(plots), [row.plot for row in plots]
    if kind == "poster":
        return list(posters), [row.path for row in posters]
    paths = {row.film_id: row.path for row in posters}
    pairs = [row for row in plots if row.film_id in paths]
    return pairs, [(row.plot, paths[row.film_id]) for row in pairs]


def _load_single(data: Path, split: str) -> list[PlotExample]:
    """Plots with exactly one genre: the set's own test file, or what was set aside of its training file."""
    if split == "test":
        return read_imdb27(data, "test_solution.txt")
    return split_imdb27(read_imdb27(data))[1]


def label_single(examples: Sequence[PlotExample], genres: Sequence[str]) -> Float32Array:
    """One-hot labels (N, G), float32, of plots with one genre, whatever the case in which ``genres`` are spelled."""
    return encode_rows(([example.genres[0].lower()] for example in examples), [name.lower() for name in genres])


def _answer(pipeline: PlotPipeline | PosterPipeline | FusionPipeline, items: Sequence[Any]) -> Float32Array:
    """Logits (N, G); posters are opened chunk by chunk."""
    progress = Progress(-(-len(items) // CHUNK), title=pipeline.version)
    parts = []
    for start in range(0, len(items), CHUNK):
        chunk = items[start : start + CHUNK]
        if isinstance(pipeline, PlotPipeline):
            parts.append(pipeline.logits(chunk))
        elif isinstance(pipeline, PosterPipeline):
            parts.append(pipeline.logits([_open_poster(path) for path in chunk]))
        else:
            parts.append(pipeline.logits([(plot, _open_poster(path)) for plot, path in chunk]))
        progress.advance()
    return np.concatenate(parts)


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """A bundle's answers to the films of a split.

    Attributes:
        bundle: the verified bundle.
        labels: float32 (N, G), 0 or 1.
        mask: float32 (N, G), 0 where the label is unknown; None where all are known.
        probabilities: float32 (N, G), calibrated.
        logits: float32 (N, G), as the network gave them.
    """

    bundle: Bundle
    labels: Float32Array
    mask: Float32Array | None
    probabilities: Float32Array
    logits: Float32Array


def score_bundle(folder: Path, data: Path, split: str, *, threads: int = 1, custom: str = "") -> Scored:
    """Asks a bundle about a split as it would serve: its network and calibration.

    Args:
        folder: the bundle's folder.
        data: the data folder.
        split: ``validation`` or ``test``; of the IMDb 27-genre set for a bundle that names one genre.
        threads: processor threads.
        custom: whose list of genres a plot bundle is told to match (see ``customs.find_prior``), ``own`` for that of
            each film's own source, or ``catalogue`` for that of the catalogue which the source follows.

    Raises:
        ArtifactError: the bundle is refused.
        TrainingError: the split has no example for a bundle of this kind.
        MLError: the bundle has not learned the custom.
    """
    pipeline = load_pipeline(folder, threads=threads)
    bundle = pipeline.bundle
    if bundle.single_label:
        films = _load_single(data, split)
        examples, items = list[Any](films), list[Any](film.plot for film in films)
    else:
        examples, items = _load_items(pipeline.kind, data, split)
    if not examples:
        raise TrainingError(f"The data folder must hold {pipeline.kind} examples in the split {split!r}: none found.")
    logits = _answer_told(pipeline, examples, custom) if custom else _answer(pipeline, items)
    probabilities = bundle.calibration.apply(logits)
    if bundle.single_label:
        return Scored(bundle, label_single(examples, bundle.genres), None, probabilities, logits)
    known = bundle.manifest.get("training", {}).get("known_genres", {})
    labels, mask = label_arrays(examples, known, bundle.genres)
    return Scored(bundle, labels, mask, probabilities, logits)


def _answer_told(pipeline: Any, examples: Sequence[Any], custom: str) -> Float32Array:
    """Logits (N, G) of plots in a custom that is told; films of a source without one are answered by their manner."""
    if not isinstance(pipeline, PlotPipeline) or not pipeline.bundle.preprocessing.get("customs"):
        raise TrainingError(f"Customs can be told to a plot version that has learned some, not to {pipeline.version}.")
    plots = [example.plot for example in examples]
    if custom not in (OWN, CATALOGUE):
        return pipeline.with_custom(custom).logits(plots)
    learned = pipeline.bundle.preprocessing["customs"]
    told = {source: source for source in learned}
    if custom == CATALOGUE:
        told = {source: family for family, members in list_families(learned).items() for source in members}
    return pipeline.logits_told(plots, [told.get(example.source, "") for example in examples])


def measure_bundle(folder: Path, data: Path, split: str, *, threads: int = 1, custom: str = "") -> dict[str, Any]:
    """Measures a bundle as it would serve: its network, calibration and thresholds.

    Args:
        folder: the bundle's folder.
        data: the data folder.
        split: ``validation`` or ``test``.
        threads: processor threads.
        custom: as for ``score_bundle``.

    Returns:
        The figures of ``evaluation.evaluate``, the trivial rows from the training shares in the manifest; for a
        bundle that names one genre those of ``single_label.evaluate_single``.

    Raises:
        ArtifactError: the bundle is refused.
        TrainingError: the split has no example for a bundle of this kind.
    """
    scored = score_bundle(folder, data, split, threads=threads, custom=custom)
    bundle = scored.bundle
    shares = bundle.manifest.get("training", {}).get("label_shares")
    if bundle.single_label:
        return evaluate_single(scored.labels, scored.probabilities, bundle.genres, train_shares=shares)
    return evaluate(
        scored.labels, scored.probabilities, bundle.thresholds, bundle.genres, scored.mask, train_shares=shares
    )
