from pathlib import Path

import keras
import numpy as np
from onnx import load_model

from predictor.ml.runtime import OnnxNetwork
from predictor.ml.training.encoder import EncoderShape, build_encoder
from predictor.ml.training.export import convert_with_keras
from predictor.ml.training.onnx_int8 import quantize_rows, store_in_int8


def test_rounding_stays_within_half_a_step() -> None:
    values = np.random.default_rng(0).normal(size=(30, 5)).astype(np.float32) * [1, 10, 0.1, 1e-3, 0]
    steps, scale = quantize_rows(values.astype(np.float32), axis=0)
    assert steps.dtype == np.int8
    assert scale.shape == (1, 5)
    assert (np.abs(steps * scale - values) <= 0.5001 * scale).all()
    assert np.abs(steps).max(axis=0).tolist() == [127, 127, 127, 127, 0]


def test_stored_network_is_a_quarter_as_large_and_answers_alike(tmp_path: Path) -> None:
    keras.utils.set_random_seed(4)
    shape = EncoderShape(vocabulary_size=400, positions=12, width=64, blocks=1, heads=2, inner=128)
    model = build_encoder(shape, genre_count=3)
    tokens = np.random.default_rng(0).integers(1, 400, (4, 9)).astype(np.int32)
    model(tokens)
    convert_with_keras(model, tmp_path / "exact.onnx")
    store_in_int8(tmp_path / "exact.onnx", tmp_path / "stored.onnx")
    exact, stored = (OnnxNetwork(tmp_path / f"{name}.onnx").run({"tokens": tokens}) for name in ("exact", "stored"))
    assert 0 < np.abs(exact - stored).max() < 0.05
    kept = {tensor.name: tensor for tensor in load_model(str(tmp_path / "stored.onnx")).graph.initializer}
    assert sum(name.endswith("_int8") for name in kept) == 5
    assert (tmp_path / "stored.onnx").stat().st_size < 0.55 * (tmp_path / "exact.onnx").stat().st_size
