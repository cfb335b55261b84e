from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from predictor.ml.artifacts import load_bundle
from predictor.ml.errors import TrainingError
from predictor.ml.ngrams import NgramEncoder, build_ngrams
from predictor.ml.pipeline import load_pipeline
from predictor.ml.training.datasets import read_plots
from predictor.ml.training.measuring import measure_bundle
from predictor.ml.training.recipes import TrainingRequest, find_recipe
from predictor.ml.training.tfidf import TfidfConfig, build_features, fit_linear

from .data_folder import write_plots

TINY = {"min_films": 1, "min_films_characters": 2, "strength": 10.0}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder and the bundle trained on it, ``models/plot-linear-1``."""
    folder = tmp_path_factory.mktemp("home")
    write_plots(folder)
    request = TrainingRequest(
        output=folder / "models" / "plot-linear-1",
        work=folder / "work",
        plots=read_plots(folder),
        command="train_model --recipe tfidf-linear",
        overrides=TINY,
    )
    find_recipe("tfidf-linear", "plot")(request)
    return folder


def test_trained_bundle_knows_the_words_of_each_genre(home: Path) -> None:
    pipeline = load_pipeline(home / "models" / "plot-linear-1")
    scores = pipeline.predict(["The ghost scream blood .", "A joke laugh clown .", "soldier trench bomb", ""])
    assert [answer.top(1)[0][0] for answer in scores[:3]] == ["Horror", "Comedy", "War"]


def test_measuring_through_the_pipeline_gives_the_figures_of_training(home: Path) -> None:
    bundle = load_bundle(home / "models" / "plot-linear-1")
    stored = bundle.manifest["metrics"]["validation"]
    assert stored["f1"]["micro"] > 0.9
    assert measure_bundle(bundle.folder, home, "validation")["f1"] == stored["f1"]
    assert bundle.manifest["training"]["config"]["strength"] == 10.0


def test_features_are_those_of_the_encoder() -> None:
    plots = ["red cat", "", "red red dog"]
    encoder = NgramEncoder(build_ngrams(plots, min_films=1, min_films_characters=1))
    dense = build_features(encoder, plots).toarray()
    for row, plot in zip(dense, plots, strict=True):
        places, values = encoder.encode(plot)
        np.testing.assert_array_equal(row[places], values)
        assert np.count_nonzero(row) == len(places)


def test_unknown_labels_are_left_out_and_a_genre_without_films_gets_its_odds() -> None:
    plots = ["red cat", "red dog", "blue cat", "blue dog"] * 3
    labels = np.asarray([[1, 0], [1, 0], [0, 0], [0, 0]] * 3, np.float32)
    mask = np.ones_like(labels)
    labels[0, 0], mask[0, 0] = 0.0, 0.0
    model = fit_linear(plots, labels, mask, TfidfConfig(**TINY, tolerance=1e-4))
    features = build_features(NgramEncoder(model.vocabulary), plots)
    peer = LogisticRegression(C=10.0, solver="liblinear", tol=1e-6).fit(features[1:], labels[1:, 0])
    np.testing.assert_allclose(features @ model.weights[:, 0], features @ peer.coef_[0], atol=0.05)
    assert not model.weights[:, 1].any()
    assert model.bias[1] == pytest.approx(np.log(0.5 / 12.5))


def test_pruning_keeps_the_telling_ngrams() -> None:
    plots = ["red the", "blue the"] * 5
    labels = np.asarray([[1], [0]] * 5, np.float32)
    whole = fit_linear(plots, labels, np.ones_like(labels), TfidfConfig(min_films=1, min_films_characters=99))
    small = whole.prune(4)
    assert len(small.vocabulary) == 4
    features = [build_features(NgramEncoder(model.vocabulary), ["red the"]) for model in (whole, small)]
    assert features[1].nnz < features[0].nnz
    assert (np.diff(small.vocabulary.hashes.astype(np.int64)) > 0).all()


@pytest.mark.parametrize("wrong", [{"strength": 0}, {"min_films": 0}, {"max_ngrams": 0}])
def test_impossible_settings_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(TrainingError, match="must be"):
        TfidfConfig(**wrong)
