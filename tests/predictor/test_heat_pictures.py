"""Heat maps as pictures."""

import io

import numpy as np
import pytest
from PIL import Image

from predictor.heat_pictures import GLOW, draw_overlay
from predictor.ml.heat_maps import Box, HeatMap


def draw(cells: list[list[float]], width: int, height: int) -> np.ndarray:
    heat = HeatMap("Horror", np.asarray(cells, np.float32), Box(0, 0, width, height), "occlusion")
    return np.asarray(Image.open(io.BytesIO(draw_overlay(heat))))


def test_it_is_clear_where_it_is_hot_and_dark_elsewhere():
    pixels = draw([[0, 0], [0, 1]], 400, 600)
    assert pixels.shape == (480, 320, 4)
    assert pixels[470, 310, 3] < 10 and pixels[10, 10, 3] > 200
    rim = (pixels[..., :3] == GLOW).all(axis=-1)
    assert rim.any() and not rim[:200, :140].any() and not rim[470:, 310:].any()


def test_cold_posters_are_dark_all_over():
    pixels = draw([[0, -1], [-2, 0]], 400, 600)
    assert (pixels[..., 3] > 200).all()


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 4000), (4000, 1)])
def test_odd_posters_are_drawn_too(width, height):
    assert max(draw([[0, 1]], width, height).shape[:2]) == 480
