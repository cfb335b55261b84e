from pathlib import Path

import keras
import numpy as np
import pytest

from predictor.ml.artifacts import load_bundle
from predictor.ml.errors import TrainingError
from predictor.ml.examples import PlotExample
from predictor.ml.labels import IMDB27
from predictor.ml.pipeline import PlotPipeline, load_pipeline
from predictor.ml.plain_words import load_plain_encoder
from predictor.ml.training.config import SingleConfig
from predictor.ml.training.datasets import read_imdb27, read_plots, split_imdb27
from predictor.ml.training.measuring import measure_bundle
from predictor.ml.training.recipes import TrainingRequest, find_recipe
from predictor.ml.training.single_recipe import (
    KERAS_FILE,
    adapt_vectorization,
    choose_examples,
    configure,
    vectorize,
    weigh_examples,
)

from .data_folder import GENRE_WORDS, write_glove, write_imdb27, write_plots

TINY = {"units": 8, "vocabulary_size": 40, "max_tokens": 8, "embedding_dropout": 0.0, "dropout": 0.0}
TRAINER = {"epochs": 8, "batch_size": 16, "learning_rate": 0.03, "patience": 10, "label_smoothing": 0.0}


def make_request(folder: Path, name: str) -> TrainingRequest:
    plots = read_plots(folder)
    plots["train"].extend(read_imdb27(folder))
    return TrainingRequest(
        output=folder / "models" / name,
        work=folder / "work",
        plots=plots,
        glove=write_glove(folder / "glove.txt"),
        command="train_model --recipe lstm-single",
        overrides={**TINY, "trainer": TRAINER},
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder and the bundle trained on it, ``models/imdb27-tiny-1``."""
    folder = tmp_path_factory.mktemp("home")
    write_plots(folder, train=30, held_out=3)
    write_imdb27(folder)
    find_recipe("lstm-single", "plot")(make_request(folder, "imdb27-tiny-1"))
    return folder


def test_one_genre_is_decided_in_the_spelling_of_the_set(home: Path) -> None:
    pipeline = load_pipeline(home / "models" / "imdb27-tiny-1")
    answers = pipeline.predict([f"The {words}!" for words in GENRE_WORDS.values()])
    assert [answer.decided for answer in answers] == [("comedy",), ("horror",), ("war",)]
    assert pipeline.genres == tuple(name.lower() for name in IMDB27)
    np.testing.assert_allclose([answer.probabilities.sum() for answer in answers], 1.0, atol=1e-5)


def test_keras_file_answers_as_the_bundle(home: Path) -> None:
    bundle = load_bundle(home / "models" / "imdb27-tiny-1")
    model = keras.saving.load_model(bundle.path(KERAS_FILE))
    pipeline = load_pipeline(bundle.folder)
    assert isinstance(pipeline, PlotPipeline)
    plots = ["A ghost and a scream.", "laugh", ""]
    probabilities = np.asarray(model(load_plain_encoder(bundle).batch(plots)["tokens"]))
    logits = pipeline.logits(plots)
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities, expected, atol=1e-4)


def test_manifest_says_how_it_was_made(home: Path) -> None:
    manifest = load_bundle(home / "models" / "imdb27-tiny-1").manifest
    assert manifest["output"] == "softmax"
    assert manifest["calibration"]["method"] == "temperature"
    assert len(set(manifest["calibration"]["scale"])) == 1
    assert "scikit-learn" in manifest["preprocessing"]["stop_words_list"] or "NLTK" in str(manifest["preprocessing"])
    assert manifest["training"]["examples"] > manifest["training"]["own_examples"] > 0
    assert manifest["metrics"]["validation"]["single_label"]["accuracy"] > 0.8
    assert len(manifest["training"]["history"]) == 8


def test_measuring_reads_the_files_of_the_set(home: Path) -> None:
    bundle = load_bundle(home / "models" / "imdb27-tiny-1")
    stored = bundle.manifest["metrics"]["validation"]["single_label"]
    assert measure_bundle(bundle.folder, home, "validation")["single_label"]["accuracy"] == stored["accuracy"]
    assert measure_bundle(bundle.folder, home, "test")["films"] == 12


def test_serving_and_keras_vectorise_alike() -> None:
    config = SingleConfig(max_tokens=4, vocabulary_size=6)
    layer = adapt_vectorization(["ghost scream", "ghost", "", "joke"], config)
    assert layer.get_vocabulary(include_special_tokens=False)[0] == "ghost"
    ids = vectorize(layer, ["ghost unseen", "", "joke joke joke joke joke"])
    joke = 2 + layer.get_vocabulary(include_special_tokens=False).index("joke")
    assert ids.tolist() == [[2, 1, 0, 0], [1, 0, 0, 0], [joke] * 4]


def test_films_with_one_genre_of_the_set_are_chosen(home: Path) -> None:
    own = read_imdb27(home)
    _, held_out = split_imdb27(own)
    others = [
        PlotExample("a", "two", ("Comedy", "War"), "x"),
        PlotExample("b", "noir", ("Film-Noir",), "x"),
        PlotExample("c", held_out[0].plot, held_out[0].genres, "x"),
        PlotExample("d", "one", ("War",), "x"),
    ]
    splits = choose_examples({"train": [*others, *own]})
    assert {row.film_id for row in splits.held_out} == {row.film_id for row in held_out}
    assert [row.film_id for row in splits.train if row.source == "x"] == ["d"]


def test_own_rows_and_rare_genres_weigh_more() -> None:
    rows = [PlotExample(str(n), "plot", ("War",), "imdb27" if n == 3 else "x") for n in range(4)]
    labels = np.asarray([[1, 0], [1, 0], [0, 1], [1, 0]], np.float32)
    weights = weigh_examples(rows, labels, SingleConfig(own_weight=2.0, balance=1.0)).sum(axis=1)
    assert weights.mean() == pytest.approx(1.0)
    np.testing.assert_allclose(weights / weights[0], [1, 1, 3, 2], rtol=1e-5)


def test_the_set_itself_is_needed(tmp_path: Path) -> None:
    plots = {"train": [PlotExample("a", "one", ("War",), "x")]}
    with pytest.raises(TrainingError, match="IMDb 27-genre set"):
        find_recipe("lstm-single", "plot")(TrainingRequest(tmp_path / "out", tmp_path / "work", plots=plots))


def test_settings_come_from_seed_and_overrides(tmp_path: Path) -> None:
    config = configure(TrainingRequest(tmp_path, tmp_path, seed=7, overrides={"units": 9, "trainer": {"epochs": 2}}))
    assert (config.units, config.trainer.epochs, config.trainer.seed) == (9, 2, 7)
