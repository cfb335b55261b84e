import json
from pathlib import Path

import keras
import numpy as np
import pytest

from predictor.ml.errors import TrainingError
from predictor.ml.training.encoder import EncoderShape, build_encoder
from predictor.ml.training.encoder_weights import load_pretrained, map_weights, read_safetensors

from .bert_reference import embed, embed_mpnet, make_bert_weights, make_mpnet_weights, write_safetensors

TINY = EncoderShape(vocabulary_size=20, positions=12, width=8, blocks=2, heads=2, inner=16)


def build() -> keras.Model:
    return build_encoder(TINY, genre_count=3)


def test_arrays_come_back_as_written(tmp_path: Path) -> None:
    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.asarray([1, 2], np.int64)}
    found = read_safetensors(write_safetensors(tmp_path / "x.safetensors", arrays))
    assert found.keys() == arrays.keys()
    for name, values in arrays.items():
        assert found[name].dtype == values.dtype
        np.testing.assert_array_equal(found[name], values)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 64,
        (2).to_bytes(8, "little") + b"[]",
        (5).to_bytes(8, "little") + b"nojso",
        b"".join(
            (len(h).to_bytes(8, "little") + h)
            for h in [json.dumps({"a": {"dtype": "F32", "shape": [9], "data_offsets": [0, 36]}}).encode()]
        ),
    ],
)
def test_broken_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.safetensors"
    path.write_bytes(content)
    with pytest.raises(TrainingError, match="broken"):
        read_safetensors(path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"none\.safetensors"):
        read_safetensors(tmp_path / "none.safetensors")


def test_port_answers_as_a_plain_forward_pass(tmp_path: Path) -> None:
    weights = make_bert_weights()
    model = build()
    load_pretrained(model, write_safetensors(tmp_path / "x.safetensors", weights), blocks=2)
    pooled = keras.Model(model.input, model.get_layer("pool").output)
    for ids in ([2, 7, 3], [2, 5, 11, 19, 4, 3], [9]):
        padded = np.asarray([ids + [0] * 4], np.int32)
        expected = embed(weights, np.asarray(ids), heads=2, blocks=2)
        np.testing.assert_allclose(np.asarray(pooled(padded))[0], expected, atol=1e-5)


@pytest.mark.parametrize("tokens", [3, 11, 190])
def test_mpnet_answers_as_a_plain_forward_pass(tmp_path: Path, tokens: int) -> None:
    weights = make_mpnet_weights(positions=200, buckets=16)
    shape = EncoderShape(20, positions=200, width=8, blocks=2, heads=2, inner=16, distances=16, norm_epsilon=1e-5)
    model = build_encoder(shape, genre_count=3)
    load_pretrained(model, write_safetensors(tmp_path / "x.safetensors", weights), blocks=2)
    theirs = np.asarray([0, *np.random.default_rng(1).integers(3, 20, tokens - 2), 2])
    ours = np.asarray([[1, *theirs[1:], 0, 0, 0]], np.int32)  # padding and the start token change their ids
    pooled = keras.Model(model.input, model.get_layer("pool").output)
    expected = embed_mpnet(weights, theirs, heads=2, blocks=2)
    np.testing.assert_allclose(np.asarray(pooled(ours))[0], expected, atol=1e-4)


def test_weights_of_another_architecture_are_refused(tmp_path: Path) -> None:
    path = write_safetensors(tmp_path / "x.safetensors", make_mpnet_weights())
    with pytest.raises(TrainingError, match="another architecture: the network has no layer distances"):
        load_pretrained(build(), path, blocks=2)


def test_missing_name_is_named() -> None:
    weights = make_bert_weights()
    del weights["encoder.layer.1.output.dense.bias"]
    with pytest.raises(TrainingError, match=r"encoder\.layer\.1\.output\.dense\.bias"):
        map_weights(weights, blocks=2)


def test_other_sizes_are_refused(tmp_path: Path) -> None:
    path = write_safetensors(tmp_path / "x.safetensors", make_bert_weights(vocabulary=21))
    with pytest.raises(TrainingError, match="words"):
        load_pretrained(build(), path, blocks=2)
