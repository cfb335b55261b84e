"""ONNX files whose large weight matrices are kept in eight bits and widened when they are used."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from onnx import NodeProto, TensorProto, helper, load_model, numpy_helper, save_model

_SMALLEST_SIZE: Final = 4_096
_LEVELS: Final = 127.0
_STORED: Final = "_int8"
_SCALE: Final = "_scale"


def quantize_rows(values: npt.NDArray[np.float32], axis: int) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Rounds a matrix to whole steps of an own size for each slice.

    Args:
        values: float32 (A, B).
        axis: axis along which a slice lies: 0 gives each column its step, 1 each row.

    Returns:
        Steps int8 (A, B) in -127..127 and the size of a step, float32 (1, B) or (A, 1): their product is within
        half a step of the values.
    """
    scale = np.maximum(np.abs(values).max(axis=axis, keepdims=True), 1e-12) / _LEVELS
    return np.rint(values / scale).astype(np.int8), scale.astype(np.float32)


def store_in_int8(source: Path, target: Path) -> None:
    """Copies an ONNX file with its large float32 matrices stored in eight bits.

    A matrix of a product is widened to float32 by two nodes that ONNX Runtime folds away when it loads the file, so
    that the network is as fast and as exact in its sums as before. A table of vectors stays narrow in memory too:
    only the rows looked up are widened.

    Args:
        source: an ONNX file.
        target: the file to write.
    """
    model = load_model(str(source))
    graph = model.graph
    users: dict[str, list[NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    stored = {tensor.name: tensor for tensor in graph.initializer}
    added: list[NodeProto] = []
    for name, tensor in list(stored.items()):
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.ndim != 2 or values.size < _SMALLEST_SIZE:
            continue
        lookups = [node for node in users.get(name, []) if node.op_type == "Gather" and node.input[0] == name]
        graph.initializer.remove(tensor)
        if lookups and len(lookups) == len(users[name]):
            _store(graph, name, values, axis=1)
            for node in lookups:
                _widen_lookup(graph, node, name)
        else:
            _store(graph, name, values, axis=0)
            added += _widening(name + _STORED, name + _SCALE, name, name)
    nodes = [*added, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    save_model(model, str(target))


def _store(graph: Any, name: str, values: npt.NDArray[np.float32], *, axis: int) -> None:
    """Adds the steps and their sizes to the graph."""
    steps, scale = quantize_rows(values, axis)
    graph.initializer.append(numpy_helper.from_array(steps, name + _STORED))
    graph.initializer.append(numpy_helper.from_array(scale, name + _SCALE))


def _widening(steps: str, scale: str, output: str, prefix: str) -> list[NodeProto]:
    """Nodes that turn steps into values."""
    wide = f"{prefix}_wide"
    return [
        helper.make_node("Cast", [steps], [wide], to=TensorProto.FLOAT),
        helper.make_node("Mul", [wide, scale], [output]),
    ]


def _widen_lookup(graph: Any, lookup: NodeProto, name: str) -> None:
    """Replaces a look-up of vectors by look-ups of steps and of their sizes."""
    place = list(graph.node).index(lookup)
    output, rows = lookup.output[0], lookup.input[1]
    steps, sizes = f"{output}_steps", f"{output}_sizes"
    nodes = [
        helper.make_node("Gather", [name + _STORED, rows], [steps], axis=0),
        helper.make_node("Gather", [name + _SCALE, rows], [sizes], axis=0),
        *_widening(steps, sizes, output, output),
    ]
    graph.node.remove(lookup)
    for offset, node in enumerate(nodes):
        graph.node.insert(place + offset, node)
