import keras
import numpy as np
import onnx
from onnx import numpy_helper

from predictor.ml.training.architectures import build_bilstm
from predictor.ml.training.onnx_lstm import build_onnx, round_embedding


def build() -> keras.Model:
    keras.utils.set_random_seed(2)
    return build_bilstm(vocabulary_size=12, embedding_dim=4, units=3, genre_count=2)


def test_graph_has_one_lstm_and_no_loop_and_keeps_word_vectors_in_float16() -> None:
    model = build()
    graph = build_onnx(model).graph
    operators = [node.op_type for node in graph.node]
    assert operators.count("LSTM") == 1
    assert "Loop" not in operators
    stored = {entry.name: numpy_helper.to_array(entry) for entry in graph.initializer}
    assert stored["embedding"].dtype == np.float16
    assert stored["W"].shape == (2, 12, 4)


def test_batch_and_length_are_free() -> None:
    shape = build_onnx(build()).graph.input[0].type.tensor_type.shape
    assert [dimension.dim_param for dimension in shape.dim] == ["films", "tokens"]
    onnx.checker.check_model(build_onnx(build()))


def test_rounded_word_vectors_are_float16_values() -> None:
    model = build()
    round_embedding(model)
    table = model.get_layer("embedding").get_weights()[0]
    assert (table == table.astype(np.float16)).all()
