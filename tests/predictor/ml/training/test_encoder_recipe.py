from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from predictor.ml.artifacts import load_bundle
from predictor.ml.errors import TrainingError
from predictor.ml.pipeline import load_pipeline
from predictor.ml.training.datasets import read_plots
from predictor.ml.training.encoder_config import EncoderConfig
from predictor.ml.training.encoder_recipe import configure
from predictor.ml.training.measuring import measure_bundle
from predictor.ml.training.recipes import TrainingRequest, find_recipe

from ..tokenizer_file import write_tokenizer
from .bert_reference import make_bert_weights, make_mpnet_weights, write_safetensors
from .data_folder import GENRE_WORDS, write_plots

PIECES = " ".join(GENRE_WORDS.values()).split()
SHAPE = {"vocabulary_size": 4 + len(PIECES), "positions": 12, "width": 16, "blocks": 1, "heads": 2, "inner": 32}
TRAINER = {"epochs": 12, "batch_size": 4, "learning_rate": 0.01, "patience": 10}
TINY = {
    "shape": SHAPE,
    "trainer": TRAINER,
    "max_tokens": 12,
    "head_rate": 0.3,
    "layer_decay": 1.0,
    "dropout": 0.0,
    "slices": 1,
}
LINEAR = {"min_films": 1, "min_films_characters": 2}


