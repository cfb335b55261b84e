"""Models that need no files: three genres, the real arithmetic, and networks that are two lines of Python.

The plot network says Comedy for "laugh", Horror for "ghost", Western for "cowboy"; the poster network says Comedy for
red, Horror for green, Western for blue; the joint network adds the two.
"""

from copy import deepcopy
from types import SimpleNamespace

import numpy as np

from movies.services import load_genres
from predictor import pipelines
from predictor.ml.calibration import PlattCalibration
from predictor.models import ModelVersion

GENRES = ("Comedy", "Horror", "Western")
WORDS = ("laugh", "ghost", "cowboy")
FUNNY = "Two clowns laugh and laugh until the circus closes for the winter."
SCARY = "A ghost walks through the empty house, and every night it comes closer."
DULL = "A person walks from one place to another place and then sits down."
RED, GREEN, BLUE, GREY = (220, 30, 30), (30, 220, 30), (30, 30, 220), (128, 128, 128)
METRICS = {
    "test": {
        "films": 1000,
        "f1": {"micro": 0.61, "macro": 0.41, "macro_supported": 0.5, "weighted": 0.6, "samples": 0.6},
        "map": 0.55, "map_supported": 0.56, "roc_auc": 0.9, "ece": 0.012, "brier": 0.06,
        "hit_at_1": 0.7, "hit_at_3": 0.91, "jaccard": 0.5, "exact_match": 0.2,
        "per_genre": {
            name: {"support": 100, "threshold": 0.5, "precision": 0.6, "recall": 0.5, "f1": 0.55,
                   "average_precision": 0.6}
            for name in GENRES
        },
        "trivial": {
            "nothing": {"micro": 0.0, "macro_supported": 0.0, "cell_accuracy": 0.9},
            "most frequent two": {"micro": 0.35, "macro_supported": 0.06},
            "label priors": {"micro": 0.22, "macro_supported": 0.1},
        },
        "interval_95": {"micro": [0.6, 0.62], "macro_supported": [0.48, 0.52]},
    }
}  # fmt: skip


class FakePipeline:
    """What `load_pipeline` returns, without a file."""

    def __init__(self, kind: str, version: str) -> None:
        self.kind, self.version, self.genres = kind, version, GENRES
        self.calls = 0
        self.bundle = SimpleNamespace(
            calibration=PlattCalibration.identity(3),
            thresholds=np.full(3, 0.5, np.float32),
            flat_below=0.05,
            single_label=False,
            preprocessing={"plot": "plot-fake-1", "poster": "poster-fake-1"},
        )

    def logits(self, items) -> np.ndarray:
        self.calls += 1
        return np.asarray([self._one(item) for item in items], dtype=np.float32).reshape(-1, 3)

    def _one(self, item) -> list[float]:
        if self.kind == "plot":
            return [2.0 if word in item.lower() else -2.0 for word in WORDS]
        share = item.reshape(-1, 3).mean(axis=0) / 255
        return [4.0 if value > 0.6 else -3.0 for value in share]

    def activation(self, items) -> None:
        return None

    def read_plots(self, plots, known: np.ndarray) -> np.ndarray:
        return known

    def fuse(self, plot_logits: np.ndarray, poster_logits: np.ndarray) -> np.ndarray:
        return plot_logits + poster_logits


def make_version(kind: str = "plot", name: str = "", state: str = "active") -> ModelVersion:
    """A registered model version; by default the active fake of its kind."""
    name = name or f"{kind}-fake-1"
    return ModelVersion.objects.create(
        kind=kind, name=name, recipe="fake", folder=name, manifest_sha256="0" * 64, training_fingerprint="f" * 64,
        genres=list(GENRES), metrics=deepcopy(METRICS), state=state,
    )  # fmt: skip


def install_fakes(monkeypatch, *kinds: str) -> dict[str, ModelVersion]:
    """Genres, active fake versions of the kinds, and pipelines that need no file."""
    load_genres()
    pipelines.forget_loaded()
    monkeypatch.setattr(pipelines, "_open", lambda version: FakePipeline(version.kind, version.name))
    return {kind: make_version(kind) for kind in kinds}
