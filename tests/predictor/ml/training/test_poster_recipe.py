"""The recipe ``backbone`` end to end on sixteen drawn posters, with invented ImageNet weights."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image

from predictor.ml.artifacts import Bundle
from predictor.ml.errors import TrainingError
from predictor.ml.examples import PlotExample, PosterExample
from predictor.ml.labels import GENRES
from predictor.ml.pipeline import PosterPipeline, load_pipeline
from predictor.ml.training import poster_recipe
from predictor.ml.training.backbone import build_backbone
from predictor.ml.training.poster_recipe import complete_labels, configure, train_backbone
from predictor.ml.training.recipes import TrainingRequest
from tests.predictor.ml.training.test_backbone import invent_state

COLOURS = {"Horror": (20, 0, 0), "Comedy": (250, 240, 90), "Western": (160, 90, 30)}
TINY = {
    "height_px": 16,
    "width_px": 16,
    "frozen_stages": 6,
    "levels": [],
    "mask_cut": True,
    "trainer": {"epochs": 1, "batch_size": 4},
}


def draw_posters(folder: Path, count: int) -> list[PosterExample]:
    folder.mkdir()
    examples = []
    for number in range(count):
        genre = list(COLOURS)[number % 3]
        path = folder / f"{number}.png"
        Image.new("RGB", (16, 16), COLOURS[genre]).save(path)
        examples.append(PosterExample(f"{folder.name}{number}", path, (genre,), "drawn"))
    return examples


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bundle]:
    folder = tmp_path_factory.mktemp("posters")
    weights = folder / "weights.pth"
    weights.touch()
    request = TrainingRequest(
        output=folder / "poster-test-1",
        work=folder / "work",
        posters={split: draw_posters(folder / split, 9) for split in ("train", "validation")},
        backbone_weights=weights,
        overrides=TINY,
        command="train",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(poster_recipe, "load_state_dict", lambda _: invent_state(build_backbone("lite0"), seed=2))
        yield train_backbone(request)


def test_bundle_says_how_it_was_made(bundle: Bundle) -> None:
    assert (bundle.kind, bundle.genres) == ("poster", GENRES)
    assert bundle.manifest["training"]["examples"] == 9
    assert bundle.manifest["training"]["config"]["height_px"] == 16
    assert [row["epoch"] for row in bundle.manifest["training"]["history"]] == [1.0]
    assert bundle.manifest["training"]["teacher"] == ""
    assert bundle.manifest["metrics"]["validation"]["films"] == 9
    assert (bundle.folder / "MODEL_CARD.md").is_file()


def test_weights_are_stored_in_half(bundle: Bundle) -> None:
    size_bytes = bundle.path("model.onnx").stat().st_size
    assert size_bytes < 3.5e6 * 2 + 1e6
    kinds = {tensor.data_type for tensor in onnx.load(bundle.path("model.onnx")).graph.initializer}
    assert onnx.TensorProto.FLOAT16 in kinds


def test_network_gives_logits_alone(bundle: Bundle) -> None:
    graph = onnx.load(bundle.path("model.onnx")).graph
    shapes = [[dim.dim_value for dim in output.type.tensor_type.shape.dim][1:] for output in graph.output]
    assert shapes == [[len(GENRES)]]


def test_one_poster_scores_as_in_a_batch(bundle: Bundle) -> None:
    pipeline = load_pipeline(bundle.folder)
    assert isinstance(pipeline, PosterPipeline)
    images = [Image.new("RGB", (20 + 3 * n, 30), (40 * n, 90, 10)) for n in range(5)]
    together = pipeline.predict(images)
    for image, expected in zip(images, together, strict=True):
        (alone,) = pipeline.predict([image])
        np.testing.assert_allclose(alone.probabilities, expected.probabilities, atol=1e-5)
        assert alone.decided == expected.decided


def test_genres_never_seen_are_never_decided(bundle: Bundle) -> None:
    pipeline = load_pipeline(bundle.folder)
    assert isinstance(pipeline, PosterPipeline)
    images = [Image.new("RGB", (16, 16), colour) for colour in COLOURS.values()]
    decided = {genre for scores in pipeline.predict(images) for genre in scores.decided}
    assert decided <= set(COLOURS)


def test_labels_are_completed_from_plots_of_the_same_film() -> None:
    poster = PosterExample("1", Path("1.webp"), ("Action", "Crime", "Drama"), "cut", ("Thriller", "War"))
    other = PosterExample("2", Path("2.webp"), ("War",), "cut")
    plots = {
        "train": [PlotExample("1", "…", ("Crime", "Thriller"), "full")],
        "test": [PlotExample("2", "…", ("Drama",), "full")],
    }
    completed = complete_labels([poster, other], plots)
    assert completed[0].genres == ("Action", "Crime", "Drama", "Thriller")
    assert completed[0].unknown == ("War",)
    assert completed[1] == other


def test_missing_weights_are_refused(tmp_path: Path) -> None:
    request = TrainingRequest(tmp_path / "out", tmp_path, backbone_weights=tmp_path / "none.pth")
    with pytest.raises(TrainingError, match="needs the weights of the convolutional network"):
        train_backbone(request)


def test_overrides_reach_both_configs() -> None:
    request = TrainingRequest(Path("out"), Path("work"), seed=5, overrides={"zoom": 0.3, "trainer": {"epochs": 2}})
    config = configure(request)
    assert (config.zoom, config.trainer.epochs, config.trainer.seed) == (0.3, 2, 5)
    assert config.trainer.batch_size == 32
