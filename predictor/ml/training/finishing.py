"""From a trained network to a bundle: calibration, thresholds, measures, manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from predictor.ml.artifacts import Bundle, save_bundle
from predictor.ml.calibration import fit_platt, fit_temperature
from predictor.ml.evaluation import evaluate
from predictor.ml.labels import Float32Array
from predictor.ml.single_label import evaluate_single
from predictor.ml.thresholds import BALANCE, fit_flat_below, fit_thresholds

LIBRARIES = ("keras", "tensorflow-cpu", "onnx", "onnxruntime", "numpy", "nltk", "pillow")


@dataclass(frozen=True, slots=True)
class Finish:
    """What a recipe knows when its network is exported.

    Attributes:
        kind: ``plot``, ``poster`` or ``both``.
        recipe: its name.
        genres: the genre of each column.
        preprocessing: what turns raw input into model input.
        files: the files to ship, by name.
        logits: (N, G) of the validation films, from the exported network.
        labels: (N, G) of them, 0 or 1.
        mask: (N, G), 0 where a label is unknown.
        train_shares: (G,) share of training films with each genre.
        single_label: each film has exactly one genre, and the most likely one is decided; labels are one-hot.
        balance: where thresholds stand between macro-F1 (0) and micro-F1 (1), see ``thresholds.fit_thresholds``.
        known_only: calibrate on known labels only, so that a probability is that the genre fits the film; else on the
            labels as they stand, so that it is that the film is listed with the genre, as the headline measures count.
        training: manifest part: ``fingerprint``, ``examples``, ``seed``, ``config``, ``command``, ``known_genres``.
    """

    kind: str
    recipe: str
    genres: tuple[str, ...]
    preprocessing: Mapping[str, Any]
    files: Mapping[str, Path | bytes]
    logits: Float32Array
    labels: Float32Array
    mask: Float32Array
    train_shares: Float32Array
    single_label: bool = False
    balance: float = BALANCE
    known_only: bool = True
    training: Mapping[str, Any] = field(default_factory=dict)


def finish_bundle(folder: Path, finish: Finish) -> Bundle:
    """Calibrates and decides on the validation films, measures them and writes the bundle.

    Calibration looks at known labels or at all of them, as the finish says; thresholds look at the labels as they
    stand, as the headline measures do.

    Args:
        folder: the bundle's folder; must not exist.
        finish: what the recipe made.

    Returns:
        The verified bundle.

    Raises:
        ArtifactError: the folder exists.
    """
    decisions = _decide_one(finish) if finish.single_label else _decide_many(finish)
    manifest = {
        "kind": finish.kind,
        "recipe": finish.recipe,
        "created": datetime.now(UTC).date().isoformat(),
        "genres": list(finish.genres),
        "preprocessing": dict(finish.preprocessing),
        **decisions,
        "training": {**finish.training, "label_shares": _plain(finish.train_shares)},
        "libraries": {name: version(name) for name in LIBRARIES},
    }
    return save_bundle(folder, manifest, finish.files)


def _decide_many(finish: Finish) -> dict[str, Any]:
    """Manifest parts of a model with one sigmoid per genre: Platt's calibration, thresholds, figures."""
    calibration = fit_platt(finish.logits, finish.labels, finish.mask if finish.known_only else None)
    probabilities = calibration.apply(finish.logits)
    thresholds = fit_thresholds(probabilities, finish.labels, balance=finish.balance)
    metrics = evaluate(
        finish.labels, probabilities, thresholds, finish.genres, finish.mask, train_shares=finish.train_shares
    )
    return {
        "output": "sigmoid",
        "calibration": {
            "method": "platt",
            "scale": _plain(calibration.scale),
            "offset": _plain(calibration.offset),
        },
        "decision": {
            "thresholds": _plain(thresholds),
            "flat_below": round(fit_flat_below(probabilities, finish.labels), 6),
        },
        "metrics": {"validation": metrics},
    }


def _decide_one(finish: Finish) -> dict[str, Any]:
    """Manifest parts of a model with a softmax: a temperature, no thresholds, figures of the most likely genre."""
    calibration = fit_temperature(finish.logits, finish.labels)
    probabilities = calibration.apply(finish.logits)
    metrics = evaluate_single(finish.labels, probabilities, finish.genres, train_shares=finish.train_shares)
    return {
        "output": "softmax",
        "calibration": {
            "method": "temperature",
            "scale": _plain(calibration.scale),
            "offset": _plain(calibration.offset),
        },
        "decision": {
            "thresholds": [0.0] * len(finish.genres),
            "flat_below": round(fit_flat_below(probabilities, finish.labels), 6),
        },
        "metrics": {"validation": metrics},
    }


def _plain(values: Sequence[float] | Float32Array) -> list[float]:
    """Floats rounded to six digits, for a manifest that people can read."""
    return [round(float(value), 6) for value in np.asarray(values)]
