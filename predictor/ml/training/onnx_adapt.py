"""Adds a correction to any shipped network, and takes it off again: ONNX graphs only, no Keras, no training data.

Everything added is called ``site_…``, so that a network that was corrected once is found again as it was before.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, TensorProto, checker, helper, load_model, numpy_helper, save_model

from predictor.ml.labels import Float32Array
from predictor.ml.ngrams import SITE_PREFIX
from predictor.ml.training.onnx_int8 import quantize_rows

FEATURES: Final = f"{SITE_PREFIX}features"
LOGITS: Final = f"{SITE_PREFIX}logits"
_SCALE: Final = f"{SITE_PREFIX}scale"
_OFFSET: Final = f"{SITE_PREFIX}offset"
_NETWORK: Final = f"{SITE_PREFIX}network"
_WIDENING: Final = ("Cast", "Mul", "DequantizeLinear", "Identity")


@dataclass(frozen=True, slots=True, eq=False)
class BareNetwork:
    """A network without a correction.

    Attributes:
        model: the graph; its first output are logits (N, G).
        features: name of the tensor (N, D) that its last layer reads; None if there is no such layer.
        calibration: scale and offset (G,) that a former correction was made over; None for a network without one.
    """

    model: ModelProto
    features: str | None
    calibration: tuple[Float32Array, Float32Array] | None


def read_bare_network(path: Path, genre_count: int) -> BareNetwork:
    """Reads a network and takes a former correction off.

    Args:
        path: the ONNX file.
        genre_count: G.

    Returns:
        The network as it was trained.
    """
    model = load_model(str(path))
    graph = model.graph
    calibration = None
    made_by_us = [node for node in graph.node if node.name.startswith(SITE_PREFIX)]
    if made_by_us:
        stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        calibration = (np.array(stored[_SCALE], np.float32), np.array(stored[_OFFSET], np.float32))
        own = next(node.input[0] for node in made_by_us if node.name == _NETWORK)
        _set_output(model, own, genre_count)
        for node in made_by_us:
            graph.node.remove(node)
        for rows in (graph.initializer, graph.input):
            for row in [row for row in rows if row.name.startswith(SITE_PREFIX)]:
                rows.remove(row)
    return BareNetwork(model, _find_features(graph, genre_count), calibration)


def _set_output(model: ModelProto, name: str, genre_count: int) -> None:
    """Makes a tensor (N, G) the only output; a heat map of the network as it was would not be one of the corrected."""
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["films", genre_count]))


def _find_features(graph: Any, genre_count: int) -> str | None:
    """What the last layer of constant weights (D, G) reads."""
    shapes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    made = {name: node for node in graph.node for name in node.output}

    def find_shape(name: str) -> tuple[int, ...]:
        while name not in shapes and name in made and made[name].op_type in _WIDENING:
            name = made[name].input[0]
        return shapes.get(name, ())

    for node in reversed(graph.node):
        if node.op_type in ("Gemm", "MatMul"):
            shape = find_shape(node.input[1])
            if len(shape) == 2 and shape[0] > 1 and shape[1] == genre_count:
                return str(node.input[0])
    return None


def write_feature_network(bare: BareNetwork, path: Path) -> None:
    """Writes the network with logits and, where it has them, features as its outputs."""
    model = ModelProto()
    model.CopyFrom(bare.model)
    del model.graph.output[1:]
    if bare.features is not None:
        name = [helper.make_node("Identity", [bare.features], [FEATURES])]
        model.graph.node.extend(name)
        model.graph.output.append(helper.make_tensor_value_info(FEATURES, TensorProto.FLOAT, ["films", None]))
    save_model(model, str(path))


def write_corrected_network(
    bare: BareNetwork,
    path: Path,
    *,
    calibration: tuple[Float32Array, Float32Array],
    bias: Float32Array,
    feature_weights: Float32Array | None,
    ngram_weights: Float32Array | None,
) -> None:
    """Writes logits = scale * network + offset + features @ weights + n-grams @ weights + bias.

    Args:
        bare: the network.
        path: the file to write.
        calibration: scale and offset (G,) of the network's logits.
        bias: (G,).
        feature_weights: (D, G) for the network's features, or None.
        ngram_weights: (V, G) for the site's n-grams, or None; they become the inputs ``site_ngrams`` int32 (N, K) and
            ``site_ngram_values`` float32 (N, K).
    """
    model = ModelProto()
    model.CopyFrom(bare.model)
    graph = model.graph
    parts = _Parts()
    parts.store(_SCALE, np.asarray(calibration[0], np.float32))
    parts.store(_OFFSET, np.asarray(calibration[1], np.float32))
    parts.add("Mul", [graph.output[0].name, _SCALE], "network")
    parts.add("Add", [_NETWORK, _OFFSET], "calibrated")
    terms = ["calibrated", parts.store(f"{SITE_PREFIX}bias", bias.astype(np.float32)).removeprefix(SITE_PREFIX)]
    if feature_weights is not None and bare.features is not None:
        weights = parts.store(f"{SITE_PREFIX}feature_weights", feature_weights.astype(np.float32))
        parts.add("MatMul", [bare.features, weights], "feature_part")
        terms.append("feature_part")
    if ngram_weights is not None:
        parts.add_ngrams(ngram_weights)
        terms.append("ngram_part")
        for name, kind in (("ngrams", TensorProto.INT32), ("ngram_values", TensorProto.FLOAT)):
            graph.input.append(helper.make_tensor_value_info(SITE_PREFIX + name, kind, ["films", SITE_PREFIX + "k"]))
    parts.add("Sum", [SITE_PREFIX + term for term in terms], "logits")
    graph.node.extend(parts.nodes)
    graph.initializer.extend(parts.constants)
    _set_output(model, LOGITS, len(bias))
    checker.check_model(model)
    save_model(model, str(path))


class _Parts:
    """Nodes and constants that are being added, all of them called ``site_…``."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def store(self, name: str, values: npt.NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> None:
        name = SITE_PREFIX + output
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))

    def add_ngrams(self, weights: Float32Array) -> None:
        """Values times looked-up rows, which are stored in eight bits: see ``onnx_linear``."""
        steps, sizes = quantize_rows(weights, axis=1)
        self.store("site_steps", steps)
        self.store("site_sizes", sizes)
        self.store("site_axis", np.asarray([1], np.int64))
        self.add("Gather", ["site_steps", "site_ngrams"], "rows", axis=0)
        self.add("Cast", ["site_rows"], "wide", to=TensorProto.FLOAT)
        self.add("Gather", ["site_sizes", "site_ngrams"], "row_sizes", axis=0)
        self.add("Mul", ["site_wide", "site_row_sizes"], "vectors")
        self.add("Unsqueeze", ["site_ngram_values", "site_axis"], "values")
        self.add("MatMul", ["site_values", "site_vectors"], "product")
        self.add("Squeeze", ["site_product", "site_axis"], "ngram_part")
