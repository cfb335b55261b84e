"""Recipes ``adapt-plot`` and ``adapt-poster``: a shipped model learns from a site's labels, without its training data.

The network stays as it is; what is learned is a correction of its logits, linear in what its last layer reads and, for
plots, in n-grams, so that words are learned that the network never knew. A model that was corrected before is taken
back to its network first: the correction is made anew from all labels that the site has now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from predictor.ml import poster
from predictor.ml.artifacts import Bundle, load_bundle, save_bundle
from predictor.ml.calibration import PlattCalibration, fit_platt
from predictor.ml.errors import TrainingError
from predictor.ml.evaluation import evaluate
from predictor.ml.examples import PlotExample, PosterExample
from predictor.ml.labels import Float32Array
from predictor.ml.ngrams import SITE_PREFIX, NgramEncoder, build_ngrams
from predictor.ml.plot_inputs import load_plot_input
from predictor.ml.runtime import OnnxNetwork
from predictor.ml.thresholds import fit_thresholds
from predictor.ml.training.config import config_as_dict, require
from predictor.ml.training.correction import Correction, fit_correction
from predictor.ml.training.datasets import fingerprint_examples, known_genres_of, label_arrays
from predictor.ml.training.finishing import LIBRARIES
from predictor.ml.training.onnx_adapt import (
    BareNetwork,
    read_bare_network,
    write_corrected_network,
    write_feature_network,
)
from predictor.ml.training.progress import Progress
from predictor.ml.training.recipes import TrainingRequest, require_path, require_split
from predictor.ml.training.tfidf import LinearModel, build_features

SITE_NGRAMS_FILE: Final = "site-ngrams.npz"
CHUNK: Final = 32
_SMALLEST_SPREAD: Final = 1e-3

Inputs = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class AdaptConfig:
    """The recipes ``adapt-plot`` and ``adapt-poster``.

    Attributes:
        min_films: fewer training films than this are refused.
        folds: so many times a part of the films is left out to see whether a correction helps.
        min_ngram_films: plots that must have a word or a pair of words for it to count.
        min_character_films: the same for n-grams of characters.
        max_ngrams: n-grams kept, those with the heaviest weights.
        calibration_prior: weight of the fit over all genres in each genre's own calibration.
        threshold_films: films at which thresholds chosen here and those of the model as it was weigh the same.
        balance: where thresholds chosen here stand between macro-F1 (0) and micro-F1 (1).
    """

    min_films: int = 20
    folds: int = 5
    min_ngram_films: int = 2
    min_character_films: int = 3
    max_ngrams: int = 60_000
    calibration_prior: float = 100.0
    threshold_films: float = 1000.0
    balance: float = 0.25

    def __post_init__(self) -> None:
        require(self.folds >= 2, "folds must be at least 2", self.folds)
        require(self.min_films >= 4 * self.folds, "min_films must be at least four times the folds", self.min_films)
        for name in ("min_ngram_films", "min_character_films", "max_ngrams"):
            require(getattr(self, name) >= 1, f"{name} must be at least 1", getattr(self, name))
        for name in ("calibration_prior", "threshold_films"):
            require(getattr(self, name) > 0, f"{name} must be above 0", getattr(self, name))


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """What a network says of films: calibrated logits (N, G) and features (N, D), None without a last layer."""

    logits: Float32Array
    features: Float32Array | None


@dataclass(frozen=True, slots=True, eq=False)
class _Learned:
    """A correction as weights.

    Attributes:
        correction: the correction of the training films.
        bias: float32 (G,).
        features: (D, G), or None.
        ngrams: the n-grams with their weights (V, G), or None.
    """

    correction: Correction
    bias: Float32Array
    features: Float32Array | None = None
    ngrams: LinearModel | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Base:
    """The model that is corrected.

    Attributes:
        bundle: as it is shipped.
        bare: its network without a former correction.
        calibration: of the bare network.
        folder: where files are written.
        preprocessing: of the bare network.
    """

    bundle: Bundle
    bare: BareNetwork
    calibration: PlattCalibration
    folder: Path
    preprocessing: Mapping[str, Any] = field(default_factory=dict)


def train_adapt_plot(request: TrainingRequest) -> Bundle:
    """Corrects the plot bundle ``request.plot_bundle``.

    Args:
        request: needs ``plots`` of ``train`` and the bundle; plots of ``validation`` are used where there are some.

    Returns:
        The bundle.

    Raises:
        TrainingError: the films are too few, the bundle is missing or names one genre only.
        ArtifactError: the bundle is refused, or the output exists.
    """
    base = _open_base(request, require_path(request.plot_bundle, "a plot model to start from"), "plot")
    return _adapt(request, base, request.plots, lambda rows: [row.plot for row in rows])


def train_adapt_poster(request: TrainingRequest) -> Bundle:
    """Corrects the poster bundle ``request.poster_bundle``; otherwise as ``train_adapt_plot``."""
    base = _open_base(request, require_path(request.poster_bundle, "a poster model to start from"), "poster")
    return _adapt(request, base, request.posters, lambda rows: [row.path for row in rows])


def configure(request: TrainingRequest) -> AdaptConfig:
    """The recipe's settings with the request's overrides; unknown names are refused by the dataclass."""
    return replace(AdaptConfig(), **dict(request.overrides))


def _open_base(request: TrainingRequest, folder: Path, kind: str) -> _Base:
    bundle = load_bundle(folder)
    if bundle.kind != kind or bundle.single_label:
        raise TrainingError(
            f"Only a {kind} model with a probability for each genre can be corrected, not {bundle.name}."
        )
    request.work.mkdir(parents=True, exist_ok=True)
    bare = read_bare_network(bundle.path("model.onnx"), len(bundle.genres))
    own = bundle.calibration if bare.calibration is None else PlattCalibration(*bare.calibration)
    preprocessing = {name: value for name, value in bundle.preprocessing.items() if name != "site_ngrams"}
    return _Base(bundle, bare, own, request.work, preprocessing)


def _adapt(request: TrainingRequest, base: _Base, splits: Mapping[str, Sequence[Any]], look: Any) -> Bundle:
    """Reads the films, fits and writes."""
    config = configure(request)
    train = require_split(splits, "train", f"{base.bundle.kind}s")
    if len(train) < config.min_films:
        raise TrainingError(
            f"Learning from labels needs at least {config.min_films} films to learn from: there are {len(train)}."
        )
    validation = splits.get("validation") or ()
    known = _find_known(base, train)
    labels, mask = label_arrays(train, known, base.bundle.genres)
    read = _read_films(base, look(train), request.stream)
    learned = _learn(base, config, train, read, (labels, mask), request.stream)
    path = _write(base, learned)
    more = label_arrays(validation, known, base.bundle.genres)
    corrected = _score(base, path, learned, look(validation), request.stream)
    tuned = _Tuned(
        np.concatenate([learned.correction.held_out, corrected]),
        np.concatenate([labels, more[0]]),
        np.concatenate([mask, more[1]]),
    )
    told = {
        "fingerprint": fingerprint_examples(train),
        "examples": len(train),
        "seed": request.seed,
        "config": config_as_dict(config),
        "command": request.command,
        "known_genres": {source: list(names) for source, names in known.items()},
        "label_shares": [round(float(share), 6) for share in labels.mean(axis=0)],
        "base": {"name": base.bundle.name, "scoring_sha256": base.bundle.scoring_hash},
        "correction": {
            "penalty": learned.correction.penalty if learned.correction.changes else None,
            "gain_nats": round(learned.correction.gain[0], 5),
            "gain_standard_error": round(learned.correction.gain[1], 5),
        },
    }
    return _save(request.output, base, learned, path, tuned, config, told)


def _find_known(base: _Base, train: Sequence[Any]) -> dict[str, tuple[str, ...]]:
    """The genres that each source knows: of a source that the model has met, what its many films have told of it."""
    told = base.bundle.manifest.get("training", {}).get("known_genres", {})
    return {
        source: tuple(name for name in names if name in told.get(source, names))
        for source, names in known_genres_of(train).items()
    }


def _inputs(base: _Base, items: Sequence[Any]) -> Inputs:
    """Arrays for the bare network, by all names that its bundle feeds."""
    if base.bundle.kind == "plot":
        return load_plot_input(base.bundle).batch(items)
    pictures = []
    for path in items:
        with Image.open(path) as image:
            pictures.append(poster.to_model_input(image.convert("RGB"), base.preprocessing))
    return {"": np.stack(pictures)}


def _run(network: OnnxNetwork, inputs: Inputs) -> list[Float32Array]:
    """Every output; inputs that the network does not read are left out."""
    if "" in inputs:
        return network.run_all({network.inputs[0]: inputs[""]})
    return network.run_all({name: values for name, values in inputs.items() if name in network.inputs})


def _read_films(base: _Base, items: Sequence[Any], stream: Any) -> _Read:
    """Asks the bare network about films, a few at a time."""
    path = base.folder / "features.onnx"
    write_feature_network(base.bare, path)
    network = OnnxNetwork(path, threads=2)
    progress = Progress(-(-len(items) // CHUNK), title="reading", stream=stream)
    rows = []
    for start in range(0, len(items), CHUNK):
        rows.append(_run(network, _inputs(base, items[start : start + CHUNK])))
        progress.advance()
    logits = np.concatenate([row[0] for row in rows])
    features = np.concatenate([row[1] for row in rows]) if base.bare.features is not None else None
    calibrated = logits * base.calibration.scale + base.calibration.offset
    return _Read(np.asarray(calibrated, np.float32), features)


def _learn(
    base: _Base,
    config: AdaptConfig,
    train: Sequence[PlotExample] | Sequence[PosterExample],
    read: _Read,
    truth: tuple[Float32Array, Float32Array],
    stream: Any,
) -> _Learned:
    """Fits the correction and turns it into weights."""
    gram = np.zeros((len(train), len(train)))
    dense, mean, spread = None, None, None
    if read.features is not None:
        mean = read.features.mean(axis=0)
        # Scaled so that a film's features have a length of about 1, as its n-grams have.
        spread = (read.features.std(axis=0) + _SMALLEST_SPREAD) * np.sqrt(read.features.shape[1])
        dense = ((read.features - mean) / spread).astype(np.float64)
        gram += dense @ dense.T
    sparse, vocabulary = None, None
    if base.bundle.kind == "plot":
        plots = [row.plot for row in train if isinstance(row, PlotExample)]
        vocabulary = build_ngrams(
            plots, min_films=config.min_ngram_films, min_films_characters=config.min_character_films
        )
        sparse = build_features(NgramEncoder(vocabulary), plots)
        gram += (sparse @ sparse.T).toarray()
    film_ids = [row.film_id for row in train]
    correction = fit_correction(gram, read.logits, *truth, film_ids, folds=config.folds, stream=stream)
    bias, weights, ngrams = correction.bias, None, None
    if not correction.changes:
        return _Learned(correction, bias)
    if dense is not None and mean is not None and spread is not None:
        weights = np.asarray(dense.T @ correction.coefficients / spread[:, None], np.float32)
        bias = np.asarray(bias - mean @ weights, np.float32)
    if sparse is not None and vocabulary is not None and len(vocabulary):
        matrix = np.asarray(sparse.T @ correction.coefficients, np.float32)
        ngrams = LinearModel(vocabulary, matrix, bias).prune(config.max_ngrams)
    return _Learned(correction, bias, weights, ngrams)


def _write(base: _Base, learned: _Learned) -> Path:
    """The corrected network's file."""
    path = base.folder / "model.onnx"
    write_corrected_network(
        base.bare,
        path,
        calibration=(base.calibration.scale, base.calibration.offset),
        bias=learned.bias,
        feature_weights=learned.features,
        ngram_weights=learned.ngrams.weights if learned.ngrams else None,
    )
    return path


