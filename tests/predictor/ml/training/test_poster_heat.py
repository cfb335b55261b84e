"""The recipe ``poster-heat`` on a network of a few numbers, whose right heat map is known."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from onnx import load_model, numpy_helper, save_model
from PIL import Image

from predictor.ml.artifacts import Bundle, load_bundle
from predictor.ml.errors import TrainingError
from predictor.ml.examples import PosterExample
from predictor.ml.heat_maps import explain_poster
from predictor.ml.pipeline import PosterPipeline, load_pipeline
from predictor.ml.training import poster_heat
from predictor.ml.training.onnx_activation import expose_maps
from predictor.ml.training.onnx_join import join_networks
from predictor.ml.training.poster_heat import HeatConfig, draw_windows, train_poster_heat
from predictor.ml.training.recipes import TrainingRequest
from tests.predictor.ml.bundles import make_plot_bundle, make_poster_bundle
from tests.predictor.ml.training.tiny_posters import write_poster_network

OVERRIDES = {"posters": 20, "checked": 5, "windows": 6, "penalties": [1e-6, 10.0]}


def draw(folder: Path, count: int) -> list[PosterExample]:
    """Posters of 4 by 4 cells in colours of their own, some of which are light enough to be seen."""
    folder.mkdir()
    random = np.random.default_rng(count)
    rows = []
    for number in range(count):
        path = folder / f"{number}.png"
        cells = random.integers(0, 256, (4, 4, 3), dtype=np.uint8)
        Image.fromarray(cells.repeat(4, axis=0).repeat(4, axis=1)).save(path)
        rows.append(PosterExample(f"{folder.name}{number}", path, ("Comedy",), "drawn"))
    return rows


def make_request(folder: Path) -> TrainingRequest:
    return TrainingRequest(
        output=folder / "poster-heat-1",
        work=folder / "work",
        posters={"train": draw(folder / "train", 30), "validation": draw(folder / "validation", 8)},
        poster_bundle=make_poster_bundle(folder, map_shown=False).folder,
        overrides=OVERRIDES,
        command="train",
        stream=io.StringIO(),
    )


@pytest.fixture(scope="module")
def request_(tmp_path_factory: pytest.TempPathFactory) -> TrainingRequest:
    return make_request(tmp_path_factory.mktemp("heat"))


@pytest.fixture(scope="module")
def bundle(request_: TrainingRequest) -> Bundle:
    return train_poster_heat(request_)


def open_posters(bundle: Bundle | Path) -> PosterPipeline:
    pipeline = load_pipeline(bundle.folder if isinstance(bundle, Bundle) else bundle)
    assert isinstance(pipeline, PosterPipeline)
    return pipeline


def test_it_learns_what_covering_costs(bundle: Bundle, tmp_path: Path) -> None:
    (row,) = draw(tmp_path / "new", 1)
    picture = np.asarray(Image.open(row.path))
    pipeline = open_posters(bundle)
    cells = pipeline.activation([picture])
    assert cells is not None and cells.shape == (1, 4, 4, 3)
    covered = []
    for place in range(16):
        copy = picture.copy()
        top, left = 4 * (place // 4), 4 * (place % 4)
        copy[top : top + 4, left : left + 4] = 127
        covered.append(copy)
    costs = pipeline.logits([picture]) - pipeline.logits(covered)
    np.testing.assert_allclose(cells[0].reshape(16, 3), costs, atol=0.02)
    assert np.abs(costs).max() > 0.2
    heat = explain_poster(pipeline, picture, "Comedy", method="activation")
    np.testing.assert_allclose(heat.contributions.ravel(), costs[:, 0], atol=0.02)


def test_everything_else_stays_as_it_is(bundle: Bundle, request_: TrainingRequest) -> None:
    base = load_bundle(request_.poster_bundle)
    images = [Image.open(row.path) for row in request_.posters["validation"]]
    np.testing.assert_array_equal(open_posters(bundle).logits(images), open_posters(base).logits(images))
    for part in ("recipe", "genres", "preprocessing", "calibration", "decision", "metrics"):
        assert bundle.manifest[part] == base.manifest[part]
    assert bundle.name == "poster-heat-1"
    assert bundle.manifest["training"]["fingerprint"] == base.manifest["training"]["fingerprint"]


def test_manifest_tells_how_the_heat_map_was_learned(bundle: Bundle) -> None:
    told = bundle.manifest["training"]["heat_map"]
    assert (told["base"], told["examples"], told["command"], told["seed"]) == ("poster-tiny-1", 20, "train", 1)
    assert told["penalty"] == 1e-6
    assert told["explained"]["1e-06"] > 0.99 > told["explained"]["10.0"]
    assert len(told["fingerprint"]) == 64
    card = (bundle.folder / "MODEL_CARD.md").read_text()
    assert "- heat map: learned over poster-tiny-1 from 20 covered posters, seed 1; it explains 1.000 of" in card


def test_a_killed_run_goes_on_to_the_same_end(bundle: Bundle, tmp_path: Path, monkeypatch) -> None:
    request = make_request(tmp_path)
    asked = []
    cover = poster_heat._Looked.cover

    def count(self, *args):
        asked.append(1)
        if len(asked) == 13:
            raise KeyboardInterrupt
        return cover(self, *args)

    monkeypatch.setattr(poster_heat, "_POSTERS_AT_ONCE", 5)
    monkeypatch.setattr(poster_heat._Looked, "cover", count)
    with pytest.raises(KeyboardInterrupt):
        train_poster_heat(request)
    resumed = train_poster_heat(request)
    # The five of validation and five of twenty for training were kept.
    assert len(asked) == 13 + 15
    picture = Image.open(request.posters["train"][0].path)
    np.testing.assert_allclose(
        open_posters(resumed).activation([picture]), open_posters(bundle).activation([picture]), atol=1e-5
    )
    more = replace(request, output=tmp_path / "poster-heat-2", overrides={**OVERRIDES, "posters": 25})
    assert train_poster_heat(more).manifest["training"]["heat_map"]["examples"] == 25
    assert len(asked) == 13 + 15 + 5


def test_a_heat_map_is_replaced_by_a_new_one(bundle: Bundle, request_: TrainingRequest, tmp_path: Path) -> None:
    again = train_poster_heat(
        replace(request_, output=tmp_path / "poster-heat-2", work=tmp_path / "work", poster_bundle=bundle.folder)
    )
    outputs = [output.name for output in load_model(str(again.path("model.onnx"))).graph.output]
    assert outputs == ["logits", "activation"]
    image = Image.open(request_.posters["train"][0].path)
    np.testing.assert_allclose(
        open_posters(again).activation([image]), open_posters(bundle).activation([image]), atol=1e-5
    )


def test_what_has_no_heat_map_is_refused(request_: TrainingRequest, tmp_path: Path) -> None:
    plots = make_plot_bundle(tmp_path).folder
    with pytest.raises(TrainingError, match="for a poster version, not for plot-tiny-1, which reads plots"):
        train_poster_heat(replace(request_, output=tmp_path / "new", poster_bundle=plots))
    network = write_poster_network(tmp_path / "column.onnx")
    with pytest.raises(TrainingError, match="averages a map over the picture; column\\.onnx does not"):
        expose_maps(network, tmp_path / "maps.onnx", np.zeros((1, 4, 4, 3), np.float32))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("posters", 0),
        ("checked", 0),
        ("windows", 0),
        ("largest_share", 0.0),
        ("largest_share", 1.5),
        ("penalties", []),
        ("penalties", [0]),
    ],
)
def test_settings_are_checked(request_: TrainingRequest, name: str, value: object) -> None:
    with pytest.raises(TrainingError, match=f"{name} must"):
        train_poster_heat(replace(request_, overrides={**OVERRIDES, name: value}))


@pytest.mark.parametrize("grid", [(1, 1), (2, 5), (10, 7)])
def test_windows_lie_within_the_map_and_come_again(grid: tuple[int, int]) -> None:
    config = HeatConfig(windows=200)
    windows = draw_windows(grid, config, (1, 5))
    assert windows == draw_windows(grid, config, (1, 5)) != draw_windows(grid, config, (1, 6)) or grid == (1, 1)
    for window in windows:
        assert 0 <= window.top < window.bottom <= grid[0] and 0 <= window.left < window.right <= grid[1]
    if grid == (10, 7):
        assert {window.bottom - window.top for window in windows} == {2, 3, 4}
        assert {window.right - window.left for window in windows} == {2, 3}
        assert {window.top for window in windows} == set(range(9))


def write_summed_network(folder: Path) -> Path:
    """The tiny network with a sum at its end, as parts of a joined one must have."""
    model = load_model(str(make_poster_bundle(folder, map_shown=False).path("model.onnx")))
    (end,) = (node for node in model.graph.node if node.op_type == "Sub")
    (one,) = (tensor for tensor in model.graph.initializer if tensor.name == "one")
    end.op_type = "Add"
    one.CopyFrom(numpy_helper.from_array(np.full(3, -1, np.float32), "one"))
    save_model(model, str(folder / "part.onnx"))
    return folder / "part.onnx"


def test_two_networks_in_one_show_the_maps_of_both(tmp_path: Path) -> None:
    parts, joined, maps = [write_summed_network(tmp_path)] * 2, tmp_path / "joined.onnx", tmp_path / "maps.onnx"
    ones, zeros, blank = np.ones(3, np.float32), np.zeros(3, np.float32), np.zeros((1, 16, 16, 3), np.float32)
    join_networks(parts, joined, [ones, ones], zeros, mirror=False)
    assert expose_maps(joined, maps, blank) == ("part0/cells", "part1/cells")
    join_networks(parts, joined, [ones, ones], zeros, mirror=True)
    with pytest.raises(TrainingError, match="looks at a picture once"):
        expose_maps(joined, maps, blank)
