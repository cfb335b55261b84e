"""Heat maps of poster pipelines for which the right answer is known by hand."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from predictor.ml.errors import InvalidExample
from predictor.ml.heat_maps import Box, HeatMap, Spot, explain_poster
from predictor.ml.pipeline import PosterPipeline, load_pipeline

from .bundles import make_poster_bundle


def make_posters(folder: Path, **options) -> PosterPipeline:
    pipeline = load_pipeline(make_poster_bundle(folder, **options).folder)
    assert isinstance(pipeline, PosterPipeline)
    return pipeline


def draw_poster(width: int = 160, height: int = 240) -> Image.Image:
    """Black, with a red square at the bottom right and a green one at the top left."""
    picture = Image.new("RGB", (width, height))
    picture.paste((255, 0, 0), (width * 3 // 4, height * 3 // 4, width, height))
    picture.paste((0, 255, 0), (0, 0, width // 4, height // 4))
    return picture


@pytest.mark.parametrize("method", ["activation", "occlusion"])
def test_the_heat_map_peaks_on_what_speaks_for_the_genre(tmp_path: Path, method: str) -> None:
    pipeline = make_posters(tmp_path)
    heat = explain_poster(pipeline, draw_poster(), "Comedy", method=method)
    assert (heat.method, heat.box) == (method, Box(0, 0, 160, 240))
    assert heat.values.dtype == np.float32 and heat.values.max() == pytest.approx(1.0) and heat.values.min() == 0.0
    large = heat.enlarge(160, 240)
    assert large.shape == (240, 160) and large.min() >= 0 and large.max() <= 1
    row, column = np.unravel_index(large.argmax(), large.shape)
    assert row >= 160 and column >= 105
    assert large[:60, :40].max() < 0.2
    top = explain_poster(pipeline, draw_poster(), "Horror", method=method).enlarge(160, 240)
    row, column = np.unravel_index(top.argmax(), top.shape)
    assert row < 80 and column < 55


def test_activation_sums_to_what_the_poster_adds(tmp_path: Path) -> None:
    pipeline = make_posters(tmp_path)
    heat = explain_poster(pipeline, draw_poster(), "Comedy", method="activation")
    assert heat.contributions.shape == (4, 4)
    assert heat.contributions.sum() == pytest.approx(float(pipeline.logits([draw_poster()])[0, 0]) + 1.0, abs=1e-3)
    # One cell of 16 is fully red: 8 times its light, (255 - 127) / 128, shared out over the picture.
    assert heat.contributions[3, 3] == pytest.approx(8 / 16, abs=0.05)


def test_nothing_speaks_for_a_genre_that_a_poster_lacks(tmp_path: Path) -> None:
    for method in ("activation", "occlusion"):
        heat = explain_poster(make_posters(tmp_path / method), draw_poster(), "War", method=method)
        assert not heat.speaks and not heat.values.any()


def test_without_a_second_output_patches_are_covered(tmp_path: Path) -> None:
    pipeline = make_posters(tmp_path, map_shown=False)
    assert pipeline.activation([draw_poster()]) is None
    assert explain_poster(pipeline, draw_poster(), "Comedy", method="activation").method == "occlusion"


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 3)])
def test_odd_posters_have_a_heat_map_too(tmp_path: Path, size: tuple[int, int]) -> None:
    heat = explain_poster(make_posters(tmp_path), Image.new("RGB", size, (255, 0, 0)), "Comedy")
    assert np.isfinite(heat.contributions).all() and heat.box == Box(0, 0, *size)


def test_bad_questions_about_posters_are_refused(tmp_path: Path) -> None:
    pipeline = make_posters(tmp_path)
    for picture, genre, method in (
        (draw_poster(), "Western", "occlusion"),
        (draw_poster(), "Comedy", "magic"),
        (draw_poster().convert("L"), "Comedy", "occlusion"),
    ):
        with pytest.raises(InvalidExample):
            explain_poster(pipeline, picture, genre, method=method)


def test_values_of_a_map_without_any_contribution_are_zero() -> None:
    heat = HeatMap("Comedy", np.zeros((2, 2), np.float32), Box(0, 0, 8, 8), "occlusion")
    assert not heat.values.any() and not heat.speaks


def test_spots_are_the_strongest_cells_in_pixels_of_the_poster():
    cells = np.zeros((7, 5), np.float32)
    cells[0, 4], cells[6, 2], cells[3, 2] = 0.8, -0.5, 0.1
    heat = HeatMap("Comedy", cells, Box(0, 0, 50, 70), "occlusion")
    found, against = heat.find_spot(), heat.find_spot(against=True)
    assert found == Spot(Box(40, 0, 50, 10), pytest.approx(0.8), 0, 2)
    assert against == Spot(Box(20, 60, 30, 70), pytest.approx(-0.5), 2, 1)


def test_what_hardly_matters_is_no_spot():
    heat = HeatMap("Comedy", np.full((7, 5), 0.01, np.float32), Box(0, 0, 50, 70), "occlusion")
    assert heat.find_spot() is None and heat.find_spot(against=True) is None