def make_request(folder: Path, name: str, **overrides: object) -> TrainingRequest:
    weights = folder / "weights"
    weights.mkdir(exist_ok=True)
    write_tokenizer(weights / "tokenizer.json", PIECES)
    sizes = {name: SHAPE[name] for name in ("positions", "width", "inner", "blocks")}
    arrays = make_bert_weights(vocabulary=SHAPE["vocabulary_size"], **sizes)
    write_safetensors(weights / "model.safetensors", arrays)
    return TrainingRequest(
        output=folder / "models" / name,
        work=folder / "work" / name,
        plots=read_plots(folder),
        encoder_weights=weights,
        command="train_model --recipe encoder",
        overrides={**TINY, "linear": LINEAR, **overrides},
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder and two bundles trained on it: ``plot-blend-1`` and, without a linear partner, ``plot-alone-1``."""
    folder = tmp_path_factory.mktemp("home")
    write_plots(folder)
    recipe = find_recipe("encoder", "plot")
    recipe(make_request(folder, "plot-blend-1"))
    recipe(make_request(folder, "plot-alone-1", linear=None, loss="class-balanced"))
    return folder


@pytest.mark.parametrize("name", ["plot-blend-1", "plot-alone-1"])
def test_trained_bundle_knows_the_words_of_each_genre(home: Path, name: str) -> None:
    pipeline = load_pipeline(home / "models" / name)
    plots = [f"The {words} of day 2 , told in silence ." for words in GENRE_WORDS.values()]
    assert [answer.top(1)[0][0] for answer in pipeline.predict(plots)] == list(GENRE_WORDS)
    assert len(pipeline.predict([""])) == 1


@pytest.mark.parametrize("name", ["plot-blend-1", "plot-alone-1"])
def test_measuring_through_the_pipeline_gives_the_figures_of_training(home: Path, name: str) -> None:
    bundle = load_bundle(home / "models" / name)
    stored = bundle.manifest["metrics"]["validation"]
    measured = measure_bundle(bundle.folder, home, "validation")
    assert measured["f1"] == stored["f1"]
    assert measured["brier"] == pytest.approx(stored["brier"], abs=2e-3)


def test_manifest_says_how_it_was_made(home: Path) -> None:
    manifest = load_bundle(home / "models" / "plot-blend-1").manifest
    assert manifest["preprocessing"] == {
        "type": "wordpiece+ngrams",
        "tokenizer": "tokenizer.json",
        "max_tokens": 12,
        "ngrams": "ngrams.npz",
    }
    assert manifest["training"]["config"]["shape"]["blocks"] == 1
    assert 0 <= manifest["training"]["linear_share"] <= 1
    assert set(manifest["files"]) == {"model.onnx", "tokenizer.json", "ngrams.npz"}


def test_blended_network_answers_one_plot_as_a_batch(home: Path) -> None:
    pipeline = load_pipeline(home / "models" / "plot-blend-1")
    plots = ["The ghost scream .", "joke", "soldier trench bomb in the day"]
    alone = np.concatenate([pipeline.logits([plot]) for plot in plots])
    np.testing.assert_allclose(alone, pipeline.logits(plots), atol=1e-4)


def test_run_goes_on_from_an_earlier_one(home: Path) -> None:
    request = make_request(home, "plot-again-1", linear=None, trainer={**TRAINER, "epochs": 1, "learning_rate": 1e-5})
    weights = home / "tuned"
    weights.mkdir()
    write_tokenizer(weights / "tokenizer.json", PIECES)
    (weights / "tuned.npz").write_bytes((home / "work" / "plot-blend-1" / "encoder" / "tuned.npz").read_bytes())
    bundle = find_recipe("encoder", "plot")(replace(request, encoder_weights=weights))
    assert bundle.manifest["metrics"]["validation"]["map"] > 0.9
    assert [row["epoch"] for row in bundle.manifest["training"]["history"]] == [1]


def test_checkpoint_from_other_weights_is_not_resumed(home: Path) -> None:
    settings = {"linear": None, "trainer": {**TRAINER, "epochs": 1, "learning_rate": 1e-5}}
    request = make_request(home, "plot-other-1", **settings)
    find_recipe("encoder", "plot")(request)
    weights = home / "moved"
    weights.mkdir()
    write_tokenizer(weights / "tokenizer.json", PIECES)
    (weights / "tuned.npz").write_bytes((home / "work" / "plot-other-1" / "encoder" / "tuned.npz").read_bytes())
    with pytest.raises(TrainingError, match="another run"):
        find_recipe("encoder", "plot")(replace(request, output=home / "models" / "new", encoder_weights=weights))


def test_settings_reach_the_nested_parts(tmp_path: Path) -> None:
    overrides = {"trainer": {"epochs": 7}, "linear": {"strength": 2.0}, "pooling": "mean-max"}
    config = configure(TrainingRequest(tmp_path, tmp_path, seed=5, overrides=overrides))
    assert (config.trainer.epochs, config.trainer.seed, config.pooling) == (7, 5, "mean-max")
    assert config.linear is not None
    assert config.linear.strength == 2.0
    assert configure(TrainingRequest(tmp_path, tmp_path, overrides={"linear": None})).linear is None


def test_missing_weights_are_named(tmp_path: Path) -> None:
    write_plots(tmp_path)
    request = TrainingRequest(tmp_path / "out", tmp_path, plots=read_plots(tmp_path))
    with pytest.raises(TrainingError, match="encoder weights"):
        find_recipe("encoder")(request)


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_tokens": 2},
        {"max_tokens": 513},
        {"layer_decay": 0},
        {"loss": "mse"},
        {"pooling": "last"},
        {"dropout": 1},
        {"frozen_blocks": 6},
        {"teacher_share": 1.0},
        {"left_out": 1.0},
        {"left_out": 0.1, "frozen_blocks": 2},
    ],
)
def test_impossible_settings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(TrainingError, match="must be"):
        EncoderConfig(**wrong)


def test_trained_words_cannot_lie_under_frozen_blocks() -> None:
    with pytest.raises(TrainingError, match="train_words needs frozen_blocks to be 0"):
        EncoderConfig(train_words=True, frozen_blocks=2)


def test_large_encoder_teaches_a_small_one(home: Path) -> None:
    teacher = make_request(
        home, "teacher-1", linear=None, teaches=True, frozen_blocks=1, shape={**SHAPE, "blocks": 2, "distances": 8}
    )
    folder = home / "mpnet"
    folder.mkdir()
    write_tokenizer(folder / "tokenizer.json", PIECES)
    sizes = {name: SHAPE[name] for name in ("positions", "width", "inner", "heads")}
    arrays = make_mpnet_weights(vocabulary=SHAPE["vocabulary_size"], blocks=2, **sizes)
    write_safetensors(folder / "model.safetensors", arrays)
    bundle = find_recipe("encoder", "plot")(replace(teacher, encoder_weights=folder))
    assert bundle.manifest["metrics"]["validation"]["map"] > 0.9
    pupil = make_request(home, "pupil-1", linear=None, teacher_share=0.5)
    assert pupil.encoder_weights is not None
    answers = teacher.work / "encoder" / "answers.npz"
    (pupil.encoder_weights / "answers-mpnet.npz").write_bytes(answers.read_bytes())
    taught = find_recipe("encoder", "plot")(pupil)
    assert taught.manifest["training"]["teachers"] == ["answers-mpnet.npz"]
    assert taught.manifest["metrics"]["validation"]["map"] > 0.9


def test_run_with_a_teacher_needs_its_answers(home: Path) -> None:
    request = make_request(home, "untaught-1", teacher_share=0.5)
    weights = home / "bare"
    weights.mkdir()
    write_tokenizer(weights / "tokenizer.json", PIECES)
    (weights / "model.safetensors").write_bytes((home / "weights" / "model.safetensors").read_bytes())
    with pytest.raises(TrainingError, match=r"there is no answers\*\.npz"):
        find_recipe("encoder", "plot")(replace(request, encoder_weights=weights))
