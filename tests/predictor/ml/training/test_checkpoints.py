from pathlib import Path

import keras
import numpy as np
import pytest

from predictor.ml.errors import TrainingError
from predictor.ml.training.checkpoints import (
    FILE,
    Checkpoint,
    load_checkpoint,
    load_weights,
    read_history,
    save_checkpoint,
    save_weights,
)


def test_checkpoint_survives_the_disk(tmp_path: Path) -> None:
    groups = {"model": [np.arange(3.0), np.asarray(7)], "best": [np.zeros((2, 2), np.float32)]}
    save_checkpoint(tmp_path, Checkpoint("run", 2, 1, 0.5, [{"epoch": 1.0}], groups))
    loaded = load_checkpoint(tmp_path, "run")
    assert (loaded.epoch, loaded.best_epoch, loaded.best_score, loaded.history) == (2, 1, 0.5, [{"epoch": 1.0}])
    assert loaded.groups["model"][0].tolist() == [0, 1, 2]
    assert loaded.groups["best"][0].dtype == np.float32
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_history_is_read_whatever_the_run(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, Checkpoint("run", 1, 1, 0.5, [{"epoch": 1.0}], {}))
    assert read_history(tmp_path / FILE) == [{"epoch": 1.0}]
    (tmp_path / FILE).write_bytes(b"no archive")
    with pytest.raises(TrainingError, match="cannot be read"):
        read_history(tmp_path / FILE)


def test_first_start_has_nothing_to_resume(tmp_path: Path) -> None:
    assert load_checkpoint(tmp_path, "run").epoch == 0


def test_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, Checkpoint("run"))
    with pytest.raises(TrainingError, match="another run"):
        load_checkpoint(tmp_path, "other")


def test_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"PK damaged")
    with pytest.raises(TrainingError, match="cannot be read"):
        load_checkpoint(tmp_path, "run")


def test_weights_of_another_architecture_are_refused(tmp_path: Path) -> None:
    small = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    large = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    save_weights(tmp_path / "weights.npz", small)
    with pytest.raises(TrainingError, match="shapes"):
        load_weights([tmp_path / "weights.npz"], large)


def test_weights_of_several_files_are_averaged(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    for number, values in enumerate(([[1.0], [2.0]], [[3.0], [-4.0]])):
        model.set_weights([np.asarray(values), np.asarray([float(number)])])
        save_weights(tmp_path / f"{number}.npz", model)
    load_weights([tmp_path / "0.npz", tmp_path / "1.npz"], model)
    kernel, bias = model.get_weights()
    np.testing.assert_allclose(kernel, [[2.0], [-1.0]])
    np.testing.assert_allclose(bias, [0.5])
