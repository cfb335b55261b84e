"""What an encoder's answers add to the labels of training plots."""

from pathlib import Path

import numpy as np
import pytest

from predictor.ml.errors import TrainingError
from predictor.ml.training.plot_teacher import (
    PlotTeacher,
    load_plot_teacher,
    save_answers,
    teach_plots,
)
from predictor.ml.training.trainer import Answers


def held_out(films: int = 400) -> Answers:
    """Answers to validation films that are twice as sure as they may be."""
    generator = np.random.default_rng(2)
    honest = generator.normal(size=(films, 3))
    labels = (generator.random((films, 3)) < 1 / (1 + np.exp(-honest))).astype(np.float32)
    return Answers(np.asarray(2 * honest, np.float32), labels, np.ones_like(labels))


def save(path: Path, logits: list[list[float]], fingerprint: str = "films") -> None:
    save_answers(path, np.asarray(logits, np.float32), held_out(), fingerprint=fingerprint)


def test_answers_come_back_calibrated_and_are_averaged(tmp_path: Path) -> None:
    save(tmp_path / "answers-a.npz", [[2.0, 0.0, -2.0]])
    one = load_plot_teacher(tmp_path, 0.5, fingerprint="films", count=1)
    assert [path.name for path in one.paths] == ["answers-a.npz"]
    np.testing.assert_allclose(one.probabilities, [[0.73, 0.5, 0.27]], atol=0.06)
    save(tmp_path / "answers-b.npz", [[-2.0, 0.0, 2.0]])
    both = load_plot_teacher(tmp_path, 0.5, fingerprint="films", count=1)
    assert [path.name for path in both.paths] == ["answers-a.npz", "answers-b.npz"]
    np.testing.assert_allclose(both.probabilities, [[0.5, 0.5, 0.5]], atol=0.06)


def test_labels_are_drawn_towards_the_answers() -> None:
    teacher = PlotTeacher((Path("answers.npz"),), np.asarray([[0.5, 1.0], [0.0, 0.25]], np.float32))
    taught = teach_plots(np.asarray([[1.0, 0.0], [0.0, 1.0]], np.float32), teacher, 0.4)
    np.testing.assert_allclose(taught, [[0.8, 0.4], [0.0, 0.7]])
    assert taught.dtype == np.float32


def test_no_share_needs_no_answers(tmp_path: Path) -> None:
    teacher = load_plot_teacher(tmp_path, 0.0, fingerprint="films", count=1)
    labels = np.ones((2, 3), np.float32)
    assert teacher.paths == ()
    assert teach_plots(labels, teacher, 0.0) is labels


def test_missing_and_foreign_answers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"there is no answers\*\.npz"):
        load_plot_teacher(tmp_path, 0.5, fingerprint="films", count=1)
    save(tmp_path / "answers.npz", [[0.0, 0.0, 0.0]], fingerprint="others")
    with pytest.raises(TrainingError, match=r"answers\.npz are to other training examples than the 1"):
        load_plot_teacher(tmp_path, 0.5, fingerprint="films", count=1)
    (tmp_path / "answers.npz").write_bytes(b"nothing")
    with pytest.raises(TrainingError, match=r"answers\.npz cannot be read"):
        load_plot_teacher(tmp_path, 0.5, fingerprint="films", count=1)
