"""What every architecture must do, whatever it looks at; a test file subclasses it with one network."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from predictor.ml.training.checkpoints import load_weights, save_weights
from predictor.ml.training.config import TrainerConfig
from predictor.ml.training.export import TOLERANCE, export_network
from predictor.ml.training.losses import masked_binary_crossentropy
from predictor.ml.training.trainer import Answers, Batch, Trainer, predict


class Killed(Exception):
    """Stands for the signal that ends a process between two epochs."""


class MemorySource:
    """Examples in memory, shuffled by epoch number if asked to."""

    def __init__(
        self, inputs: Any, labels: Any, *, size: int = 4, shuffle: bool = True, kill_at: int = 99, repeats: int = 1
    ) -> None:
        self.inputs, self.labels = inputs, labels
        self.size, self.shuffle, self.kill_at = size, shuffle, kill_at
        self.repeats = repeats

    def __len__(self) -> int:
        return -(-len(self.inputs) // self.size) * self.repeats

    def batches(self, epoch: int) -> Iterator[Batch]:
        if epoch >= self.kill_at:
            raise Killed
        order = np.tile(np.arange(len(self.inputs)), self.repeats)
        if self.shuffle:
            order = np.random.default_rng(epoch).permutation(order)
        for start in range(0, len(order), self.size):
            rows = order[start : start + self.size]
            yield Batch(self.inputs[rows], self.labels[rows], np.ones_like(self.labels[rows]))


def mean_loss(answers: Answers) -> float:
    return float(np.asarray(masked_binary_crossentropy(answers.labels, answers.logits, answers.mask)))


class ArchitectureHarness:
    """Subclasses say how to build the network (with dropout) and how to draw inputs for it."""

    genre_count = 3
    fit_rate = 0.02
    fit_epochs = 40

    def build(self) -> Any:
        """A fresh network with the same weights at each call."""
        raise NotImplementedError

    def sample(self, count: int, seed: int = 0) -> np.ndarray:
        """Inputs of ``count`` films that differ from each other."""
        raise NotImplementedError

    def convert(self, model: Any, path: Path) -> None:
        """Writes the ONNX file."""
        raise NotImplementedError

    def labels(self, count: int) -> np.ndarray:
        return (np.random.default_rng(5).random((count, self.genre_count)) < 0.4).astype(np.float32)

    def run(self, model: Any, inputs: np.ndarray) -> np.ndarray:
        return np.asarray(model(inputs, training=False))

    def config(self, **options: Any) -> TrainerConfig:
        return TrainerConfig(**{"epochs": 3, "patience": 50, "learning_rate": self.fit_rate, **options})

    def test_logits_have_a_row_per_film_and_are_finite(self) -> None:
        logits = self.run(self.build(), self.sample(5))
        assert logits.shape == (5, self.genre_count)
        assert logits.dtype == np.float32
        assert np.isfinite(logits).all()
        assert np.abs(logits).max() < 50

    def test_saved_weights_answer_as_before(self, tmp_path: Path) -> None:
        model, other = self.build(), self.build()
        other.set_weights([weight + 0.1 for weight in other.get_weights()])
        save_weights(tmp_path / "weights.npz", model)
        load_weights([tmp_path / "weights.npz"], other)
        np.testing.assert_allclose(self.run(other, self.sample(3)), self.run(model, self.sample(3)), atol=1e-6)

    def test_one_film_is_answered_as_in_a_batch(self) -> None:
        model, inputs = self.build(), self.sample(4)
        alone = np.concatenate([self.run(model, inputs[place : place + 1]) for place in range(4)])
        np.testing.assert_allclose(alone, self.run(model, inputs), atol=1e-5)

    def test_onnx_answers_as_keras(self, tmp_path: Path) -> None:
        model = self.build()
        samples = [{"input": self.sample(1)}, {"input": self.sample(4, seed=1)}]
        assert export_network(model, tmp_path / "model.onnx", samples, convert=self.convert) <= TOLERANCE

    def test_small_batch_can_be_learned_by_heart(self, tmp_path: Path) -> None:
        model = self.build()
        source = MemorySource(self.sample(8), self.labels(8), size=8, shuffle=False)
        before = predict(model, source)
        # Many steps in one epoch: each epoch's validation compiles the network once more.
        lessons = MemorySource(source.inputs, source.labels, size=8, shuffle=False, repeats=self.fit_epochs)
        (row,) = Trainer(model, self.config(epochs=1), tmp_path).fit(lessons, source)
        assert row["validation_loss"] < 0.5 * mean_loss(before)
        answers = predict(model, source)
        assert ((answers.logits > 0) == (answers.labels > 0)).mean() > 0.9

    def test_killed_run_resumes_to_the_same_weights(self, tmp_path: Path) -> None:
        inputs, labels = self.sample(8), self.labels(8)
        held_out = MemorySource(inputs, labels, shuffle=False)
        whole = self.build()
        rows = Trainer(whole, self.config(), tmp_path / "whole").fit(MemorySource(inputs, labels), held_out)
        with pytest.raises(Killed):
            Trainer(self.build(), self.config(), tmp_path / "cut").fit(
                MemorySource(inputs, labels, kill_at=2), held_out
            )
        keras.utils.set_random_seed(99)
        resumed = self.build()
        again = Trainer(resumed, self.config(), tmp_path / "cut").fit(MemorySource(inputs, labels), held_out)
        assert len(again) == len(rows) == 3
        for name, peer in zip(resumed.get_weights(), whole.get_weights(), strict=True):
            np.testing.assert_allclose(name, peer, atol=1e-5)
