from pathlib import Path

import numpy as np
import pytest

from predictor.ml.errors import ArtifactError
from predictor.ml.runtime import OnnxNetwork, return_freed_memory

from .bundles import plot_network


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "model.onnx").write_bytes(plot_network())
    return tmp_path / "model.onnx"


def test_freed_memory_goes_back_where_the_c_library_can(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    able = type("Glibc", (), {"malloc_trim": staticmethod(calls.append)})
    monkeypatch.setattr("predictor.ml.runtime.ctypes.CDLL", lambda name: able)
    OnnxNetwork(path)
    assert calls == [0]
    monkeypatch.setattr("predictor.ml.runtime.ctypes.CDLL", lambda name: object())
    return_freed_memory()
    assert calls == [0]


@pytest.mark.parametrize("arena", [False, True])
def test_network_runs_any_batch_and_length(path: Path, arena: bool) -> None:
    network = OnnxNetwork(path, threads=2, arena=arena)
    assert network.inputs == ("tokens",)
    assert network.run({"tokens": np.asarray([[2]], np.int32)}).tolist() == [[2.0, -1.0, -1.0]]
    assert network.run({"tokens": np.zeros((5, 7), np.int32)}).shape == (5, 3)


def test_file_that_is_no_network_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no network")
    with pytest.raises(ArtifactError, match=r"model\.onnx cannot be loaded"):
        OnnxNetwork(tmp_path / "model.onnx")


def test_threads_must_be_positive(path: Path) -> None:
    with pytest.raises(ArtifactError, match="at least 1 thread, not 0"):
        OnnxNetwork(path, threads=0)
