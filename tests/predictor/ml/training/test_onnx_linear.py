from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, save_model

from predictor.ml.runtime import OnnxNetwork
from predictor.ml.training.onnx_linear import blend_networks, write_linear_network

WEIGHTS = np.asarray([[1.0, -2.0], [0.5, 0.0], [0.0, 4.0]], np.float32)
BIAS = np.asarray([0.1, -0.1], np.float32)
NGRAMS = {
    "ngrams": np.asarray([[0, 2], [1, 0]], np.int32),
    "ngram_values": np.asarray([[0.5, 1.0], [2.0, 0.0]], np.float32),
}
EXPECTED = np.asarray([[0.6, 2.9], [1.1, -0.1]])


def test_linear_network_sums_weighted_rows(tmp_path: Path) -> None:
    write_linear_network(tmp_path / "model.onnx", WEIGHTS, BIAS)
    network = OnnxNetwork(tmp_path / "model.onnx")
    assert network.inputs == ("ngrams", "ngram_values")
    np.testing.assert_allclose(network.run(NGRAMS), EXPECTED, atol=0.02)


def test_blend_adds_shares_of_both(tmp_path: Path) -> None:
    node = helper.make_node("Identity", ["first"], ["answer"])
    infos = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["films", 2]) for name in ("first", "answer")]
    graph = helper.make_graph([node], "plain", infos[:1], infos[1:])
    save_model(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8), str(tmp_path / "a"))
    shares = [np.asarray(share, np.float32) for share in ([1.0, 2.0], [0.5, 0.0], [0.0, 3.0])]
    blend_networks(tmp_path / "a", tmp_path / "b", WEIGHTS, BIAS, shares)
    network = OnnxNetwork(tmp_path / "b")
    assert network.inputs == ("first", "ngrams", "ngram_values")
    assert network.output == "logits"
    first = np.asarray([[1.0, 1.0], [-1.0, 2.0]], np.float32)
    expected = first * shares[0] + EXPECTED * shares[1] + shares[2]
    np.testing.assert_allclose(network.run({"first": first, **NGRAMS}), expected, atol=0.02)
