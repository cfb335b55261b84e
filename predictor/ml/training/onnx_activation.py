"""A second output for a poster network: which cells of the picture speak for each logit, read off its last maps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, load_model, numpy_helper, save_model

from predictor.ml.errors import TrainingError
from predictor.ml.labels import Float32Array
from predictor.ml.pipeline import ACTIVATION_OUTPUT
from predictor.ml.runtime import OnnxNetwork

MAPS_OUTPUT: Final = "heat_maps"
_POOLING: Final = "GlobalAveragePool"
_OWN: Final = "heat_"


def expose_maps(source: Path, target: Path, picture: Float32Array) -> tuple[str, ...]:
    """Copies a network so that its second output are its last maps, (N, C, h, w), their channels side by side.

    The last maps are those that it averages over the picture and that are as coarse as the coarsest of them. A network
    of several parts has several; one that looks at all its stages shows those of its last ones.

    Args:
        source: the ONNX file of a poster network; a former second output is left out.
        target: the file to write.
        picture: float32 (1, H, W, 3), any.

    Returns:
        The maps' names in the graph.

    Raises:
        TrainingError: it averages no map over the picture, or looks at a picture more than once.
    """
    model = _read_bare(source)
    names = _find_averaged(model)
    if not names:
        raise TrainingError(f"A heat map needs a network that averages a map over the picture; {source.name} does not.")
    _show(model, names)
    save_model(model, str(target))
    shapes = [found.shape for found in OnnxNetwork(target).run_all({model.graph.input[0].name: picture})[1:]]
    smallest = min(height * width for _, _, height, width in shapes)
    last = [name for name, shape in zip(names, shapes, strict=True) if shape[2] * shape[3] == smallest]
    if any(shape[0] != 1 for shape in shapes):
        raise TrainingError("A heat map needs a network that looks at a picture once, not at its mirror image too.")
    model = _read_bare(source)
    model.graph.node.append(helper.make_node("Concat", last, [MAPS_OUTPUT], axis=1))
    _show(model, [MAPS_OUTPUT])
    save_model(model, str(target))
    return tuple(last)


def append_activation(
    source: Path, target: Path, maps: Sequence[str], weights: npt.NDArray[np.float16], nothing: Float32Array
) -> None:
    """Copies a network with the second output ``activation``, float32 (N, h, w, G): maps @ weights - nothing.

    Args:
        source: the ONNX file of the network.
        target: the file to write.
        maps: names of maps (N, C_i, h, w) in its graph, as ``expose_maps`` gives them.
        weights: float16 (C, G), over the channels of all maps, in order.
        nothing: float32 (h, w, G), what the maps say of a picture without anything on it.
    """
    model = _read_bare(source)
    height, width, genres = nothing.shape
    kernel = np.ascontiguousarray(weights.T).reshape(genres, len(weights), 1, 1)
    stored: dict[str, npt.NDArray[Any]] = {
        "kernel": kernel,
        "nothing": np.ascontiguousarray(nothing.transpose(2, 0, 1)[None], np.float32),
    }
    model.graph.initializer.extend(numpy_helper.from_array(values, _OWN + name) for name, values in stored.items())
    model.graph.node.extend(
        [
            helper.make_node("Concat", list(maps), [MAPS_OUTPUT], axis=1),
            helper.make_node("Cast", [_OWN + "kernel"], [_OWN + "wide"], to=TensorProto.FLOAT),
            helper.make_node("Conv", [MAPS_OUTPUT, _OWN + "wide"], [_OWN + "seen"]),
            helper.make_node("Sub", [_OWN + "seen", _OWN + "nothing"], [_OWN + "cells"]),
            helper.make_node("Transpose", [_OWN + "cells"], [ACTIVATION_OUTPUT], perm=[0, 2, 3, 1]),
        ]
    )
    shape = ["N", height, width, genres]
    model.graph.output.append(helper.make_tensor_value_info(ACTIVATION_OUTPUT, TensorProto.FLOAT, shape))
    checker.check_model(model)
    save_model(model, str(target))


def _read_bare(path: Path) -> ModelProto:
    """Reads a network with its first output alone; what ``append_activation`` added is taken off again."""
    model = load_model(str(path))
    del model.graph.output[1:]
    for rows in (model.graph.node, model.graph.initializer):
        for row in [row for row in rows if _is_ours(row)]:
            rows.remove(row)
    return model


def _is_ours(row: NodeProto | TensorProto) -> bool:
    names = [row.name] if isinstance(row, TensorProto) else row.output
    return any(name.startswith(_OWN) or name == ACTIVATION_OUTPUT for name in names)


def _find_averaged(model: ModelProto) -> list[str]:
    """Maps whose mean over the picture the first output depends on; of products, which are made of others, none."""
    made = {name: node for node in model.graph.node for name in node.output}
    wanted, found = {model.graph.output[0].name}, []
    for node in reversed(model.graph.node):
        if not wanted & set(node.output):
            continue
        wanted |= set(node.input)
        pooled = node.input[0]
        if node.op_type == _POOLING and pooled in made and made[pooled].op_type != "Mul" and pooled not in found:
            found.append(pooled)
    return found[::-1]


def _show(model: ModelProto, names: Sequence[str]) -> None:
    """Makes tensors further outputs."""
    model.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
