"""Recipe ``late-fusion``: one logit per genre from the calibrated logits of a plot bundle and a poster bundle.

fused = plot_weight * plot + poster_weight * poster + offset, genre by genre, fitted on the validation films that have
both. A few hundred films cannot carry three numbers for a rare genre, so each genre is shrunk to one shared fit. What
the other genres tell (a poster of a western, a plot of a war, both little likely to be a comedy) comes as a further
term of every genre's logit on all of them, shrunk to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, checker, helper, numpy_helper
from PIL import Image

from predictor.ml.artifacts import Bundle, save_bundle
from predictor.ml.calibration import PlattCalibration, sigmoid
from predictor.ml.customs import list_families
from predictor.ml.errors import TrainingError
from predictor.ml.examples import PlotExample, PosterExample
from predictor.ml.labels import GENRES, Float32Array
from predictor.ml.pipeline import PlotPipeline, PosterPipeline, load_pipeline
from predictor.ml.training.config import config_as_dict, require
from predictor.ml.training.datasets import fingerprint_examples, known_genres_of, label_arrays
from predictor.ml.training.finishing import Finish, finish_bundle
from predictor.ml.training.recipes import TrainingRequest, require_path, require_split

Float64Array = npt.NDArray[np.float64]

OPSET: Final = 17
IR_VERSION: Final = 8
CHUNK: Final = 64
_NEWTON_STEPS: Final = 30
_MIN_PAIRS: Final = 2
_MIN_POSITIVES: Final = 10
"""Films of a genre below which nothing is learned of what it tells about others, or others about it."""


@dataclass(frozen=True, slots=True)
class FusionConfig:
    """Settings of the recipe ``late-fusion``.

    Attributes:
        shrinkage: weight of the shared fit in each genre's own, inverse variance of a Gaussian prior.
        across: the same for what other genres add, whose prior is nothing; per standard deviation of a logit.
        balance: where thresholds stand between macro-F1 (0) and micro-F1 (1).
        plot_custom: the custom in which the plot part is read, see ``customs.find_prior``; nothing to leave it to each
            plot. The films that have both are nearly all listed by one catalogue.
    """

    shrinkage: float = 100.0
    across: float = 300.0
    balance: float = 0.15
    plot_custom: str = ""

    def __post_init__(self) -> None:
        for name in ("shrinkage", "across"):
            require(getattr(self, name) > 0, f"{name} must be above 0", getattr(self, name))
        require(0 <= self.balance <= 1, "balance must be in [0, 1]", self.balance)


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """What fuses G genres.

    Attributes:
        plot: float32 (G,), at least 0.
        poster: float32 (G,), at least 0.
        offset: float32 (G,).
        plot_across: float32 (G, G): what the plot's logit of the first genre adds to the second.
        poster_across: the same of the poster's.
    """

    plot: Float32Array
    poster: Float32Array
    offset: Float32Array
    plot_across: Float32Array
    poster_across: Float32Array

    @classmethod
    def by_genre(cls, plot: Float32Array, poster: Float32Array, offset: Float32Array) -> FusionWeights:
        """Weights of each genre's own logits alone."""
        nothing = np.zeros((len(plot), len(plot)), np.float32)
        return cls(plot, poster, offset, nothing, nothing)

    @property
    def plot_matrix(self) -> Float32Array:
        """All that is made of the plot's logits, float32 (G, G)."""
        return np.asarray(np.diag(self.plot) + self.plot_across, np.float32)

    @property
    def poster_matrix(self) -> Float32Array:
        """All that is made of the poster's logits, float32 (G, G)."""
        return np.asarray(np.diag(self.poster) + self.poster_across, np.float32)

    def apply(self, plot: Float32Array, poster: Float32Array) -> Float32Array:
        """Fuses calibrated logits (N, G) of both parts to logits (N, G)."""
        return np.asarray(plot @ self.plot_matrix + poster @ self.poster_matrix + self.offset, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Films that have both: plots, poster paths and the plots' labels, which are the fuller ones."""

    examples: tuple[PlotExample, ...]
    paths: tuple[Path, ...]


def join_pairs(plots: Sequence[PlotExample], posters: Sequence[PosterExample]) -> Pairs:
    """Joins plots and posters of one split on the film; films with one of them only are left out."""
    paths = {row.film_id: row.path for row in posters}
    examples = tuple(row for row in plots if row.film_id in paths)
    return Pairs(examples, tuple(paths[row.film_id] for row in examples))


def calibrate_logits(logits: Float32Array, calibration: PlattCalibration) -> Float32Array:
    """Logits (N, G) whose sigmoid is the calibrated probability."""
    return np.asarray(logits * calibration.scale + calibration.offset, dtype=np.float32)


def fit_fusion(
    plot: Float32Array, poster: Float32Array, labels: Float32Array, mask: Float32Array, *, shrinkage: float
) -> FusionWeights:
    """Fits the weights: first one triple for all genres, then each genre's own, drawn to it.

    Args:
        plot: (N, G), calibrated logits of the plots.
        poster: (N, G), calibrated logits of the posters.
        labels: (N, G), 0 or 1.
        mask: (N, G), 0 where the label is unknown.
        shrinkage: inverse variance of the prior around the shared triple, above 0.

    Returns:
        The weights; negative ones are set to 0.

    Raises:
        TrainingError: shapes differ or there are fewer than two films.
    """
    shapes = {array.shape for array in (plot, poster, labels, mask)}
    if len(shapes) != 1 or len(plot) < _MIN_PAIRS:
        raise TrainingError(f"A fusion needs arrays of one shape (N, G), N of {_MIN_PAIRS} or more, not {shapes}.")
    design = np.stack([plot, poster, np.ones_like(plot)], axis=-1).astype(np.float64)
    flat = design.reshape(-1, 3)
    shared = _fit_logistic(flat, labels.ravel(), mask.ravel(), np.asarray([0.5, 0.5, 0.0]), 1.0)
    own = [
        _fit_logistic(design[:, genre], labels[:, genre], mask[:, genre], shared, shrinkage)
        for genre in range(plot.shape[1])
    ]
    columns = np.asarray(own, dtype=np.float32)
    return FusionWeights.by_genre(np.maximum(columns[:, 0], 0), np.maximum(columns[:, 1], 0), columns[:, 2])


def fit_across(
    weights: FusionWeights, plot: Float32Array, poster: Float32Array, labels: Float32Array, *, shrinkage: float
) -> FusionWeights:
    """Adds what the other genres tell, between genres that enough films have.

    Labels are taken as they stand, a genre that a film's source never lists as absent, for so are the measures.

    Args:
        weights: of ``fit_fusion``.
        plot: (N, G), calibrated logits of the plots.
        poster: (N, G), calibrated logits of the posters.
        labels: (N, G), 0 or 1.
        shrinkage: inverse variance of the prior around nothing, above 0.

    Returns:
        The weights with both tables filled.
    """
    fused = weights.apply(plot, poster).astype(np.float64)
    seen = np.concatenate([plot, poster], axis=1).astype(np.float64)
    mean, spread = seen.mean(axis=0), seen.std(axis=0) + 1e-6
    genres = plot.shape[1]
    heard = np.flatnonzero(labels.sum(axis=0) >= _MIN_POSITIVES)
    sources = np.concatenate([heard, heard + genres])
    scale, across, offset = np.ones(genres), np.zeros((2 * genres, genres)), weights.offset.astype(np.float64)
    told = ((seen - mean) / spread)[:, sources]
    start = np.concatenate([[1.0], np.zeros(len(sources) + 1)])
    for genre in heard:
        design = np.column_stack([fused[:, genre], told, np.ones(len(seen))])
        fitted = _fit_logistic(design, labels[:, genre], np.ones(len(seen)), start, shrinkage)
        scale[genre], across[sources, genre] = fitted[0], fitted[1:-1] / spread[sources]
        offset[genre] = fitted[0] * offset[genre] + fitted[-1] - mean @ across[:, genre]
    numbers = (weights.plot * scale, weights.poster * scale, offset, across[:genres], across[genres:])
    return FusionWeights(*(np.asarray(values, np.float32) for values in numbers))


def _fit_logistic(
    design: Float64Array, labels: npt.ArrayLike, mask: npt.ArrayLike, centre: Float64Array, strength: float
) -> Float64Array:
    """Penalised logistic regression of (M,) labels on (M, K) by Newton steps that are halved until they help."""
    truth, known = np.asarray(labels, np.float64), np.asarray(mask, np.float64)
    point = centre.copy()

    def loss(candidate: Float64Array) -> float:
        values = design @ candidate
        cells = np.logaddexp(0.0, values) - truth * values
        return float(known @ cells + 0.5 * strength * np.sum((candidate - centre) ** 2))

    for _ in range(_NEWTON_STEPS):
        fitted = sigmoid(design @ point)
        gradient = design.T @ (known * (fitted - truth)) + strength * (point - centre)
        curvature = (design * (known * fitted * (1 - fitted))[:, None]).T @ design + strength * np.eye(len(centre))
        step = np.linalg.solve(curvature, gradient)
        rate, current = 1.0, loss(point)
        while loss(point - rate * step) > current and rate > 1e-6:
            rate *= 0.5
        point = point - rate * step
        if np.abs(rate * step).max() < 1e-8:
            break
    return point


def train_late_fusion(request: TrainingRequest) -> Bundle:
    """Fits, exports and writes a fusion bundle over a plot and a poster bundle.

    Args:
        request: needs ``plots``, ``posters``, ``plot_bundle`` and ``poster_bundle``; only validation films are used.

    Returns:
        The bundle; it names both parts and refuses any other.

    Raises:
        TrainingError: examples or bundles are missing, or no film has both.
        ArtifactError: a part is refused, or the output exists.
    """
    config = replace(FusionConfig(), **dict(request.overrides))
    plot = load_pipeline(require_path(request.plot_bundle, "a plot bundle"), threads=2)
    poster = load_pipeline(require_path(request.poster_bundle, "a poster bundle"), threads=2)
    if not isinstance(plot, PlotPipeline) or not isinstance(poster, PosterPipeline):
        raise TrainingError(f"A fusion needs a plot and a poster bundle, not {plot.kind!r} and {poster.kind!r}.")
    pairs = join_pairs(
        require_split(request.plots, "validation", "plots"), require_split(request.posters, "validation", "posters")
    )
    known = known_genres_of(require_split(request.plots, "train", "plots"))
    labels, mask = label_arrays(pairs.examples, known)
    plot_logits = plot.with_custom(config.plot_custom).logits([row.plot for row in pairs.examples])
    poster_logits = score_posters(poster, pairs.paths)
    plot_calibrated = align_genres(calibrate_logits(plot_logits, plot.bundle.calibration), plot.genres)
    poster_calibrated = align_genres(calibrate_logits(poster_logits, poster.bundle.calibration), poster.genres)
    weights = _fit_weights(config, plot_calibrated, poster_calibrated, labels, mask)
    return finish_bundle(
        request.output,
        Finish(
            kind="both",
            recipe="late-fusion",
            genres=GENRES,
            preprocessing=_describe_parts(plot.bundle, poster.bundle, config.plot_custom),
            files={"model.onnx": build_fusion_network(weights, plot.bundle, poster.bundle)},
            logits=weights.apply(plot_calibrated, poster_calibrated),
            labels=labels,
            mask=mask,
            train_shares=label_arrays(request.plots["train"], known)[0].mean(axis=0),
            balance=config.balance,
            # As the plot model does, for the two are shown side by side.
            known_only=False,
            training={
                **_describe_fit(pairs, weights),
                "seed": request.seed,
                "config": config_as_dict(config),
                "command": request.command,
                "known_genres": {source: list(names) for source, names in known.items()},
            },
        ),
    )


def _fit_weights(
    config: FusionConfig, plot: Float32Array, poster: Float32Array, labels: Float32Array, mask: Float32Array
) -> FusionWeights:
    """Each genre's own weights, then what the others tell."""
    alone = fit_fusion(plot, poster, labels, mask, shrinkage=config.shrinkage)
    return fit_across(alone, plot, poster, labels, shrinkage=config.across)


def _describe_fit(pairs: Pairs, weights: FusionWeights) -> dict[str, Any]:
    """What the manifest says of the films and of what was fitted on them."""
    return {
        "fingerprint": fingerprint_examples(pairs.examples),
        "examples": len(pairs.examples),
        "weights": {name: np.round(values.astype(np.float64), 4).tolist() for name, values in asdict(weights).items()},
    }


def carry_fusion(output: Path, joint: Bundle, plot: Bundle, poster: Bundle) -> Bundle:
    """Puts a fusion over other versions of its parts, its weights as they are.

    The weights were fitted for calibrated answers, and every version's answers are calibrated alike; thresholds and
    calibration stay too. Its figures were measured over the former parts and are left out.

    Args:
        output: the new bundle's folder; must not exist.
        joint: a bundle of the recipe ``late-fusion``.
        plot: the bundle that scores plots from now on.
        poster: the bundle that scores posters from now on.

    Returns:
        The bundle.

    Raises:
        TrainingError: the joint bundle is of another recipe.
        ArtifactError: the output exists.
    """
    training = dict(joint.manifest.get("training", {}))
    stored = training.get("weights")
    if not isinstance(stored, Mapping) or joint.genres != GENRES:
        raise TrainingError(f"Only a late fusion can be carried over to other parts, not {joint.name}.")
    rows = {name: np.asarray(values, np.float32) for name, values in stored.items()}
    # Fusions made before other genres were heard have three rows.
    weights = FusionWeights(**rows) if "plot_across" in rows else FusionWeights.by_genre(**rows)
    learned = list_families(plot.preprocessing.get("customs", ()))
    custom = str(joint.preprocessing.get("plot_custom", ""))
    custom = custom if custom in learned else ""
    kept = {name: joint.manifest[name] for name in ("kind", "recipe", "created", "genres", "calibration", "decision")}
    manifest = {
        **kept,
        "output": joint.manifest.get("output", "sigmoid"),
        "preprocessing": _describe_parts(plot, poster, custom),
        "training": {**training, "carried_from": joint.name},
        "libraries": joint.manifest.get("libraries", {}),
    }
    return save_bundle(output, manifest, {"model.onnx": build_fusion_network(weights, plot, poster)})


def score_posters(pipeline: PosterPipeline, paths: Sequence[Path]) -> Float32Array:
    """Logits (N, G) of posters on disk, opened a few at a time."""
    parts = [np.zeros((0, len(pipeline.genres)), np.float32)]
    for start in range(0, len(paths), CHUNK):
        images = []
        for path in paths[start : start + CHUNK]:
            with Image.open(path) as image:
                images.append(image.convert("RGB"))
        parts.append(pipeline.logits(images))
    return np.concatenate(parts)


def align_genres(logits: Float32Array, genres: Sequence[str]) -> Float32Array:
    """Puts columns (N, Gp) in the order of ``GENRES``; a genre the part does not know is 0, which says nothing."""
    return logits @ _placement(genres)


def _placement(genres: Sequence[str]) -> Float32Array:
    """float32 (Gp, G): 1 where a part's column is the genre."""
    return np.asarray([[float(name == genre) for genre in GENRES] for name in genres], dtype=np.float32)


def _describe_parts(plot: Bundle, poster: Bundle, custom: str) -> Mapping[str, Any]:
    """The manifest part that ties a fusion to the very bundles it was fitted over, and the custom it reads plots in."""
    parts = {"plot": plot, "poster": poster}
    names: dict[str, Any] = {kind: part.name for kind, part in parts.items()}
    hashes = {f"{kind}_scoring_sha256": part.scoring_hash for kind, part in parts.items()}
    told = {"plot_custom": custom} if custom else {}
    return {"type": "late-fusion", **names, **hashes, **told}


def build_fusion_network(weights: FusionWeights, plot: Bundle, poster: Bundle) -> bytes:
    """Writes the fusion as an ONNX graph from the parts' raw logits, their calibrations folded in.

    Args:
        weights: of G genres in the order of ``GENRES``.
        plot: the bundle that gives ``plot_logits`` (N, Gp).
        poster: the bundle that gives ``poster_logits`` (N, Gq).

    Returns:
        The ONNX file's content; its output is ``logits``, float32 (N, G).
    """
    offset, nodes, tensors, inputs = weights.offset.copy(), [], [], []
    for kind, part, matrix in (("plot", plot, weights.plot_matrix), ("poster", poster, weights.poster_matrix)):
        placed = _placement(part.genres) @ matrix
        offset = offset + part.calibration.offset @ placed
        tensors.append(numpy_helper.from_array(part.calibration.scale[:, None] * placed, f"{kind}_weights"))
        nodes.append(helper.make_node("MatMul", [f"{kind}_logits", f"{kind}_weights"], [f"{kind}_part"]))
        shape: list[str | int | None] = ["films", len(part.genres)]
        inputs.append(helper.make_tensor_value_info(f"{kind}_logits", TensorProto.FLOAT, shape))
    tensors.append(numpy_helper.from_array(offset.astype(np.float32), "offset"))
    nodes.append(helper.make_node("Sum", ["plot_part", "poster_part", "offset"], ["logits"]))
    output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["films", len(GENRES)])
    graph = helper.make_graph(nodes, "late_fusion", inputs, [output], initializer=tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    checker.check_model(model)
    return bytes(model.SerializeToString())
