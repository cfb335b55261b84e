"""The bidirectional LSTM written as an ONNX graph by hand.

Keras' own export unrolls the recurrence into a loop of small operators; here it becomes the one LSTM operator that
ONNX Runtime has a fast kernel for, with any batch size and length, and the word vectors are kept in float16.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper, save_model

from predictor.ml.text import PADDING
from predictor.ml.training.architectures import MASKED

OPSET: Final = 17
IR_VERSION: Final = 8


def round_embedding(model: Any) -> None:
    """Rounds a model's word vectors to float16 values, so that the file with float16 vectors answers alike."""
    layer = model.get_layer("embedding")
    layer.set_weights([layer.get_weights()[0].astype(np.float16).astype(np.float32)])


def _gates(weights: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Reorders the last axis (4 U) from Keras' gates (input, forget, cell, output) to ONNX' (i, o, f, c)."""
    i, f, c, o = np.split(weights, 4, axis=-1)
    return np.concatenate([i, o, f, c], axis=-1)


def _lstm_weights(model: Any) -> dict[str, npt.NDArray[Any]]:
    """The three weight arrays of the ONNX operator: W (2, 4U, D), R (2, 4U, U), B (2, 8U).

    Source:
        ONNX operator specification, LSTM; its second half of B is a recurrent bias that Keras does not have.
    """
    values = model.get_layer("bilstm").get_weights()
    kernels, recurrent, biases = values[0::3], values[1::3], values[2::3]
    return {
        "W": np.stack([_gates(kernel).T for kernel in kernels]),
        "R": np.stack([_gates(kernel).T for kernel in recurrent]),
        "B": np.stack([np.concatenate([_gates(bias), np.zeros_like(bias)]) for bias in biases]),
    }


def _constants(model: Any, units: int) -> dict[str, npt.NDArray[Any]]:
    """The constants of the graph by name."""
    kernel, bias = model.get_layer("logits").get_weights()
    return {
        "embedding": model.get_layer("embedding").get_weights()[0].astype(np.float16),
        **_lstm_weights(model),
        "kernel": kernel,
        "bias": bias,
        "padding": np.asarray(PADDING, np.int32),
        "one": np.asarray(1.0, np.float32),
        "masked": np.asarray(MASKED, np.float32),
        "time": np.asarray([1], np.int64),
        "last": np.asarray([2], np.int64),
        "sequence_shape": np.asarray([0, 0, 2 * units], np.int64),
    }


def _recurrence(units: int) -> list[Any]:
    """Nodes from ``tokens`` to ``joined`` (N, T, 2U + D) and ``real`` (N, T)."""
    node = helper.make_node
    return [
        node("Equal", ["tokens", "padding"], ["is_padding"]),
        node("Not", ["is_padding"], ["is_real"]),
        node("Cast", ["is_real"], ["real"], to=TensorProto.FLOAT),
        node("ReduceSum", ["real", "time"], ["counted"], keepdims=0),
        node("Cast", ["counted"], ["lengths"], to=TensorProto.INT32),
        node("Gather", ["embedding", "tokens"], ["vectors16"], axis=0),
        node("Cast", ["vectors16"], ["vectors"], to=TensorProto.FLOAT),
        node("Transpose", ["vectors"], ["steps"], perm=[1, 0, 2]),
        node("LSTM", ["steps", "W", "R", "B", "lengths"], ["states"], hidden_size=units, direction="bidirectional"),
        node("Transpose", ["states"], ["by_film"], perm=[2, 0, 1, 3]),
        node("Reshape", ["by_film", "sequence_shape"], ["sequence"]),
        node("Concat", ["sequence", "vectors"], ["joined"], axis=2),
    ]


def _pooling() -> list[Any]:
    """Nodes from ``joined`` and ``real`` to ``logits`` (N, G)."""
    node = helper.make_node
    return [
        node("Unsqueeze", ["real", "last"], ["weight"]),
        node("Mul", ["joined", "weight"], ["kept"]),
        node("Sub", ["one", "weight"], ["left_out"]),
        node("Mul", ["left_out", "masked"], ["sunk"]),
        node("Add", ["kept", "sunk"], ["candidates"]),
        node("ReduceMax", ["candidates"], ["largest"], axes=[1], keepdims=0),
        node("ReduceSum", ["kept", "time"], ["sums"], keepdims=0),
        node("ReduceSum", ["real", "time"], ["steps_counted"], keepdims=1),
        node("Max", ["steps_counted", "one"], ["divisor"]),
        node("Div", ["sums", "divisor"], ["means"]),
        node("Concat", ["largest", "means"], ["pooled"], axis=1),
        node("Gemm", ["pooled", "kernel", "bias"], ["logits"]),
    ]


def build_onnx(model: Any) -> ModelProto:
    """Builds the ONNX graph of a network that ``architectures.build_bilstm`` made.

    Args:
        model: the Keras model, its word vectors rounded by ``round_embedding``.

    Returns:
        The checked ONNX model: ``tokens`` int32 (N, T) to ``logits`` float32 (N, G), N and T free.
    """
    units = int(model.get_layer("bilstm").get_weights()[1].shape[0])
    genres = int(model.get_layer("logits").get_weights()[1].shape[0])
    return _assemble("bilstm_plot", _recurrence(units) + _pooling(), _constants(model, units), genres)


def build_last_state_onnx(model: Any) -> ModelProto:
    """Builds the ONNX graph of a network that ``architectures.build_lstm`` made.

    Args:
        model: the Keras model, its word vectors rounded by ``round_embedding``.

    Returns:
        The checked ONNX model: ``tokens`` int32 (N, T) to ``logits`` float32 (N, G), N and T free.
    """
    kernel, recurrent, bias = model.get_layer("lstm").get_weights()
    units, genres = int(recurrent.shape[0]), int(model.get_layer("logits").get_weights()[1].shape[0])
    head, head_bias = model.get_layer("logits").get_weights()
    arrays: dict[str, npt.NDArray[Any]] = {
        "embedding": model.get_layer("embedding").get_weights()[0].astype(np.float16),
        "W": _gates(kernel).T[None],
        "R": _gates(recurrent).T[None],
        "B": np.concatenate([_gates(bias), np.zeros_like(bias)])[None],
        "kernel": head,
        "bias": head_bias,
        "padding": np.asarray(PADDING, np.int32),
        "time": np.asarray([1], np.int64),
        "direction": np.asarray([0], np.int64),
    }
    node = helper.make_node
    nodes = [
        node("Equal", ["tokens", "padding"], ["is_padding"]),
        node("Not", ["is_padding"], ["is_real"]),
        node("Cast", ["is_real"], ["real"], to=TensorProto.FLOAT),
        node("ReduceSum", ["real", "time"], ["counted"], keepdims=0),
        node("Cast", ["counted"], ["lengths"], to=TensorProto.INT32),
        node("Gather", ["embedding", "tokens"], ["vectors16"], axis=0),
        node("Cast", ["vectors16"], ["vectors"], to=TensorProto.FLOAT),
        node("Transpose", ["vectors"], ["steps"], perm=[1, 0, 2]),
        node("LSTM", ["steps", "W", "R", "B", "lengths"], ["", "last"], hidden_size=units),
        node("Squeeze", ["last", "direction"], ["state"]),
        node("Gemm", ["state", "kernel", "bias"], ["logits"]),
    ]
    return _assemble("lstm_plot", nodes, arrays, genres)


def _assemble(name: str, nodes: list[Any], arrays: Mapping[str, npt.NDArray[Any]], genres: int) -> ModelProto:
    """A checked model from ``tokens`` to ``logits``."""
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("tokens", TensorProto.INT32, ["films", "tokens"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["films", genres])],
        initializer=[numpy_helper.from_array(np.ascontiguousarray(array), key) for key, array in arrays.items()],
    )
    onnx_model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    checker.check_model(onnx_model)
    return onnx_model


def convert_lstm(model: Any, path: Path) -> None:
    """Writes the ONNX file of an LSTM whose last state counts; fits ``export.export_network``."""
    save_model(build_last_state_onnx(model), str(path))


def convert_bilstm(model: Any, path: Path) -> None:
    """Writes the ONNX file of a bidirectional LSTM; fits ``export.export_network``."""
    save_model(build_onnx(model), str(path))
