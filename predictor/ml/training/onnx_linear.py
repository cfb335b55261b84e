"""ONNX graphs of linear models over n-grams, alone or blended with another network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, helper, load_model, numpy_helper, save_model

from predictor.ml.labels import Float32Array
from predictor.ml.training.onnx_int8 import quantize_rows

OPSET: Final = 15
INPUTS: Final = (("ngrams", TensorProto.INT32), ("ngram_values", TensorProto.FLOAT))
LOGITS: Final = "logits"


def _linear_nodes(weights: Float32Array, bias: Float32Array, output: str) -> tuple[list[NodeProto], list[Any]]:
    """Nodes and constants of values times looked-up rows plus bias; rows are stored in eight bits."""
    steps, sizes = quantize_rows(weights, axis=1)
    constants: dict[str, npt.NDArray[Any]] = {
        "linear_steps": steps,
        "linear_sizes": sizes,
        "linear_bias": bias.astype(np.float32),
        "linear_axis": np.asarray([1], np.int64),
    }
    nodes = [
        helper.make_node("Gather", ["linear_steps", "ngrams"], ["linear_rows"], axis=0),
        helper.make_node("Cast", ["linear_rows"], ["linear_wide"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["linear_sizes", "ngrams"], ["linear_row_sizes"], axis=0),
        helper.make_node("Mul", ["linear_wide", "linear_row_sizes"], ["linear_vectors"]),
        helper.make_node("Unsqueeze", ["ngram_values", "linear_axis"], ["linear_values"]),
        helper.make_node("MatMul", ["linear_values", "linear_vectors"], ["linear_product"]),
        helper.make_node("Squeeze", ["linear_product", "linear_axis"], ["linear_sum"]),
        helper.make_node("Add", ["linear_sum", "linear_bias"], [output]),
    ]
    return nodes, [numpy_helper.from_array(values, name) for name, values in constants.items()]


def _input_infos() -> list[Any]:
    return [helper.make_tensor_value_info(name, kind, ["films", "ngrams"]) for name, kind in INPUTS]


def write_linear_network(path: Path, weights: Float32Array, bias: Float32Array) -> None:
    """Writes a linear model: inputs ``ngrams`` int32 (N, K), ``ngram_values`` float32 (N, K); logits (N, G).

    Args:
        path: the file.
        weights: (V, G).
        bias: (G,).
    """
    nodes, constants = _linear_nodes(weights, bias, LOGITS)
    outputs = [helper.make_tensor_value_info(LOGITS, TensorProto.FLOAT, ["films", len(bias)])]
    graph = helper.make_graph(nodes, "linear_plot", _input_infos(), outputs, constants)
    save_model(_model(graph), str(path))


def _model(graph: Any) -> ModelProto:
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)


def blend_networks(
    source: Path, target: Path, weights: Float32Array, bias: Float32Array, shares: Sequence[Any]
) -> None:
    """Adds a linear model to a network: logits = first * network + second * linear + third, genre by genre.

    Args:
        source: ONNX file of the network; its first output are logits (N, G).
        target: the file to write.
        weights: (V, G) of the linear model.
        bias: (G,) of the linear model.
        shares: the three factors, (G,) each.
    """
    model = load_model(str(source))
    graph = model.graph
    network, linear, offset = (np.asarray(share, np.float32) for share in shares)
    nodes, constants = _linear_nodes(weights * linear, bias * linear + offset, "linear_logits")
    own = graph.output[0].name
    graph.initializer.extend([*constants, numpy_helper.from_array(network, "network_share")])
    blended = [
        helper.make_node("Mul", [own, "network_share"], ["network_logits"]),
        helper.make_node("Add", ["network_logits", "linear_logits"], [LOGITS]),
    ]
    graph.node.extend([*nodes, *blended])
    graph.input.extend(_input_infos())
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info(LOGITS, TensorProto.FLOAT, ["films", len(bias)]))
    save_model(model, str(target))
