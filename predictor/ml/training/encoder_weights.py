"""Pretrained encoder weights: a reader of safetensors files, and BERT's and MPNet's names put onto the Keras layers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from predictor.ml.errors import TrainingError
from predictor.ml.labels import Float32Array
from predictor.ml.training.checkpoints import load_weights

_EXPORTED: Final = {
    "kernel": r"Cast/ReadVariableOp:0",
    "bias": r"BiasAdd/ReadVariableOp:0",
    "embeddings": r"GatherV2/ReadVariableOp:0",
    "table": r"Cast/ReadVariableOp:0",
    "gamma": r"Reshape:0",
    "beta": r"Reshape_1:0",
}
"""What Keras' export calls the constants of a layer, by the name of the variable."""

_LENGTH_BYTES: Final = 8
_LARGEST_HEADER_BYTES: Final = 1 << 24
_DTYPES: Final = {"F32": "<f4", "F16": "<f2", "F64": "<f8", "I64": "<i8", "I32": "<i4"}


def read_safetensors(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Reads every array of a safetensors file; nothing in it is executed.

    Args:
        path: the file.

    Returns:
        Name to array, each with the shape and number type it was stored with.

    Raises:
        TrainingError: the file is missing or breaks the format.

    Source:
        The format's description: a 64-bit little-endian header length, a JSON header with the type, shape and byte
        range of each array, then the raw bytes in row order.
    """
    try:
        raw = path.read_bytes()
        length = int.from_bytes(raw[:_LENGTH_BYTES], "little")
        if not 2 <= length <= min(_LARGEST_HEADER_BYTES, len(raw) - _LENGTH_BYTES):
            raise ValueError(f"the header cannot have {length} bytes in a file of {len(raw)}")
        header = json.loads(raw[_LENGTH_BYTES : _LENGTH_BYTES + length])
        body = memoryview(raw)[_LENGTH_BYTES + length :]
        return {name: _read_array(body, entry) for name, entry in header.items() if name != "__metadata__"}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise TrainingError(f"{path.name} cannot be read as a safetensors file: {exc}") from exc


def _read_array(body: memoryview, entry: Mapping[str, Any]) -> npt.NDArray[Any]:
    """One array from its header entry."""
    start, end = entry["data_offsets"]
    if entry["dtype"] not in _DTYPES or not 0 <= start <= end <= len(body):
        raise ValueError(f"an array of type {entry['dtype']} at bytes {start} to {end} of {len(body)}")
    return np.frombuffer(body[start:end], _DTYPES[entry["dtype"]]).reshape(entry["shape"])


def _dense(source: Mapping[str, npt.NDArray[Any]], name: str) -> tuple[Float32Array, Float32Array]:
    """Kernel (inputs, outputs) and bias (outputs,): PyTorch stores kernels the other way round."""
    return source[f"{name}.weight"].T.astype(np.float32), source[f"{name}.bias"].astype(np.float32)


def _norm(source: Mapping[str, npt.NDArray[Any]], name: str) -> tuple[Float32Array, Float32Array]:
    """Gain and offset of a layer normalisation."""
    return source[f"{name}.weight"].astype(np.float32), source[f"{name}.bias"].astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Names:
    """What an architecture calls the parts of its attention."""

    queries_keys_values: tuple[str, str, str]
    output: str
    norm: str


_BERT: Final = _Names(("self.query", "self.key", "self.value"), "output.dense", "output.LayerNorm")
_MPNET: Final = _Names(("attn.q", "attn.k", "attn.v"), "attn.o", "LayerNorm")
_DISTANCES: Final = "encoder.relative_attention_bias.weight"
_MPNET_PADDING: Final = 1
"""Id of padding in MPNet, which numbers its places from the next one on."""


def _block_weights(source: Mapping[str, npt.NDArray[Any]], number: int, names: _Names) -> dict[str, list[Float32Array]]:
    """Weights of the Keras layers of one block."""
    theirs, ours = f"encoder.layer.{number}", f"block{number}"
    parts = [_dense(source, f"{theirs}.attention.{part}") for part in names.queries_keys_values]
    joined = [np.concatenate([part[place] for part in parts], axis=-1) for place in range(2)]
    return {
        f"{ours}_qkv": joined,
        f"{ours}_out": list(_dense(source, f"{theirs}.attention.{names.output}")),
        f"{ours}_norm": list(_norm(source, f"{theirs}.attention.{names.norm}")),
        f"{ours}_inner": list(_dense(source, f"{theirs}.intermediate.dense")),
        f"{ours}_outer": list(_dense(source, f"{theirs}.output.dense")),
        f"{ours}_final_norm": list(_norm(source, f"{theirs}.output.LayerNorm")),
    }


def map_weights(source: Mapping[str, npt.NDArray[Any]], *, blocks: int) -> dict[str, list[Float32Array]]:
    """Sorts the arrays of a BERT or an MPNet by the layers of ``build_encoder``.

    The vector of BERT's first segment, which a single text always has, is added to the place vectors. MPNet has a
    table of scores by distance instead of segments; its word vectors of padding and of id 0 change places, as
    ``WordpieceEncoder`` gives them.

    Args:
        source: arrays by the names of the reference implementation.
        blocks: number of transformer blocks to take, from the first.

    Returns:
        Layer name to its weights, float32.

    Raises:
        TrainingError: a name is missing.
    """
    try:
        words = source["embeddings.word_embeddings.weight"].astype(np.float32)
        places = source["embeddings.position_embeddings.weight"].astype(np.float32)
        mapped = {"words_norm": list(_norm(source, "embeddings.LayerNorm"))}
        if _DISTANCES in source:
            words[[0, _MPNET_PADDING]] = words[[_MPNET_PADDING, 0]]
            places = places[_MPNET_PADDING + 1 :]
            mapped["distances"] = [source[_DISTANCES].astype(np.float32)]
        else:
            places = places + source["embeddings.token_type_embeddings.weight"][0].astype(np.float32)
        mapped |= {"words": [words], "places": [places]}
        for number in range(blocks):
            mapped.update(_block_weights(source, number, _MPNET if _DISTANCES in source else _BERT))
    except KeyError as exc:
        raise TrainingError(f"The encoder weights must hold an array named {exc}.") from exc
    return mapped


def load_pretrained(model: keras.Model, path: Path, *, blocks: int) -> None:
    """Puts the weights of a safetensors file into a model of ``build_encoder``; the head stays as it is.

    Args:
        model: the model.
        path: the file.
        blocks: number of transformer blocks of the model.

    Raises:
        TrainingError: the file is unusable, or its arrays have other shapes than the model.
    """
    for name, values in map_weights(read_safetensors(path), blocks=blocks).items():
        layer = next((layer for layer in model.layers if layer.name == name), None)
        if layer is None:
            raise TrainingError(f"The encoder weights are of another architecture: the network has no layer {name}.")
        wanted, found = [tuple(weight.shape) for weight in layer.weights], [value.shape for value in values]
        if wanted != found:
            raise TrainingError(f"The encoder weights of layer {name} must have shapes {wanted}, not {found}.")
        layer.set_weights(values)


def load_shipped(model: keras.Model, path: Path) -> None:
    """Puts the weights of a shipped bundle's network into a model of ``build_encoder``, its genre head included.

    Weights that are stored in eight bits come back as the network computes with them, so that both answer alike.

    Args:
        model: the model.
        path: ``model.onnx`` of a bundle of the recipe ``encoder``, with or without a linear partner.

    Raises:
        TrainingError: the file holds no such network, or one of another shape.
    """
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load_model(str(path)).graph.initializer}
    for layer in model.layers:
        for variable in layer.weights:
            part = variable.path.rsplit("/", 1)[-1]
            values = _find_shipped(stored, layer.name, part)
            if values is None or values.size != int(np.prod(variable.shape)):
                found = "nothing" if values is None else f"shape {values.shape}"
                raise TrainingError(
                    f"{path.name} must hold the {part} of layer {layer.name}, {tuple(variable.shape)}, not {found}."
                )
            variable.assign(values.reshape(variable.shape))


def is_tuned(weights: Sequence[Path]) -> bool:
    """Whether weights to start from have a genre head: those of earlier runs or of a bundle, not pretrained ones."""
    return weights[0].suffix in (".npz", ".onnx")


def load_tuned(model: keras.Model, weights: Sequence[Path]) -> None:
    """Puts the weights of earlier runs, their mean if several, or of a bundle into a model; its genre head included.

    Raises:
        TrainingError: they are of another shape.
    """
    if weights[0].suffix == ".npz":
        load_weights(weights, model)
    else:
        load_shipped(model, weights[0])


def _find_shipped(stored: Mapping[str, npt.NDArray[Any]], layer: str, part: str) -> npt.NDArray[Any] | None:
    """A layer's weights from the constants of an exported network, widened to float32; None if it has none such."""
    pattern = re.compile(rf"[^/]*/{re.escape(layer)}(?:_\d+)?/{_EXPORTED[part]}(?P<width>_int8)?$")
    for name, values in stored.items():
        if found := pattern.match(name):
            scale = stored[name.removesuffix("_int8") + "_scale"] if found["width"] else np.float32(1)
            return values.astype(np.float32) * scale
    return None
