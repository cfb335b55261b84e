from pathlib import Path

import keras
import numpy as np
import pytest

from predictor.ml.training.config import TrainerConfig
from predictor.ml.training.encoder import EncoderShape, build_encoder
from predictor.ml.training.encoder_trainer import EncoderTrainer, SlicedBatches, rate_of

from .harness import Killed, MemorySource

TINY = EncoderShape(vocabulary_size=20, positions=12, width=8, blocks=2, heads=2, inner=16)


def build() -> keras.Model:
    keras.utils.set_random_seed(3)
    model = build_encoder(TINY, genre_count=3)
    model.get_layer("words").trainable = False
    return model


def films(count: int = 8) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    tokens = generator.integers(1, 20, (count, 6)).astype(np.int32)
    return tokens, (generator.random((count, 3)) < 0.4).astype(np.float32)


def make_trainer(model: keras.Model, folder: Path, **options: object) -> EncoderTrainer:
    config = TrainerConfig(epochs=4, patience=9, learning_rate=0.01, weight_decay=0.01)
    settings = {"blocks": 2, "layer_decay": 0.5, "head_rate": 0.05} | options
    return EncoderTrainer(model, config, folder, **settings)


def test_slices_together_are_the_epoch() -> None:
    tokens, labels = films(20)
    source = MemorySource(tokens, labels, size=4)
    sliced = SlicedBatches(source, 2)
    assert len(sliced) == 3
    found = [batch.inputs for part in (2, 3) for batch in sliced.batches(part)]
    for batch, expected in zip(found, source.batches(1), strict=True):
        np.testing.assert_array_equal(batch, expected.inputs)


def test_rates_fall_block_by_block_below_the_head() -> None:
    config = TrainerConfig(learning_rate=0.1)
    rates = [rate_of(depth, config, layer_decay=0.5, head_rate=0.7) for depth in range(4)]
    assert rates == pytest.approx([0.7, 0.1, 0.05, 0.025])


@pytest.mark.parametrize("loss", ["bce", "asymmetric"])
def test_training_lowers_the_loss_and_spares_frozen_words(tmp_path: Path, loss: str) -> None:
    model = build()
    before = {layer.name: layer.get_weights() for layer in model.layers}
    source = MemorySource(*films(), size=8, shuffle=False)
    history = make_trainer(model, tmp_path, loss=loss).fit(source, source)
    assert history[-1]["validation_loss"] < history[0]["validation_loss"]
    np.testing.assert_array_equal(model.get_layer("words").get_weights()[0], before["words"][0])
    moved = {
        name: np.abs(model.get_layer(name).get_weights()[0] - before[name][0]).mean() for name in before if before[name]
    }
    assert moved["logits"] > moved["block1_inner"] > moved["block0_inner"] > moved["places"] > 0


def test_killed_run_resumes_to_the_same_weights(tmp_path: Path) -> None:
    whole, source = build(), MemorySource(*films())
    make_trainer(whole, tmp_path / "whole").fit(source, source)
    with pytest.raises(Killed):
        make_trainer(build(), tmp_path / "cut").fit(MemorySource(*films(), kill_at=2), source)
    resumed = build()
    make_trainer(resumed, tmp_path / "cut").fit(source, source)
    for found, expected in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5)
