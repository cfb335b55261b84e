"""Poster networks and bundles of a few numbers, for recipes that build on finished ones."""

from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save_model

from predictor.ml.artifacts import Bundle, save_bundle
from predictor.ml.poster import PosterPreprocessing
from tests.predictor.ml.bundles import manifest

SIDE = 4
WEIGHTS = np.asarray([[3, -1, -1], [-1, 3, -1], [-1, -1, 3]], np.float32)
BIAS = np.asarray([-1.0, -1.5, -2.0], np.float32)


def write_poster_network(path: Path, *, scale: float = 1.0, side: int = SIDE) -> Path:
    """Logits are the mean colour of the left column, times scaled weights, and a bias."""
    constants = {
        "first": np.asarray([0], np.int64),
        "second": np.asarray([1], np.int64),
        "across": np.asarray([2], np.int64),
        "weights": scale * WEIGHTS,
        "bias": BIAS,
    }
    graph = helper.make_graph(
        [
            helper.make_node("Slice", ["image", "first", "second", "across"], ["column"]),
            helper.make_node("ReduceMean", ["column"], ["pooled"], axes=[1, 2], keepdims=0),
            helper.make_node("MatMul", ["pooled", "weights"], ["weighed"]),
            helper.make_node("Add", ["weighed", "bias"], ["logits"]),
        ],
        "column",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["films", side, side, 3])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["films", 3])],
        [numpy_helper.from_array(np.asarray(values), name) for name, values in constants.items()],
    )
    save_model(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8), str(path))
    return path


def make_poster_bundle(root: Path, name: str, *, scale: float = 1.0, side: int = SIDE, shrink_px: int = 224) -> Bundle:
    """A bundle of that network."""
    network = write_poster_network(root / f"{name}.onnx", scale=scale, side=side)
    parts = manifest("poster", preprocessing=PosterPreprocessing(side, side, shrink_px).as_dict())
    return save_bundle(root / name, parts, {"model.onnx": network})
