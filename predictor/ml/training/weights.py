"""Reads PyTorch weight files (`.pth`) into numpy arrays without PyTorch and without running foreign code.

A `.pth` file is a pickle, and a pickle may call any function it names. The unpickler here resolves four names and
refuses every other: the two rebuild functions for tensors and parameters, the typed storages, and `OrderedDict`.

Source: the older, un-zipped form that `torch.save` wrote before PyTorch 1.6: five pickles in a row (magic number,
protocol, machine, the objects, the order of the storages), then each storage as a little-endian 64-bit element
count and its raw elements.
"""

import pickle
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from predictor.ml.errors import ArtifactError

_MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_COUNT_BYTES = 8
_LARGEST_STORAGE_BYTES = 1 << 30

_STORAGE_DTYPES: dict[str, np.dtype[Any]] = {
    "FloatStorage": np.dtype("<f4"),
    "HalfStorage": np.dtype("<f2"),
    "DoubleStorage": np.dtype("<f8"),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
}


@dataclass(frozen=True)
class _StorageType:
    """Stands in for a typed PyTorch storage class, such as `torch.FloatStorage`."""

    dtype: np.dtype[Any]


@dataclass(frozen=True)
class _StoredTensor:
    """A tensor whose elements are still to be read: a strided window on the storage named `key`."""

    key: str
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


def _rebuild_tensor(key: str, offset: int, shape: Sequence[int], stride: Sequence[int], *_: object) -> _StoredTensor:
    return _StoredTensor(key, int(offset), tuple(map(int, shape)), tuple(map(int, stride)))


def _rebuild_parameter(tensor: _StoredTensor, *_: object) -> _StoredTensor:
    return tensor


_ALLOWED: dict[tuple[str, str], object] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor"): _rebuild_tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): _rebuild_parameter,
    **{("torch", name): _StorageType(dtype) for name, dtype in _STORAGE_DTYPES.items()},
}


class _RestrictedUnpickler(pickle.Unpickler):
    """Unpickles tensors and plain containers; any other name in the stream is refused before it is imported."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream)
        self.storages: dict[str, _StorageType] = {}

    def find_class(self, module_name: str, global_name: str) -> Any:
        try:
            return _ALLOWED[module_name, global_name]
        except KeyError:
            raise ArtifactError(
                f"The weight file asks for {module_name}.{global_name}; only tensors and plain containers may be read."
            ) from None

    def persistent_load(self, pid: Any) -> str:
        match pid:
            case ("storage", _StorageType() as storage, str(key), str(), int(), *_):
                self.storages[key] = storage
                return key
        raise ArtifactError(f"The weight file refers to something that is no tensor storage: {pid!r:.100}.")


def load_state_dict(path: Path) -> dict[str, np.ndarray]:
    """Reads every tensor of a PyTorch state dictionary.

    Args:
        path: A `.pth` file in the un-zipped form (see the module's source note).

    Returns:
        Name -> array, each with the shape and dtype it was stored with, in the file's order.

    Raises:
        ArtifactError: The file is not such a pickle, names anything but tensors, or ends too early.
    """
    with path.open("rb") as stream:
        try:
            return _read_state_dict(stream)
        except (pickle.UnpicklingError, EOFError, ValueError, TypeError, IndexError, AttributeError, KeyError) as exc:
            if isinstance(exc, ArtifactError):
                raise
            raise ArtifactError(f"{path.name} is not a readable PyTorch weight file: {exc}.") from exc


def _read_state_dict(stream: BinaryIO) -> dict[str, np.ndarray]:
    if stream.read(2) == b"PK":
        raise ArtifactError("The weight file is a zip archive; only PyTorch's un-zipped form is read.")
    stream.seek(0)
    for rule, expected in (("magic number", _MAGIC_NUMBER), ("protocol", _PROTOCOL)):
        found = _RestrictedUnpickler(stream).load()
        if found != expected:
            raise ArtifactError(f"The weight file's {rule} must be {expected}, not {found!r:.50}.")
    machine = _RestrictedUnpickler(stream).load()
    if not machine.get("little_endian", True):
        raise ArtifactError("The weight file was written on a big-endian machine; little-endian is required.")
    unpickler = _RestrictedUnpickler(stream)
    tensors = unpickler.load()
    order = _RestrictedUnpickler(stream).load()
    storages = {key: _read_storage(stream, unpickler.storages[key].dtype) for key in order}
    return {name: _window(tensor, storages) for name, tensor in _require_tensors(tensors).items()}


def _require_tensors(tensors: object) -> Mapping[str, _StoredTensor]:
    if not isinstance(tensors, Mapping) or not all(isinstance(value, _StoredTensor) for value in tensors.values()):
        raise ArtifactError("The weight file must hold one mapping from names to tensors.")
    return tensors


def _read_storage(stream: BinaryIO, dtype: np.dtype[Any]) -> np.ndarray:
    size_bytes = int.from_bytes(stream.read(_COUNT_BYTES), "little", signed=True) * dtype.itemsize
    if not 0 <= size_bytes <= _LARGEST_STORAGE_BYTES:
        raise ArtifactError(f"A tensor storage must have 0 to {_LARGEST_STORAGE_BYTES} bytes, not {size_bytes}.")
    raw = stream.read(size_bytes)
    if len(raw) != size_bytes:
        raise ArtifactError(f"The weight file ends early: a storage has {len(raw)} of {size_bytes} bytes.")
    return np.frombuffer(raw, dtype)


def _window(tensor: _StoredTensor, storages: Mapping[str, np.ndarray]) -> np.ndarray:
    elements = storages[tensor.key]
    steps = zip(tensor.shape, tensor.stride, strict=True)
    last = tensor.offset + sum((size - 1) * step for size, step in steps)
    if min((tensor.offset, *tensor.stride, *tensor.shape)) < 0 or (0 not in tensor.shape and last >= elements.size):
        raise ArtifactError(f"A tensor reaches outside its storage of {elements.size} elements.")
    strides = tuple(step * elements.itemsize for step in tensor.stride)
    return np.lib.stride_tricks.as_strided(elements[tensor.offset :], tensor.shape, strides, writeable=False).copy()
