import builtins
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import precision_recall_curve

from predictor.ml.calibration import logit
from predictor.ml.errors import TrainingError
from predictor.ml.training.measuring import Scored
from predictor.ml.training.plots import draw_plots, find_history, find_precisions, find_reliability

from ..bundles import make_plot_bundle

HISTORY = [{"epoch": 1.0, "loss": 0.9, "validation_loss": 0.8, "validation_score": 0.4}]


def make_scored(folder: Path, films: int = 60) -> Scored:
    generator = np.random.default_rng(1)
    probabilities = generator.random((films, 3)).astype(np.float32)
    labels = (generator.random((films, 3)) < probabilities).astype(np.float32)
    return Scored(make_plot_bundle(folder), labels, None, probabilities, logit(probabilities).astype(np.float32))


def test_precision_is_that_of_scikit_learn_where_a_recall_is_reached() -> None:
    generator = np.random.default_rng(2)
    scores = np.round(generator.random(200), 2)
    labels = (generator.random(200) < scores).astype(float)
    recalls, precisions = find_precisions(labels, scores)
    peer_precision, peer_recall, _ = precision_recall_curve(labels, scores)
    for recall, precision in zip(recalls, precisions, strict=True):
        place = np.flatnonzero(peer_recall >= recall - 1e-9)[-1]
        assert precision == pytest.approx(peer_precision[place])


def test_reliability_by_hand() -> None:
    said, true, counts = find_reliability([[1.0, 0.0, 1.0]], [[0.1, 0.3, 0.9]], bins=2)
    np.testing.assert_allclose(said, [0.2, 0.9])
    assert true.tolist() == [0.5, 1.0]
    assert counts.tolist() == [2, 1]


def test_pictures_are_svg_and_the_same_each_time(tmp_path: Path) -> None:
    scored = make_scored(tmp_path)
    paths = draw_plots(scored, HISTORY, tmp_path / "images")
    assert [path.name for path in paths] == [
        "plot-tiny-1-precision-recall.svg",
        "plot-tiny-1-reliability.svg",
        "plot-tiny-1-learning-curve.svg",
    ]
    texts = [path.read_text() for path in paths]
    assert all("<svg" in text and "<script" not in text for text in texts)
    assert "Comedy" in texts[0]
    assert [path.read_text() for path in draw_plots(scored, HISTORY, tmp_path / "images")] == texts


def test_without_history_there_is_no_learning_curve(tmp_path: Path) -> None:
    assert len(draw_plots(make_scored(tmp_path), [], tmp_path / "images")) == 2
    assert find_history({}, tmp_path / "none") == []
    assert find_history({"history": HISTORY}, None) == HISTORY


def test_films_without_genres_cannot_be_drawn(tmp_path: Path) -> None:
    scored = make_scored(tmp_path)
    empty = replace(scored, labels=np.zeros_like(scored.labels))
    with pytest.raises(TrainingError, match="a film with a genre"):
        draw_plots(empty, HISTORY, tmp_path / "images")


def test_missing_matplotlib_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *args: Any, **options: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(TrainingError, match=r"requirements-dev\.txt"):
        draw_plots(make_scored(tmp_path), HISTORY, tmp_path / "images")
