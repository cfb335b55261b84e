from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from predictor.ml.errors import TrainingError
from predictor.ml.training.encoder import (
    EncoderShape,
    PoolTokens,
    bucket_distances,
    build_encoder,
    depth_of,
    exact_gelu,
)
from predictor.ml.training.export import TOLERANCE, convert_with_keras, export_network

from .bert_reference import bucket
from .harness import ArchitectureHarness

TINY = EncoderShape(vocabulary_size=20, positions=24, width=16, blocks=1, heads=2, inner=32)


class TestEncoder(ArchitectureHarness):
    fit_rate = 0.05
    fit_epochs = 15

    def build(self) -> Any:
        keras.utils.set_random_seed(4)
        return build_encoder(TINY, genre_count=3, dropout=0.05, head_dropout=0.05, seed=4)

    def sample(self, count: int, seed: int = 0) -> np.ndarray:
        generator = np.random.default_rng(seed)
        tokens = generator.integers(1, 20, (count, 7)).astype(np.int32)
        for row in range(1, count):
            tokens[row, generator.integers(2, 7) :] = 0
        return tokens

    def convert(self, model: Any, path: Path) -> None:
        convert_with_keras(model, path)

    def test_padding_changes_no_answer(self) -> None:
        model, tokens = self.build(), self.sample(3)
        longer = np.pad(tokens, ((0, 0), (0, 9)))
        np.testing.assert_allclose(self.run(model, longer), self.run(model, tokens), atol=1e-5)


def test_distances_are_exported(tmp_path: Path) -> None:
    keras.utils.set_random_seed(4)
    model = build_encoder(replace(TINY, distances=8), genre_count=3)
    samples = [{"tokens": TestEncoder().sample(count)} for count in (1, 4)]
    assert export_network(model, tmp_path / "model.onnx", samples) <= TOLERANCE


def test_near_distances_have_buckets_of_their_own_and_far_ones_share() -> None:
    found = bucket_distances(200, 16)
    assert found.shape == (399,)
    expected = [bucket(place, 0, 16) for place in range(199, 0, -1)] + [bucket(0, place, 16) for place in range(200)]
    assert found.tolist() == expected
    assert len(set(found[196:203])) == 7
    assert set(found[:60]) == {7}


def test_maxima_are_exported_as_well(tmp_path: Path) -> None:
    keras.utils.set_random_seed(4)
    model = build_encoder(TINY, genre_count=3, pooling="mean-max")
    samples = [{"tokens": TestEncoder().sample(count)} for count in (1, 4)]
    assert export_network(model, tmp_path / "model.onnx", samples) <= TOLERANCE


def test_gelu_matches_its_definition() -> None:
    # 0.841345 is the normal distribution function at 1.
    found = np.asarray(exact_gelu(keras.ops.convert_to_tensor([-1.0, 0.0, 1.0])))
    np.testing.assert_allclose(found, [-0.158655, 0.0, 0.841345], atol=1e-5)


def test_pooling_leaves_padding_out() -> None:
    vectors = np.asarray([[[1.0, -2.0], [3.0, -4.0], [9.0, 9.0]]], np.float32)
    tokens = np.asarray([[5, 6, 0]])
    assert np.asarray(PoolTokens("mean")(vectors, tokens)).tolist() == [[2.0, -3.0]]
    assert np.asarray(PoolTokens("mean-max")(vectors, tokens)).tolist() == [[2.0, -3.0, 3.0, -2.0]]


def test_mixed_precision_ends_with_the_encoder() -> None:
    tokens = np.asarray([[3, 4, 5, 0]], np.int32)
    exact, mixed = (build_encoder(TINY, genre_count=3, precision=p) for p in ("float32", "mixed_bfloat16"))
    mixed.set_weights(exact.get_weights())
    assert mixed.get_layer("block0_inner").compute_dtype == "bfloat16"
    assert keras.config.dtype_policy().name == "float32"
    np.testing.assert_allclose(np.asarray(mixed(tokens)), np.asarray(exact(tokens)), atol=0.05)


@pytest.mark.parametrize(
    ("name", "depth"),
    [
        ("logits/kernel", 0),
        ("block5_qkv/kernel", 1),
        ("block0_norm/gamma", 6),
        ("words/embeddings", 7),
        ("places/t", 7),
        ("distances/table", 7),
    ],
)
def test_depth_counts_from_the_head(name: str, depth: int) -> None:
    assert depth_of(name, 6) == depth


@pytest.mark.parametrize("wrong", [{"heads": 5}, {"blocks": 0}, {"width": 0}, {"distances": 6}, {"norm_epsilon": 0}])
def test_impossible_shapes_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(TrainingError, match="must be"):
        EncoderShape(**wrong)


def test_unknown_pooling_is_refused() -> None:
    with pytest.raises(TrainingError, match="pooling"):
        build_encoder(TINY, genre_count=3, pooling="last")
