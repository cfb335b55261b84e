from pathlib import Path
from typing import Any

import keras
import numpy as np

from predictor.ml.text import PADDING, UNKNOWN
from predictor.ml.training.architectures import PoolOverTime, WordDropout, build_bilstm, build_lstm
from predictor.ml.training.onnx_lstm import convert_bilstm, convert_lstm, round_embedding

from .harness import ArchitectureHarness


class TestBilstm(ArchitectureHarness):
    def build(self) -> Any:
        keras.utils.set_random_seed(4)
        model = build_bilstm(
            vocabulary_size=20,
            embedding_dim=6,
            units=5,
            genre_count=3,
            embedding_dropout=0.1,
            dropout=0.1,
            word_dropout=0.1,
            seed=4,
        )
        round_embedding(model)
        return model

    def sample(self, count: int, seed: int = 0) -> np.ndarray:
        generator = np.random.default_rng(seed)
        tokens = generator.integers(2, 20, (count, 7)).astype(np.int32)
        for row in range(1, count):
            tokens[row, generator.integers(2, 7) :] = PADDING
        return tokens

    def convert(self, model: Any, path: Path) -> None:
        convert_bilstm(model, path)

    def test_padding_changes_no_answer(self) -> None:
        model, tokens = self.build(), self.sample(3)
        longer = np.pad(tokens, ((0, 0), (0, 9)))
        np.testing.assert_allclose(self.run(model, longer), self.run(model, tokens), atol=1e-6)

    def test_order_of_words_matters(self) -> None:
        model, tokens = self.build(), self.sample(1)
        assert np.abs(self.run(model, tokens[:, ::-1]) - self.run(model, tokens)).max() > 1e-5


class TestLstm(ArchitectureHarness):
    fit_epochs = 100

    def build(self) -> Any:
        keras.utils.set_random_seed(4)
        model = build_lstm(
            vocabulary_size=20,
            max_tokens=7,
            embedding_dim=6,
            units=8,
            genre_count=3,
            embedding_dropout=0.05,
            dropout=0.05,
        )
        round_embedding(model)
        return model

    def sample(self, count: int, seed: int = 0) -> np.ndarray:
        return TestBilstm().sample(count, seed)

    def convert(self, model: Any, path: Path) -> None:
        convert_lstm(model, path)


def test_pooling_by_hand() -> None:
    sequence = np.asarray([[[1.0, -2.0], [3.0, -4.0], [9.0, 9.0]]], np.float32)
    pooled = PoolOverTime()(sequence, np.asarray([[5, 6, PADDING]]))
    assert np.asarray(pooled).tolist() == [[3.0, -2.0, 2.0, -3.0]]


def test_word_dropout_works_in_training_only_and_spares_padding() -> None:
    tokens = np.asarray([[5] * 200 + [PADDING] * 200], np.int32)
    layer = WordDropout(0.5, seed=1)
    assert (np.asarray(layer(tokens, training=False)) == tokens).all()
    dropped = np.asarray(layer(tokens, training=True))
    assert (dropped[0, 200:] == PADDING).all()
    assert 60 < (dropped[0, :200] == UNKNOWN).sum() < 140


def test_word_dropout_is_rebuilt_from_its_settings() -> None:
    assert WordDropout.from_config(WordDropout(0.25, seed=3).get_config()).rate == 0.25
