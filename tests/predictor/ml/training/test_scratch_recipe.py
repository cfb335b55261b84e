"""The recipe ``cnn-scratch`` end to end on drawn posters, and that it holds no more than a batch of them."""

import io
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from predictor.ml.artifacts import Bundle
from predictor.ml.errors import TrainingError
from predictor.ml.examples import PosterExample
from predictor.ml.labels import GENRES, POSTER25
from predictor.ml.pipeline import PosterPipeline, load_pipeline
from predictor.ml.poster import PosterPreprocessing
from predictor.ml.training.config import ScratchConfig, TrainerConfig
from predictor.ml.training.export import convert_with_keras
from predictor.ml.training.recipes import TrainingRequest, find_recipe
from predictor.ml.training.scratch_recipe import StreamedPosters, build_scratch_network, configure

from .harness import ArchitectureHarness

COLOURS = {"Horror": (20, 0, 0), "Comedy": (250, 240, 90), "Western": (160, 90, 30)}
TINY = {"side_px": 16, "filters": [4, 8], "dense_units": 8, "dropout": 0.0}
TRAINER = {"epochs": 12, "batch_size": 4, "learning_rate": 0.02, "patience": 12}


def draw_posters(folder: Path, count: int) -> list[PosterExample]:
    folder.mkdir()
    examples = []
    for number in range(count):
        genre = list(COLOURS)[number % 3]
        path = folder / f"{number}.png"
        Image.new("RGB", (16, 24), COLOURS[genre]).save(path)
        extra = ("Adult",) if number == 0 else ()
        examples.append(PosterExample(f"{folder.name}{number}", path, (genre, *extra), "drawn"))
    return examples


class TestScratchNetwork(ArchitectureHarness):
    fit_epochs = 80

    def build(self) -> Any:
        return build_scratch_network(
            ScratchConfig(side_px=16, filters=(8, 8), dense_units=16, dropout=0.1), self.genre_count
        )

    def sample(self, count: int, seed: int = 0) -> np.ndarray:
        return np.random.default_rng(seed).normal(size=(count, 16, 16, 3)).astype(np.float32)

    def convert(self, model: Any, path: Path) -> None:
        convert_with_keras(model, path)


@pytest.fixture(scope="module")
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory, log: io.StringIO) -> Bundle:
    folder = tmp_path_factory.mktemp("posters")
    request = TrainingRequest(
        output=folder / "poster-test-1",
        work=folder / "work",
        posters={split: draw_posters(folder / split, 12) for split in ("train", "validation")},
        overrides={**TINY, "trainer": TRAINER},
        command="train",
        stream=log,
    )
    return find_recipe("cnn-scratch", "poster")(request)


def test_bundle_knows_the_colours_of_each_genre(bundle: Bundle) -> None:
    pipeline = load_pipeline(bundle.folder)
    assert isinstance(pipeline, PosterPipeline)
    answers = pipeline.predict([Image.new("RGB", (30, 40), colour) for colour in COLOURS.values()])
    assert [answer.top(1)[0][0] for answer in answers] == list(COLOURS)


def test_bundle_has_25_outputs_and_says_how_it_was_made(bundle: Bundle, log: io.StringIO) -> None:
    assert bundle.genres == POSTER25
    assert len(POSTER25) == 25 and set(POSTER25) < set(GENRES)
    training = bundle.manifest["training"]
    assert training["config"]["filters"] == [4, 8]
    assert len(training["history"]) == 12
    assert training["peak_memory_bytes"] > 1e8
    assert "peak memory" in log.getvalue()


def test_memory_holds_batches_and_not_the_whole_set(tmp_path: Path) -> None:
    examples = draw_posters(tmp_path / "many", 240)
    labels = np.zeros((240, 25), np.float32)
    side, size = 64, 8
    source = StreamedPosters(examples, labels, labels, PosterPreprocessing(side, side), size, seed=1, zoom=0.1)
    next(source.batches(0))
    tracemalloc.start()
    batches = sum(1 for _ in source.batches(0))
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    batch_bytes = size * side * side * 3 * 4
    assert batches == len(source) == 30
    assert peak_bytes < 4 * batch_bytes


def test_an_epoch_has_its_own_order_and_is_repeatable(tmp_path: Path) -> None:
    examples = draw_posters(tmp_path / "few", 7)
    labels = np.eye(7, 25, dtype=np.float32)
    source = StreamedPosters(examples, labels, labels, PosterPreprocessing(8, 8), 3, seed=1, zoom=0.1)
    orders = [np.concatenate([b.labels for b in source.batches(epoch)]).argmax(axis=1).tolist() for epoch in (0, 0, 1)]
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[2]) == list(range(7))
    plain = StreamedPosters(examples, labels, labels, PosterPreprocessing(8, 8), 3)
    assert np.concatenate([b.labels for b in plain.batches(4)]).argmax(axis=1).tolist() == list(range(7))


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(TrainingError, match="one length"):
        StreamedPosters([], np.zeros((1, 25), np.float32), np.zeros((1, 25), np.float32), PosterPreprocessing(8, 8))


def test_settings_come_from_seed_and_overrides(tmp_path: Path) -> None:
    overrides = {"side_px": 400, "trainer": {"epochs": 2}}
    config = configure(TrainingRequest(tmp_path, tmp_path, seed=7, overrides=overrides))
    assert (config.side_px, config.trainer.epochs, config.trainer.seed) == (400, 2, 7)
    assert build_scratch_network(ScratchConfig(side_px=250, filters=(4,), dense_units=4), 25).output_shape == (None, 25)


@pytest.mark.parametrize(("side_px", "posters"), [(16, 32), (224, 32), (250, 25), (400, 10)])
def test_large_sides_take_fewer_posters_a_step(side_px: int, posters: int) -> None:
    assert ScratchConfig(side_px=side_px, filters=(4,)).step_posters == posters


@pytest.mark.parametrize("options", [{"side_px": 401}, {"side_px": 16, "filters": [4] * 5}, {"filters": []}])
def test_impossible_shapes_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(TrainingError, match="must"):
        ScratchConfig(trainer=TrainerConfig(), **options)
