"""Reads weight matrices out of an ONNX file without the ``onnx`` package, which web processes do not load."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from predictor.ml.errors import ArtifactError
from predictor.ml.labels import Float32Array

# Field numbers and element types of onnx.proto3.
_MODEL_GRAPH: Final = 7
_GRAPH_INITIALIZER: Final = 5
_TENSOR_DIMS: Final = 1
_TENSOR_TYPE: Final = 2
_TENSOR_FLOATS: Final = 4
_TENSOR_RAW: Final = 9
_ELEMENTS: Final = {1: "<f4", 10: "<f2"}
# Wire types of protocol buffers; the number of bytes that the fixed ones take.
_VARINT: Final = 0
_BYTES: Final = 2
_FIXED: Final = {1: 8, 5: 4}

Field = tuple[int, int | memoryview]


def read_matrices(path: Path, shape: tuple[int, int]) -> list[Float32Array]:
    """Finds the stored weights of one shape.

    Args:
        path: an ONNX file.
        shape: rows and columns.

    Returns:
        Every matrix of that shape stored as float32 or float16, as float32, in the order of the file.

    Raises:
        ArtifactError: the file is cut off or no ONNX file.

    Source:
        The encoding of protocol buffers (protobuf.dev, "Encoding") and ``onnx.proto3`` of the ONNX project.
    """
    model = memoryview(path.read_bytes())
    try:
        tensors = [
            tensor
            for graph in _find(model, _MODEL_GRAPH)
            for content in _find(graph, _GRAPH_INITIALIZER)
            if (tensor := _read_tensor(content, shape)) is not None
        ]
    except (IndexError, ValueError) as exc:
        raise ArtifactError(f"{path.name} cannot be read as an ONNX file: {exc}") from exc
    return tensors


def _find(message: memoryview, wanted: int) -> Iterator[memoryview]:
    """The messages that stand in one field."""
    for number, value in _fields(message):
        if number == wanted and isinstance(value, memoryview):
            yield value


def _fields(message: memoryview) -> Iterator[Field]:
    """Number and content of each field of a message."""
    place = 0
    while place < len(message):
        key, place = _read_varint(message, place)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, place = _read_varint(message, place)
            yield number, value
            continue
        if wire == _BYTES:
            size, place = _read_varint(message, place)
        elif wire in _FIXED:
            size = _FIXED[wire]
        else:
            raise ValueError(f"unknown wire type {wire}")
        if place + size > len(message):
            raise ValueError("a field reaches behind the end")
        yield number, message[place : place + size]
        place += size


def _read_varint(message: memoryview, place: int) -> tuple[int, int]:
    """A number of seven bits a byte, lowest first, and the place behind it."""
    value = shift = 0
    while True:
        byte = message[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place


def _read_tensor(message: memoryview, shape: tuple[int, int]) -> Float32Array | None:
    """A tensor's values if it has the shape and holds floats."""
    sides: list[int] = []
    element, content = 0, memoryview(b"")
    for number, value in _fields(message):
        if number == _TENSOR_DIMS:
            sides += [value] if isinstance(value, int) else _unpack(value)
        elif number == _TENSOR_TYPE and isinstance(value, int):
            element = value
        elif number in (_TENSOR_FLOATS, _TENSOR_RAW) and isinstance(value, memoryview):
            content = value
    if tuple(sides) != shape or element not in _ELEMENTS:
        return None
    return np.asarray(np.frombuffer(content, np.dtype(_ELEMENTS[element])), np.float32).reshape(shape)


def _unpack(values: memoryview) -> list[int]:
    """The numbers of a packed field."""
    numbers, place = [], 0
    while place < len(values):
        number, place = _read_varint(values, place)
        numbers.append(number)
    return numbers
