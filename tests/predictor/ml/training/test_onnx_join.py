"""Two networks in one: their answers, weighed, to a picture and to its mirror image."""

from pathlib import Path

import numpy as np
import pytest
from onnx import load_model

from predictor.ml.errors import ExportError
from predictor.ml.runtime import OnnxNetwork
from predictor.ml.training.onnx_join import find_head, join_networks
from tests.predictor.ml.training.tiny_posters import BIAS, SIDE, WEIGHTS, write_poster_network

PICTURES = np.random.default_rng(1).uniform(-1, 1, (5, SIDE, SIDE, 3)).astype(np.float32)
FACTORS = (np.asarray([0.5, 1.0, 2.0], np.float32), np.asarray([1.0, 0.25, 0.0], np.float32))
OFFSET = np.asarray([0.1, 0.2, 0.3], np.float32)


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    """Two networks that look at the left column of the picture."""
    return [write_poster_network(tmp_path / f"{number}.onnx", scale=scale) for number, scale in enumerate((1.0, -2.0))]


def answer(path: Path, pictures: np.ndarray) -> np.ndarray:
    network = OnnxNetwork(path)
    assert network.inputs == ("image",)
    return network.run({"image": np.ascontiguousarray(pictures)})


def weigh(sources: list[Path], pictures: np.ndarray) -> np.ndarray:
    parts = [answer(path, pictures) * factor for path, factor in zip(sources, FACTORS, strict=True)]
    return np.asarray(parts[0] + parts[1] + OFFSET)


def test_joined_network_weighs_what_its_parts_say(sources: list[Path], tmp_path: Path) -> None:
    join_networks(sources, tmp_path / "joined.onnx", FACTORS, OFFSET, mirror=False)
    np.testing.assert_allclose(answer(tmp_path / "joined.onnx", PICTURES), weigh(sources, PICTURES), atol=1e-5)


@pytest.mark.parametrize("mirror", [False, True])
def test_network_of_other_sides_sees_the_same_picture(sources: list[Path], tmp_path: Path, mirror: bool) -> None:
    large = write_poster_network(tmp_path / "large.onnx", scale=-2.0, side=2 * SIDE)
    join_networks([sources[0], large], tmp_path / "joined.onnx", FACTORS, OFFSET, mirror=mirror)
    join_networks(sources, tmp_path / "alike.onnx", FACTORS, OFFSET, mirror=mirror)
    # Doubling a picture linearly keeps its outer columns, and the mean of each.
    found, expected = (answer(tmp_path / f"{name}.onnx", PICTURES) for name in ("joined", "alike"))
    np.testing.assert_allclose(found, expected, atol=1e-5)
    shape = load_model(str(tmp_path / "joined.onnx")).graph.input[0].type.tensor_type.shape
    assert [dim.dim_value for dim in shape.dim][1:] == [SIDE, SIDE, 3]


@pytest.mark.parametrize("count", [1, 5])
def test_mirror_image_is_asked_too(sources: list[Path], tmp_path: Path, count: int) -> None:
    pictures = PICTURES[:count]
    join_networks(sources, tmp_path / "joined.onnx", FACTORS, OFFSET, mirror=True)
    expected = (weigh(sources, pictures) + weigh(sources, pictures[:, :, ::-1])) / 2
    found = answer(tmp_path / "joined.onnx", pictures)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    np.testing.assert_allclose(found, answer(tmp_path / "joined.onnx", pictures[:, :, ::-1]), atol=1e-5)
    assert np.abs(expected - weigh(sources, pictures)).max() > 0.01


def test_one_last_layer_reads_the_features_of_both(sources: list[Path], tmp_path: Path) -> None:
    join_networks(sources, tmp_path / "joined.onnx", FACTORS, OFFSET, mirror=True)
    model = load_model(str(tmp_path / "joined.onnx"))
    head = find_head(model)
    assert head.weights.shape == (2 * len(WEIGHTS), 3)
    np.testing.assert_allclose(head.bias, BIAS * (FACTORS[0] + FACTORS[1]) + OFFSET, atol=1e-6)
    # The old last layers are gone.
    assert sum(node.op_type == "MatMul" for node in model.graph.node) == 1


def test_network_without_a_linear_end_is_refused(sources: list[Path]) -> None:
    model = load_model(str(sources[0]))
    model.graph.output[0].name = "pooled"
    with pytest.raises(ExportError, match="must end in a matrix product and a sum"):
        find_head(model)
