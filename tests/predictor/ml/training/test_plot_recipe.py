from pathlib import Path

import numpy as np
import pytest

from predictor.ml.artifacts import load_bundle
from predictor.ml.errors import TrainingError
from predictor.ml.labels import GENRES
from predictor.ml.pipeline import load_pipeline
from predictor.ml.training.datasets import read_plots
from predictor.ml.training.measuring import measure_bundle
from predictor.ml.training.plot_recipe import configure, train_lstm_glove
from predictor.ml.training.recipes import TrainingRequest

from .data_folder import write_glove, write_plots

TINY = {"units": 6, "vocabulary_size": 40, "max_tokens": 20, "embedding_dropout": 0.0, "dropout": 0.1}
TRAINER = {"epochs": 10, "batch_size": 8, "learning_rate": 0.03, "patience": 10}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder and the bundle trained on it, ``models/plot-tiny-1``."""
    folder = tmp_path_factory.mktemp("home")
    write_plots(folder)
    request = TrainingRequest(
        output=folder / "models" / "plot-tiny-1",
        work=folder / "work",
        plots=read_plots(folder),
        glove=write_glove(folder / "glove.txt"),
        command="train_model --kind plot",
        overrides={**TINY, "trainer": TRAINER},
    )
    train_lstm_glove(request)
    return folder


def test_trained_bundle_knows_the_words_of_each_genre(home: Path) -> None:
    pipeline = load_pipeline(home / "models" / "plot-tiny-1")
    scores = pipeline.predict(["The ghost scream blood .", "A joke laugh clown .", "soldier trench bomb"])
    assert [answer.top(1)[0][0] for answer in scores] == ["Horror", "Comedy", "War"]


def test_manifest_says_how_it_was_made(home: Path) -> None:
    manifest = load_bundle(home / "models" / "plot-tiny-1").manifest
    assert manifest["genres"] == list(GENRES)
    assert manifest["training"]["examples"] == 60
    assert manifest["training"]["config"]["units"] == 6
    assert manifest["training"]["command"] == "train_model --kind plot"
    assert manifest["training"]["embedding"] == {"dimensions": 8, "words_found": 9}
    assert manifest["metrics"]["validation"]["f1"]["micro"] > 0.9
    assert "test" not in manifest["metrics"]
    assert set(manifest["files"]) == {"model.onnx", "vocabulary.txt"}


def test_measuring_through_the_pipeline_gives_the_figures_of_training(home: Path) -> None:
    bundle = load_bundle(home / "models" / "plot-tiny-1")
    measured = measure_bundle(bundle.folder, home, "validation")
    stored = bundle.manifest["metrics"]["validation"]
    assert measured["f1"] == stored["f1"]
    np.testing.assert_allclose(measured["brier"], stored["brier"], atol=1e-4)


def test_settings_come_from_seed_and_overrides(tmp_path: Path) -> None:
    request = TrainingRequest(tmp_path, tmp_path, seed=7, overrides={"units": 9, "trainer": {"epochs": 2}})
    config = configure(request)
    assert (config.units, config.trainer.epochs, config.trainer.seed) == (9, 2, 7)


def test_missing_vectors_are_named(tmp_path: Path) -> None:
    write_plots(tmp_path, train=3, held_out=3)
    with pytest.raises(TrainingError, match="GloVe vectors"):
        train_lstm_glove(TrainingRequest(tmp_path / "out", tmp_path / "work", plots=read_plots(tmp_path)))


def test_split_without_examples_cannot_be_measured(home: Path, tmp_path: Path) -> None:
    write_plots(tmp_path, train=3, held_out=0)
    with pytest.raises(TrainingError, match="'test'"):
        measure_bundle(home / "models" / "plot-tiny-1", tmp_path, "test")
