"""The restricted reader of PyTorch weight files: reads tensors, refuses everything else."""

import io
import os
import pickle
import sys
import types
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from predictor.ml.errors import ArtifactError
from predictor.ml.training.weights import load_state_dict

MAGIC = 0x1950A86A20F9469CFC6C


class _Tensor:
    """Pickles as PyTorch pickles a tensor: a call of a rebuild function on a persistent storage."""

    def __init__(self, key: str, shape: tuple[int, ...], stride: tuple[int, ...], offset: int = 0) -> None:
        self.key, self.shape, self.stride, self.offset = key, shape, stride, offset

    def __reduce__(self) -> tuple[object, ...]:
        from torch._utils import _rebuild_tensor_v2

        return _rebuild_tensor_v2, (_Storage(self.key), self.offset, self.shape, self.stride, False, OrderedDict())


class _Storage:
    def __init__(self, key: str) -> None:
        self.key = key


class _Malicious:
    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("pwned",)


class _Pickler(pickle.Pickler):
    """Writes storages as persistent ids: kind, type, key, device, element count, view."""

    def persistent_id(self, obj: object) -> object:
        if isinstance(obj, _Storage):
            import torch

            return ("storage", torch.FloatStorage, obj.key, "cpu", 6, None)
        return None


@pytest.fixture(autouse=True)
def _torch_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives the pickler PyTorch's names to write down; the reader must never import them."""
    torch, inner = types.ModuleType("torch"), types.ModuleType("torch._utils")

    def rebuild(*_: object) -> None:
        raise AssertionError("the reader called PyTorch")

    rebuild.__module__, rebuild.__name__, rebuild.__qualname__ = "torch._utils", "_rebuild_tensor_v2", rebuild.__name__
    rebuild.__qualname__ = "_rebuild_tensor_v2"
    inner._rebuild_tensor_v2 = rebuild  # type: ignore[attr-defined]
    torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})  # type: ignore[attr-defined]
    torch._utils = inner  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", inner)


def write_weights(path: Path, objects: object, storages: dict[str, np.ndarray], *, magic: int = MAGIC) -> Path:
    stream = io.BytesIO()
    for part in (magic, 1001, {"little_endian": True}):
        pickle.dump(part, stream, protocol=2)
    _Pickler(stream, protocol=2).dump(objects)
    pickle.dump(list(storages), stream, protocol=2)
    for elements in storages.values():
        stream.write(elements.size.to_bytes(8, "little") + elements.tobytes())
    path.write_bytes(stream.getvalue())
    return path


SIX = np.arange(6, dtype=np.float32)


def test_reads_contiguous_and_transposed_tensors(tmp_path: Path) -> None:
    tensors = OrderedDict(
        whole=_Tensor("1", (2, 3), (3, 1)), turned=_Tensor("1", (3, 2), (1, 3)), tail=_Tensor("1", (2,), (1,), 4)
    )
    state = load_state_dict(write_weights(tmp_path / "a.pth", tensors, {"1": SIX}))
    np.testing.assert_array_equal(state["whole"], [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(state["turned"], [[0, 3], [1, 4], [2, 5]])
    np.testing.assert_array_equal(state["tail"], [4, 5])
    assert list(state) == ["whole", "turned", "tail"]
    assert all(array.dtype == np.float32 for array in state.values())


def test_malicious_pickle_is_refused_without_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_weights(tmp_path / "a.pth", {"weight": _Malicious()}, {})
    with pytest.raises(ArtifactError, match=r"mkdir; only tensors"):
        load_state_dict(path)
    assert not (tmp_path / "pwned").exists()


def test_anything_but_a_mapping_of_tensors_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="one mapping from names to tensors"):
        load_state_dict(write_weights(tmp_path / "a.pth", {"weight": 3}, {}))


def test_tensor_outside_its_storage_is_refused(tmp_path: Path) -> None:
    path = write_weights(tmp_path / "a.pth", {"weight": _Tensor("1", (2, 4), (4, 1))}, {"1": SIX})
    with pytest.raises(ArtifactError, match="outside its storage of 6 elements"):
        load_state_dict(path)


def test_wrong_magic_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="magic number"):
        load_state_dict(write_weights(tmp_path / "a.pth", {}, {}, magic=7))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rest", b"not a pickle at all", b"\x80\x02"])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.pth"
    path.write_bytes(content)
    with pytest.raises(ArtifactError):
        load_state_dict(path)


def test_truncated_file_is_refused(tmp_path: Path) -> None:
    path = write_weights(tmp_path / "a.pth", {"weight": _Tensor("1", (6,), (1,))}, {"1": SIX})
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(ArtifactError, match="ends early"):
        load_state_dict(path)