def _score(base: _Base, path: Path, learned: _Learned, items: Sequence[Any], stream: Any) -> Float32Array:
    """Logits (N, G) of the corrected network."""
    network = OnnxNetwork(path, threads=2)
    encoder = NgramEncoder(learned.ngrams.vocabulary, prefix=SITE_PREFIX) if learned.ngrams else None
    progress = Progress(-(-len(items) // CHUNK), title="checking", stream=stream)
    parts = [np.zeros((0, len(base.bundle.genres)), np.float32)]
    for start in range(0, len(items), CHUNK):
        chunk = items[start : start + CHUNK]
        more = encoder.batch(chunk) if encoder else {}
        parts.append(_run(network, {**_inputs(base, chunk), **more})[0])
        progress.advance()
    return np.concatenate(parts)


@dataclass(frozen=True, slots=True, eq=False)
class _Tuned:
    """What calibration and thresholds are chosen on: logits of films that the correction did not see, (N, G) each."""

    logits: Float32Array
    labels: Float32Array
    mask: Float32Array


def _decide(base: _Base, learned: _Learned, tuned: _Tuned, config: AdaptConfig) -> tuple[PlattCalibration, Any]:
    """Calibration and thresholds; those of the model as it was where nothing is corrected."""
    before = base.bundle.thresholds
    if not learned.correction.changes:
        return PlattCalibration.identity(len(before)), before
    calibration = fit_platt(tuned.logits, tuned.labels, tuned.mask, prior_strength=config.calibration_prior)
    own = fit_thresholds(calibration.apply(tuned.logits), tuned.labels, balance=config.balance)
    trust = len(tuned.labels) / (len(tuned.labels) + config.threshold_films)
    return calibration, trust * own + (1.0 - trust) * before


def _save(
    output: Path, base: _Base, learned: _Learned, path: Path, tuned: _Tuned, config: AdaptConfig, told: dict[str, Any]
) -> Bundle:
    """Writes the bundle: the old one's files, the new network, and what it was made of."""
    calibration, thresholds = _decide(base, learned, tuned, config)
    kept = [name for name in base.bundle.manifest["files"] if name not in ("model.onnx", SITE_NGRAMS_FILE)]
    used = {value for value in base.preprocessing.values() if isinstance(value, str)}
    files: dict[str, Path | bytes] = {name: base.bundle.path(name) for name in kept if name in used}
    files["model.onnx"] = path
    preprocessing = dict(base.preprocessing)
    if learned.ngrams is not None:
        files[SITE_NGRAMS_FILE] = learned.ngrams.vocabulary.dump()
        preprocessing["site_ngrams"] = SITE_NGRAMS_FILE
    probabilities = calibration.apply(tuned.logits)
    shares = np.asarray(told["label_shares"], np.float32)
    manifest = {
        "kind": base.bundle.kind,
        "recipe": f"adapt-{base.bundle.kind}",
        "created": datetime.now(UTC).date().isoformat(),
        "genres": list(base.bundle.genres),
        "preprocessing": preprocessing,
        "output": "sigmoid",
        "calibration": {
            "method": "platt",
            "scale": [round(float(value), 6) for value in calibration.scale],
            "offset": [round(float(value), 6) for value in calibration.offset],
        },
        "decision": {
            "thresholds": [round(float(value), 6) for value in thresholds],
            "flat_below": base.bundle.flat_below,
        },
        "metrics": {
            "validation": evaluate(
                tuned.labels, probabilities, thresholds, base.bundle.genres, tuned.mask, train_shares=shares
            )
        },
        "training": told,
        "libraries": {name: version(name) for name in LIBRARIES},
    }
    return save_bundle(output, manifest, files)
