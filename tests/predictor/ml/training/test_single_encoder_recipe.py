from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from predictor.ml.artifacts import load_bundle
from predictor.ml.errors import TrainingError
from predictor.ml.examples import PlotExample
from predictor.ml.labels import GENRES, IMDB27
from predictor.ml.pipeline import load_pipeline
from predictor.ml.training.checkpoints import save_weights
from predictor.ml.training.datasets import read_imdb27, read_plots
from predictor.ml.training.measuring import measure_bundle
from predictor.ml.training.recipes import TrainingRequest, find_recipe
from predictor.ml.training.single_encoder_config import SingleEncoderConfig
from predictor.ml.training.single_encoder_recipe import (
    build_single,
    configure,
    gather_judges,
    score_partial,
    start_network,
)
from predictor.ml.wordpiece import WordpieceEncoder

from ..tokenizer_file import write_tokenizer
from .data_folder import GENRE_WORDS, write_imdb27, write_plots
from .test_encoder_recipe import PIECES, SHAPE
from .test_encoder_recipe import make_request as ask_encoder

TRAINER = {"epochs": 8, "batch_size": 8, "learning_rate": 0.01, "patience": 8}
TINY = {
    "shape": SHAPE,
    "trainer": TRAINER,
    "fine_tune": True,
    "max_tokens": 12,
    "others": 1.0,
    "head_rate": 0.3,
    "layer_decay": 1.0,
    "dropout": 0.0,
    "precision": "float32",
}


def make_request(folder: Path, name: str, **overrides: object) -> TrainingRequest:
    plots = read_plots(folder)
    plots["train"].extend(read_imdb27(folder))
    return replace(
        ask_encoder(folder, name),
        plots=plots,
        command="train_model --recipe encoder-single",
        overrides={**TINY, **overrides},
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder and the bundle trained on it, ``models/imdb27-tiny-1``."""
    folder = tmp_path_factory.mktemp("home")
    write_plots(folder, train=30, held_out=3)
    write_imdb27(folder)
    find_recipe("encoder-single", "plot")(make_request(folder, "imdb27-tiny-1"))
    return folder


def test_one_genre_is_decided_in_the_spelling_of_the_set(home: Path) -> None:
    pipeline = load_pipeline(home / "models" / "imdb27-tiny-1")
    answers = pipeline.predict([f"The {words}!" for words in GENRE_WORDS.values()])
    assert [answer.decided for answer in answers] == [("comedy",), ("horror",), ("war",)]
    assert pipeline.genres == tuple(name.lower() for name in IMDB27)
    np.testing.assert_allclose([answer.probabilities.sum() for answer in answers], 1.0, atol=1e-5)


def test_manifest_says_how_it_was_made(home: Path) -> None:
    manifest = load_bundle(home / "models" / "imdb27-tiny-1").manifest
    assert (manifest["recipe"], manifest["output"]) == ("encoder-single", "softmax")
    assert manifest["preprocessing"] == {"type": "wordpiece", "tokenizer": "tokenizer.json", "max_tokens": 12}
    assert manifest["training"]["examples"] > manifest["training"]["own_examples"] > 0
    assert manifest["training"]["config"]["others"] == 1.0
    assert len(manifest["training"]["history"]) == 8


def test_measuring_reads_the_files_of_the_set(home: Path) -> None:
    bundle = load_bundle(home / "models" / "imdb27-tiny-1")
    stored = bundle.manifest["metrics"]["validation"]["single_label"]
    assert measure_bundle(bundle.folder, home, "validation")["single_label"]["accuracy"] == stored["accuracy"]
    assert measure_bundle(bundle.folder, home, "test")["films"] == 12


def test_same_request_answers_from_its_checkpoint(home: Path) -> None:
    request = replace(make_request(home, "imdb27-tiny-1"), output=home / "models" / "imdb27-tiny-2")
    again = find_recipe("encoder-single")(request)
    first = load_bundle(home / "models" / "imdb27-tiny-1")
    assert again.manifest["training"]["history"] == first.manifest["training"]["history"]


def test_head_alone_knows_the_genres_and_is_fitted_once(home: Path) -> None:
    request = make_request(home, "imdb27-head-1", fine_tune=False, head_penalty=1e-4)
    bundle = find_recipe("encoder-single")(request)
    assert bundle.manifest["training"]["history"] == []
    assert bundle.manifest["metrics"]["validation"]["single_label"]["accuracy"] > 0.8
    (kept,) = (request.work / "encoder-single").glob("features-*.npy")
    np.save(kept, np.zeros_like(np.load(kept)))
    again = find_recipe("encoder-single")(replace(request, output=home / "models" / "imdb27-head-2"))
    assert again.manifest["metrics"]["validation"]["single_label"]["accuracy"] < 0.5


def test_films_of_other_sources_judge_the_epochs(tmp_path: Path) -> None:
    write_tokenizer(tmp_path / "tokenizer.json", PIECES)
    encoder = WordpieceEncoder(tmp_path / "tokenizer.json", max_tokens=12)
    own = [PlotExample("imdb27:1", "joke", ("Comedy",), "imdb27"), PlotExample("imdb27:2", "bomb", ("War",), "imdb27")]
    films = [
        PlotExample("a", "ghost scream blood", ("Horror",), "x"),
        PlotExample("b", "bomb", ("War",), "x"),
        PlotExample("c", "joke bomb", ("Comedy", "War"), "x"),
    ]
    judges = gather_judges(own, films, encoder)
    assert [IMDB27[place] for place in judges.labels.argmax(axis=1)] == ["War", "Horror"]
    assert [len(row) for row in judges.rows] == [3, 5]
    right, wrong = judges.labels * 9, -judges.labels * 9
    assert score_partial(right, judges.labels, judges.weights) > score_partial(wrong, judges.labels, judges.weights)
    with pytest.raises(TrainingError, match="one genre"):
        gather_judges(own, films[2:], encoder)


def test_network_starts_from_the_head_of_an_earlier_run(tmp_path: Path) -> None:
    write_plots(tmp_path, train=3, held_out=3)
    write_imdb27(tmp_path, train=3)
    config = configure(make_request(tmp_path, "x"))
    tuned = build_single(config, genre_count=len(GENRES))
    save_weights(tmp_path / "tuned.npz", tuned)
    model = start_network(config, [tmp_path / "tuned.npz"])
    tokens = np.asarray([[2, 4, 5, 3]], np.int32)
    places = [GENRES.index(name) for name in IMDB27]
    np.testing.assert_allclose(model(tokens), np.asarray(tuned(tokens))[:, places], atol=1e-5)


def test_the_set_itself_is_needed(tmp_path: Path) -> None:
    plots = {"train": [PlotExample("a", "one", ("War",), "x")]}
    with pytest.raises(TrainingError, match="IMDb 27-genre set"):
        find_recipe("encoder-single", "plot")(TrainingRequest(tmp_path / "out", tmp_path / "work", plots=plots))


def test_missing_weights_are_named(home: Path) -> None:
    request = replace(make_request(home, "unmade-1"), encoder_weights=home / "nowhere")
    with pytest.raises(TrainingError, match="encoder weights"):
        find_recipe("encoder-single")(request)


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_tokens": 2},
        {"others": -1},
        {"balance": 1.1},
        {"layer_decay": 0},
        {"head_rate": 0},
        {"head_penalty": 0},
        {"head_kept": 2},
        {"dropout": 1},
    ],
)
def test_impossible_settings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(TrainingError, match="must be"):
        SingleEncoderConfig(**wrong)
