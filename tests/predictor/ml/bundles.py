"""Small real bundles for tests: a network of a few numbers that ONNX Runtime can run."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from predictor.ml.artifacts import Bundle, save_bundle
from predictor.ml.pipeline import ACTIVATION_OUTPUT
from predictor.ml.text import Vocabulary
from predictor.ml.training.customs import Customs
from predictor.ml.training.onnx_customs import append_customs

GENRES = ("Comedy", "Horror", "War")
WORDS = ("joke", "ghost", "soldier", "the")


def manifest(kind: str, genres: tuple[str, ...] = GENRES, **parts: Any) -> dict[str, Any]:
    count = len(genres)
    return {
        "kind": kind,
        "recipe": "tiny",
        "created": "2026-01-01",
        "genres": list(genres),
        "preprocessing": {},
        "calibration": {"method": "platt", "scale": [1.0] * count, "offset": [0.0] * count},
        "decision": {"thresholds": [0.5] * count, "flat_below": 0.0},
        "training": {"fingerprint": "a" * 64, "examples": 3, "seed": 1, "command": "train", "known_genres": {}},
        "libraries": {},
        "metrics": {},
        **parts,
    }


def plot_network(further: int = 0) -> bytes:
    """Each of the words joke, ghost and soldier (ids 2, 3, 4) gives its genre 2; every token takes 1 from all.

    Further columns say nothing.
    """
    table = np.full((len(WORDS) + 2, 3 + further), -1.0, np.float32)
    table[0] = 0.0
    table[:, 3:] = 0.0
    table[2, 0] = table[3, 1] = table[4, 2] = 2.0
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "tokens"], ["rows"], axis=0),
            helper.make_node("ReduceSum", ["rows", "time"], ["logits"], keepdims=0),
        ],
        "words",
        [helper.make_tensor_value_info("tokens", TensorProto.INT32, ["films", "tokens"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["films", 3 + further])],
        initializer=[
            numpy_helper.from_array(table, "table"),
            numpy_helper.from_array(np.asarray([1], np.int64), "time"),
        ],
    )
    return _serialise(graph)


def fusion_network() -> bytes:
    """The sum of the logits of both parts."""
    shape = ["films", 3]
    graph = helper.make_graph(
        [helper.make_node("Add", ["plot_logits", "poster_logits"], ["logits"])],
        "sum",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("plot_logits", "poster_logits")],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, shape)],
    )
    return _serialise(graph)


def poster_network(weights: np.ndarray, *, map_shown: bool = True) -> bytes:
    """Mean colour of 4 by 4 cells, dark is 0; its mean over the picture times weights (3, 3), less 1, is the answer.

    What each cell gives to it is the second output.
    """
    node = helper.make_node
    shapes = {"logits": ["films", 3], ACTIVATION_OUTPUT: ["films", 4, 4, 3]}
    shown = list(shapes) if map_shown else ["logits"]
    constants = {"weights": weights, "share": weights / 16, "one": np.asarray(1.0, np.float32)}
    graph = helper.make_graph(
        [
            node("Transpose", ["image"], ["planes"], perm=[0, 3, 1, 2]),
            node("Relu", ["planes"], ["light"]),
            node("AveragePool", ["light"], ["cells"], kernel_shape=[4, 4], strides=[4, 4]),
            node("GlobalAveragePool", ["cells"], ["mean"]),
            node("Flatten", ["mean"], ["pooled"]),
            node("MatMul", ["pooled", "weights"], ["product"]),
            node("Sub", ["product", "one"], ["logits"]),
            node("Transpose", ["cells"], ["features"], perm=[0, 2, 3, 1]),
            node("MatMul", ["features", "share"], [ACTIVATION_OUTPUT]),
        ],
        "colours",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["films", 16, 16, 3])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes[name]) for name in shown],
        initializer=[numpy_helper.from_array(values, name) for name, values in constants.items()],
    )
    return _serialise(graph)


def make_poster_bundle(root: Path, name: str = "poster-tiny-1", *, map_shown: bool = True) -> Bundle:
    """Red speaks for Comedy, green for Horror, blue for War."""
    preprocessing = {"height_px": 16, "width_px": 16, "shrink_px": 224, "mean": 127.0, "scale": 128.0}
    network = poster_network(8 * np.eye(3, dtype=np.float32), map_shown=map_shown)
    return save_bundle(root / name, manifest("poster", preprocessing=preprocessing), {"model.onnx": network})


def _serialise(graph: Any) -> bytes:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def make_plot_bundle(root: Path, name: str = "plot-tiny-1", max_tokens: int = 10) -> Bundle:
    preprocessing = {"type": "nltk-words", "vocabulary": "vocabulary.txt", "max_tokens": max_tokens}
    files: dict[str, Path | bytes] = {"model.onnx": plot_network(), "vocabulary.txt": Vocabulary(WORDS).dump()}
    return save_bundle(root / name, manifest("plot", preprocessing=preprocessing), files)


def make_custom_bundle(root: Path, name: str = "plot-customs-1") -> Bundle:
    """As ``make_plot_bundle``, over two customs: the source ``imdb_tiny`` lists War, ``tmdb_tiny`` does not."""
    known = np.asarray([[1, 1, 1], [1, 1, 0]], np.float32)
    customs = Customs(("imdb_tiny", "tmdb_tiny"), known, np.zeros((2, 3), np.float32))
    with TemporaryDirectory() as place:
        source, target = Path(place) / "source.onnx", Path(place) / "target.onnx"
        source.write_bytes(plot_network(further=2))
        append_customs(source, target, customs)
        network = target.read_bytes()
    preprocessing = {
        "type": "nltk-words", "vocabulary": "vocabulary.txt", "max_tokens": 10, "customs": list(customs.sources),
    }  # fmt: skip
    files: dict[str, Path | bytes] = {"model.onnx": network, "vocabulary.txt": Vocabulary(WORDS).dump()}
    return save_bundle(root / name, manifest("plot", preprocessing=preprocessing), files)
