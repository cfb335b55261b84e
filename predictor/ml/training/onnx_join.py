"""Two ONNX networks that look at the same picture become one, with one last layer over the features of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, checker, compose, helper, load_model, numpy_helper, save_model

from predictor.ml.errors import ExportError
from predictor.ml.labels import Float32Array

_FARTHEST: Final = np.iinfo(np.int64).min

Constants = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """The last layer of a network: logits = features @ weights + bias.

    Attributes:
        features: name of the tensor (N, D).
        weights: float32 (D, G).
        bias: float32 (G,).
    """

    features: str
    weights: Float32Array
    bias: Float32Array


def find_head(model: ModelProto) -> Head:
    """Reads the linear layer that gives a network's first output.

    Raises:
        ExportError: the network ends otherwise.
    """
    graph = model.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    made = {name: node for node in graph.node for name in node.output}

    def read(name: str) -> Float32Array | None:
        while name in made and made[name].op_type == "Cast":
            name = made[name].input[0]
        return np.asarray(numpy_helper.to_array(stored[name]), np.float32) if name in stored else None

    added = made.get(graph.output[0].name)
    product = made.get(added.input[0]) if added is not None and added.op_type == "Add" else None
    if added is None or product is None or product.op_type != "MatMul":
        raise ExportError("A network that is to be joined must end in a matrix product and a sum.")
    weights, bias = read(product.input[1]), read(added.input[1])
    if weights is None or bias is None or weights.ndim != 2:
        raise ExportError("The last layer of a network that is to be joined must have constant weights.")
    return Head(product.input[0], weights, bias)


def join_networks(
    sources: Sequence[Path], target: Path, factors: Sequence[Float32Array], offset: Float32Array, *, mirror: bool
) -> None:
    """Writes one network whose logits are the weighted sum of those of several.

    Args:
        sources: ONNX files with one input each, (N, H, W, 3), each ending in a linear layer. The input of the first is
            that of the joined network; one of other sides sees the picture brought to them.
        target: the file to write; its input is ``image``, its one output ``logits``.
        factors: float32 (G,) for each source.
        offset: float32 (G,), added to the sum.
        mirror: whether the mean with the answers to the mirror image is given.

    Raises:
        ExportError: a network does not end in a linear layer.
    """
    models = [compose.add_prefix(load_model(str(path)), f"part{number}/") for number, path in enumerate(sources)]
    heads = [find_head(model) for model in models]
    scaled = list(zip(heads, factors, strict=True))
    constants: Constants = {
        "weights": np.concatenate([head.weights * factor for head, factor in scaled]).astype(np.float32),
        "bias": np.asarray(sum((head.bias * factor for head, factor in scaled), offset), np.float32),
    }
    before, after = _look_twice(constants) if mirror else ([], [])
    nodes = [
        *before,
        *_show_picture("pictures" if mirror else "image", models, constants),
        *(node for model in models for node in model.graph.node),
        helper.make_node("Concat", [head.features for head in heads], ["seen"], axis=1),
        *after,
        helper.make_node("MatMul", ["features" if mirror else "seen", "weights"], ["weighed"]),
        helper.make_node("Add", ["weighed", "bias"], ["logits"]),
    ]
    stored = [
        *(tensor for model in models for tensor in model.graph.initializer),
        *(numpy_helper.from_array(values, name) for name, values in constants.items()),
    ]
    _write(nodes, stored, models[0], target)


def _show_picture(picture: str, models: Sequence[ModelProto], constants: Constants) -> list[NodeProto]:
    """What gives each network the picture, in the sides that it takes.

    No filter smooths what is made smaller: posters are brought to 224 pixels first and hold nothing finer.
    """
    sides = [_read_sides(model) for model in models]
    nodes = []
    for model, own in zip(models, sides, strict=True):
        name = model.graph.input[0].name
        if own == sides[0]:
            nodes.append(helper.make_node("Identity", [picture], [name]))
            continue
        constants[f"{name}/sides"] = np.asarray(own, np.int64)
        nodes += [
            helper.make_node("Shape", [picture], [f"{name}/count"], end=1),
            helper.make_node("Concat", [f"{name}/count", f"{name}/sides"], [f"{name}/wanted"], axis=0),
            helper.make_node("Resize", [picture, "", "", f"{name}/wanted"], [name], mode="linear"),
        ]
    return nodes


def _read_sides(model: ModelProto) -> list[int]:
    """Height, width and channels of a network's input."""
    return [dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim][1:]


def _look_twice(constants: Constants) -> tuple[list[NodeProto], list[NodeProto]]:
    """What puts the mirror images behind the pictures, and what takes the mean of their features again."""
    constants |= {
        "backwards": np.asarray([-1], np.int64),
        "farthest": np.asarray([_FARTHEST], np.int64),
        "across": np.asarray([2], np.int64),
        "halves": np.asarray([2, -1, len(constants["weights"])], np.int64),
    }
    before = [
        helper.make_node("Slice", ["image", "backwards", "farthest", "across", "backwards"], ["mirrored"]),
        helper.make_node("Concat", ["image", "mirrored"], ["pictures"], axis=0),
    ]
    after = [
        helper.make_node("Reshape", ["seen", "halves"], ["both"]),
        helper.make_node("ReduceMean", ["both"], ["features"], axes=[0], keepdims=0),
    ]
    return before, after


def _write(nodes: Sequence[NodeProto], stored: Sequence[TensorProto], like: ModelProto, target: Path) -> None:
    """Writes a model of the same input and operator sets as another, without what nobody reads."""
    wanted, kept = {"logits"}, []
    for node in reversed(nodes):
        if wanted & set(node.output):
            kept.append(node)
            wanted |= set(node.input)
    sides = _read_sides(like)
    constants = [tensor for tensor in stored if tensor.name in wanted]
    genre_count = next(tensor.dims[0] for tensor in constants if tensor.name == "bias")
    graph = helper.make_graph(
        kept[::-1],
        "joined",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", *sides])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", genre_count])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=list(like.opset_import), ir_version=like.ir_version)
    checker.check_model(model)
    target.parent.mkdir(parents=True, exist_ok=True)
    save_model(model, str(target))
