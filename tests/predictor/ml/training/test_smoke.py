"""Every recipe trains a hundred steps on tiny films and gives a bundle that answers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from predictor.ml.pipeline import load_pipeline
from predictor.ml.training import poster_recipe
from predictor.ml.training.backbone import build_backbone
from predictor.ml.training.datasets import read_imdb27, read_plots
from predictor.ml.training.progress import Progress
from predictor.ml.training.recipes import RECIPES, TrainingRequest, find_recipe
from predictor.ml.training.tfidf import train_tfidf_linear

from . import (
    test_adapt,
    test_encoder_recipe,
    test_fusion,
    test_poster_heat,
    test_poster_pair,
    test_poster_recipe,
    test_single_encoder_recipe,
    test_single_recipe,
)
from .data_folder import write_glove, write_imdb27, write_plots
from .test_backbone import invent_state

STEPS = 100
# One film a step and one epoch, so that the validation network is compiled but once.
TRAINER = {"epochs": 1, "batch_size": 1, "learning_rate": 0.01}
FITTED_AT_ONCE = {"tfidf-linear", "late-fusion", "adapt-plot", "adapt-poster", "poster-pair", "poster-heat"}


def ask_glove(folder: Path) -> TrainingRequest:
    write_plots(folder, train=STEPS, held_out=6)
    return TrainingRequest(
        folder / "smoke-1",
        folder / "work",
        plots=read_plots(folder),
        glove=write_glove(folder / "glove.txt"),
        overrides={"units": 4, "vocabulary_size": 40, "max_tokens": 8, "trainer": TRAINER},
    )


def ask_single(folder: Path) -> TrainingRequest:
    write_plots(folder, train=60, held_out=3)
    write_imdb27(folder, train=60)
    plots = read_plots(folder)
    plots["train"].extend(read_imdb27(folder))
    overrides = {**test_single_recipe.TINY, "trainer": TRAINER}
    return TrainingRequest(folder / "smoke-1", folder / "work", plots=plots, overrides=overrides)


def ask_linear(folder: Path) -> TrainingRequest:
    write_plots(folder, train=30, held_out=6)
    overrides = {"min_films": 1, "min_films_characters": 2}
    return TrainingRequest(folder / "smoke-1", folder / "work", plots=read_plots(folder), overrides=overrides)


def ask_encoder(folder: Path) -> TrainingRequest:
    write_plots(folder, train=STEPS, held_out=6)
    return test_encoder_recipe.make_request(folder, "smoke-1", trainer=TRAINER, linear=None)


def ask_encoder_single(folder: Path) -> TrainingRequest:
    write_plots(folder, train=60, held_out=3)
    write_imdb27(folder, train=60)
    return test_single_encoder_recipe.make_request(folder, "smoke-1", trainer=TRAINER)


def ask_posters(folder: Path, overrides: dict[str, Any]) -> TrainingRequest:
    weights = folder / "weights.pth"
    weights.touch()
    draw = test_poster_recipe.draw_posters
    posters = {"train": draw(folder / "train", STEPS), "validation": draw(folder / "validation", 6)}
    overrides = {**overrides, "trainer": TRAINER}
    return TrainingRequest(
        folder / "smoke-1", folder / "work", posters=posters, backbone_weights=weights, overrides=overrides
    )


def ask_to_adapt(folder: Path) -> TrainingRequest:
    base = train_tfidf_linear(ask_linear(folder))
    films = {"train": test_adapt.make_plots(40)}
    return TrainingRequest(folder / "smoke-2", folder / "work-2", plots=films, plot_bundle=base.folder)


def ask_to_adapt_posters(folder: Path) -> TrainingRequest:
    films = {"train": test_poster_recipe.draw_posters(folder / "train", 30)}
    home = test_adapt.POSTER_MODEL
    return TrainingRequest(folder / "smoke-2", folder / "work-2", posters=films, poster_bundle=home)


SMOKE: dict[str, Callable[[Path], TrainingRequest]] = {
    "lstm-glove": ask_glove,
    "lstm-single": ask_single,
    "tfidf-linear": ask_linear,
    "encoder": ask_encoder,
    "encoder-single": ask_encoder_single,
    "cnn-scratch": lambda folder: ask_posters(folder, {"side_px": 16, "filters": [4, 8], "dense_units": 4}),
    "backbone": lambda folder: ask_posters(folder, {"height_px": 16, "width_px": 16, "frozen_stages": 7, "levels": []}),
    "poster-pair": test_poster_pair.make_request,
    "poster-heat": test_poster_heat.make_request,
    "late-fusion": test_fusion.make_request,
    "adapt-plot": ask_to_adapt,
    "adapt-poster": ask_to_adapt_posters,
}


@pytest.mark.parametrize("recipe", sorted(RECIPES))
def test_recipe_trains_a_hundred_steps(recipe: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert recipe in SMOKE, f"add a smoke training of {recipe}"
    steps = []
    monkeypatch.setattr(Progress, "advance", lambda progress, note="": steps.append(note))
    monkeypatch.setattr(poster_recipe, "load_state_dict", lambda _: invent_state(build_backbone("lite0")))
    bundle = find_recipe(recipe)(SMOKE[recipe](tmp_path))
    assert recipe in FITTED_AT_ONCE or len(steps) >= STEPS
    image = Image.new("RGB", (16, 16), (90, 90, 90))
    items: dict[str, Any] = {"plot": "A ghost joke.", "poster": image, "both": ("A ghost joke.", image)}
    (answer,) = load_pipeline(bundle.folder).predict([items[bundle.kind]])
    assert np.isfinite(answer.probabilities).all()
