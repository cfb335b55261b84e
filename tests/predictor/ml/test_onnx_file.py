from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from predictor.ml.errors import ArtifactError
from predictor.ml.onnx_file import read_matrices

from .bundles import poster_network

WEIGHTS = np.arange(9, dtype=np.float32).reshape(3, 3)


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_the_matrix_of_a_shape_is_found(tmp_path: Path) -> None:
    path = write(tmp_path / "model.onnx", poster_network(WEIGHTS))
    (found,) = read_matrices(path, (3, 3))
    np.testing.assert_array_equal(found, WEIGHTS)
    assert found.dtype == np.float32
    assert read_matrices(path, (3, 4)) == []


@pytest.mark.parametrize("raw", [True, False])
def test_every_way_to_store_floats_is_read(tmp_path: Path, raw: bool) -> None:
    half = numpy_helper.from_array(WEIGHTS.astype(np.float16), "half")
    values = WEIGHTS.tobytes() if raw else WEIGHTS.ravel().tolist()
    whole = helper.make_tensor("whole", TensorProto.FLOAT, (3, 3), values, raw=raw)
    numbers = numpy_helper.from_array(WEIGHTS.astype(np.int64), "numbers")
    graph = helper.make_graph([], "weights", [], [], initializer=[half, whole, numbers])
    path = write(tmp_path / "model.onnx", helper.make_model(graph).SerializeToString())
    found = read_matrices(path, (3, 3))
    assert len(found) == 2
    for matrix in found:
        np.testing.assert_array_equal(matrix, WEIGHTS)


@pytest.mark.parametrize("content", [poster_network(WEIGHTS)[:-40], b"\xff" * 30, b"\x0f"])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ArtifactError, match="cannot be read as an ONNX file"):
        read_matrices(write(tmp_path / "model.onnx", content), (3, 3))
