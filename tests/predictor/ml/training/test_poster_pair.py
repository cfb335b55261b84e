"""The recipe ``poster-pair`` on drawn posters and two bundles of a few numbers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from predictor.ml.errors import TrainingError
from predictor.ml.examples import PosterExample
from predictor.ml.pipeline import PosterPipeline, load_pipeline
from predictor.ml.training.poster_pair import train_poster_pair
from predictor.ml.training.recipes import TrainingRequest
from tests.predictor.ml.bundles import make_plot_bundle
from tests.predictor.ml.training.tiny_posters import make_poster_bundle

COLOURS = {"Comedy": (255, 0, 0), "Horror": (0, 255, 0), "War": (0, 0, 255)}


def make_request(folder: Path, count: int = 30) -> TrainingRequest:
    posters = []
    for number in range(count):
        genre = list(COLOURS)[number % 3]
        path = folder / f"{number}.png"
        Image.new("RGB", (4, 4), COLOURS[genre]).save(path)
        posters.append(PosterExample(f"film{number}", path, (genre,), "drawn"))
    return TrainingRequest(
        output=folder / "poster-pair-1",
        work=folder / "work",
        posters={"train": posters, "validation": posters},
        poster_bundle=make_poster_bundle(folder, "poster-right-1").folder,
        overrides={
            "second": str(make_poster_bundle(folder, "poster-wrong-1", scale=-1.0).folder),
            "mirror": True,
        },
        command="train",
    )


def test_pair_leans_on_the_part_that_ranks_better(tmp_path: Path) -> None:
    bundle = train_poster_pair(make_request(tmp_path))
    told = bundle.manifest["training"]
    assert [part["name"] for part in told["parts"]] == ["poster-right-1", "poster-wrong-1"]
    assert told["config"]["second"] == "poster-wrong-1"
    assert told["share_of_second"] < 0.5
    assert told["scores_of_shares"]["0.0"] > told["scores_of_shares"]["1.0"]
    assert bundle.manifest["metrics"]["validation"]["films"] == 30


def test_pair_answers_like_any_poster_model(tmp_path: Path) -> None:
    pipeline = load_pipeline(train_poster_pair(make_request(tmp_path)).folder)
    assert isinstance(pipeline, PosterPipeline)
    images = [Image.new("RGB", (40, 60), colour) for colour in COLOURS.values()]
    answers = pipeline.predict(images)
    assert [scores.top(1)[0][0] for scores in answers] == list(COLOURS)
    halves = np.zeros((4, 4, 3), np.uint8)
    halves[:, :2] = (255, 0, 0)
    there, mirrored = pipeline.logits([halves, halves[:, ::-1]])
    np.testing.assert_allclose(there, mirrored, atol=1e-5)


def test_second_part_may_look_at_posters_in_other_sides(tmp_path: Path) -> None:
    request = make_request(tmp_path)
    large = make_poster_bundle(tmp_path, "poster-large-1", scale=0.5, side=8).folder
    bundle = train_poster_pair(replace(request, overrides={"second": str(large)}))
    assert bundle.preprocessing["height_px"] == 4
    images = [Image.new("RGB", (40, 60), colour) for colour in COLOURS.values()]
    assert [scores.top(1)[0][0] for scores in load_pipeline(bundle.folder).predict(images)] == list(COLOURS)


def test_parts_must_be_two_poster_models_of_like_input(tmp_path: Path) -> None:
    request = make_request(tmp_path)
    with pytest.raises(TrainingError, match="needs a second poster bundle"):
        train_poster_pair(replace(request, overrides={}))
    other = make_poster_bundle(tmp_path, "poster-dark-1", shrink_px=100).folder
    with pytest.raises(TrainingError, match="must have the same genres and, but for its sides, the same input"):
        train_poster_pair(replace(request, overrides={"second": str(other)}))
    plots = make_plot_bundle(tmp_path).folder
    with pytest.raises(TrainingError, match="needs two poster bundles, not plot, poster"):
        train_poster_pair(replace(request, poster_bundle=plots))
