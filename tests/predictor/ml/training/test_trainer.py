from pathlib import Path

import keras
import numpy as np
import pytest

from predictor.ml.errors import TrainingError
from predictor.ml.training.config import TrainerConfig
from predictor.ml.training.trainer import Trainer, predict, score_ranking

from .harness import MemorySource

INPUTS = np.random.default_rng(0).normal(size=(32, 4)).astype(np.float32)
LABELS = (INPUTS[:, :2] > 0).astype(np.float32)


def build() -> keras.Model:
    keras.utils.set_random_seed(1)
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(2)])


def source() -> MemorySource:
    return MemorySource(INPUTS, LABELS, size=8)


def test_training_stops_when_validation_stops_improving_and_keeps_the_best(tmp_path: Path) -> None:
    scores = iter([0.1, 0.5, 0.4, 0.3, 0.2])
    model = build()
    trainer = Trainer(model, TrainerConfig(epochs=9, patience=2), tmp_path, score=lambda *_: next(scores))
    history = trainer.fit(source(), source())
    assert [row["validation_score"] for row in history] == [0.1, 0.5, 0.4, 0.3]
    best = predict(model, source())
    again = Trainer(build(), TrainerConfig(epochs=9, patience=2), tmp_path)
    assert again.fit(source(), source()) == history
    np.testing.assert_allclose(predict(again.model, source()).logits, best.logits, atol=1e-6)


def test_the_mean_of_the_weights_is_validated_and_kept_and_survives_a_stop(tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    class Stopping(MemorySource):
        def batches(self, epoch: int):  # type: ignore[no-untyped-def]
            if epoch == 2:
                raise Stopped
            yield from super().batches(epoch)

    def trainer(name: str) -> Trainer:
        config = TrainerConfig(epochs=3, learning_rate=0.3, ema_momentum=0.9, patience=9)
        return Trainer(build(), config, tmp_path / name)

    whole, cut = trainer("whole"), trainer("cut")
    history = whole.fit(source(), source())
    with pytest.raises(Stopped):
        cut.fit(Stopping(INPUTS, LABELS, size=8), source())
    again = trainer("cut")
    assert again.fit(source(), source()) == history
    np.testing.assert_allclose(predict(again.model, source()).logits, predict(whole.model, source()).logits, atol=1e-5)
    with np.load(tmp_path / "whole" / "checkpoint.npz") as stored:
        last = stored["model/0000"]
    assert not np.allclose(whole.model.get_weights()[0], last, atol=1e-3)


def test_folder_of_another_run_is_refused(tmp_path: Path) -> None:
    Trainer(build(), TrainerConfig(epochs=1), tmp_path, run_key="a").fit(source(), source())
    with pytest.raises(TrainingError, match="another run"):
        Trainer(build(), TrainerConfig(epochs=1), tmp_path, run_key="b").fit(source(), source())


def test_progress_goes_to_stderr_with_epoch_and_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Trainer(build(), TrainerConfig(epochs=2), tmp_path / "tiny").fit(source(), source())
    assert "tiny: epoch 2/2" in capsys.readouterr().err


def test_masked_labels_teach_nothing(tmp_path: Path) -> None:
    class Masked(MemorySource):
        def batches(self, epoch: int):  # type: ignore[no-untyped-def]
            for batch in super().batches(epoch):
                batch.mask[:, 1] = 0
                yield batch

    model = build()
    before = model.layers[-1].get_weights()[0][:, 1].copy()
    Trainer(model, TrainerConfig(epochs=2), tmp_path).fit(Masked(INPUTS, LABELS), source())
    np.testing.assert_array_equal(model.layers[-1].get_weights()[0][:, 1], before)


def test_score_falls_back_to_loss_where_every_genre_is_rare() -> None:
    ones = np.ones((3, 1), np.float32)
    good, bad = score_ranking(ones * 5, ones, ones), score_ranking(-ones * 5, ones, ones)
    assert bad < good < 0
