from pathlib import Path

import keras
import numpy as np
import pytest

from predictor.ml.errors import ExportError
from predictor.ml.training.export import check_export, export_network

ONES = np.ones((1, 8, 8, 3), np.float32)


def build() -> keras.Model:
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(2),
        ]
    )


def test_convolutional_network_is_exported_by_keras_with_a_free_batch(tmp_path: Path) -> None:
    samples = [{"input": ONES}, {"input": np.tile(ONES, (3, 1, 1, 1))}]
    assert export_network(build(), tmp_path / "model.onnx", samples) < 1e-5


def test_network_that_answers_otherwise_is_refused(tmp_path: Path) -> None:
    def convert(model: keras.Model, path: Path) -> None:
        from predictor.ml.training.export import convert_with_keras

        model.layers[-1].bias.assign([0.5, 0.0])
        convert_with_keras(model, path)
        model.layers[-1].bias.assign([0.0, 0.0])

    with pytest.raises(ExportError, match="differ by"):
        export_network(build(), tmp_path / "model.onnx", [{"input": ONES}], convert=convert)


def test_export_without_samples_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="samples"):
        export_network(build(), tmp_path / "model.onnx", [])


def test_accepted_difference_grows_with_large_logits_only(tmp_path: Path) -> None:
    inputs = keras.Input((2,), name="values")
    model = keras.Model(inputs, keras.layers.Dense(1, use_bias=False)(inputs))
    model.set_weights([np.asarray([[1.0], [0.0]], np.float32)])
    export_network(model, tmp_path / "model.onnx", [{"values": np.asarray([[1.0, 0.0]], np.float32)}])
    # Keras answers as the file does, but for the second input.
    model.set_weights([np.asarray([[1.0], [1.0]], np.float32)])
    large, small = (np.asarray([[logit, 5e-4]], np.float32) for logit in (80.0, 5.0))
    assert check_export(model, tmp_path / "model.onnx", [{"values": large}]) > 1e-4
    with pytest.raises(ExportError, match=r"agree within 0\.0001"):
        check_export(model, tmp_path / "model.onnx", [{"values": small}])
