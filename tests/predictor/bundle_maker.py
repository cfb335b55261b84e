"""Bundles on disk with a network of a few bytes: enough for everything but an answer."""

from collections.abc import Sequence
from pathlib import Path

from predictor.ml.artifacts import save_bundle


def make_bundle(
    root: Path,
    name: str = "plot-tiny-1",
    kind: str = "plot",
    created: str = "2026-01-01",
    genres: Sequence[str] = ("Comedy", "Horror"),
) -> Path:
    """A whole bundle that verifies; its network is no network."""
    manifest = {
        "kind": kind, "recipe": "tiny", "created": created, "genres": list(genres), "preprocessing": {},
        "calibration": {"method": "platt", "scale": [1.0, 1.0], "offset": [0.0, 0.0]},
        "decision": {"thresholds": [0.5, 0.5], "flat_below": 0.0},
        "training": {"fingerprint": "a" * 64}, "metrics": {"test": {"f1": {"micro": 0.5}}},
    }  # fmt: skip
    save_bundle(root / name, manifest, {"model.onnx": b"no network"})
    return root / name
