"""Posters to model input: sides, range, order of channels, refusals."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from predictor.ml.errors import ArtifactError, InvalidExample
from predictor.ml.poster import PosterPreprocessing, resize_poster, to_model_input

TALL = PosterPreprocessing(24, 16)


def draw_poster(height: int = 16, width: int = 16) -> np.ndarray:
    """Red above, blue below, brighter to the right."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, :, 0] = pixels[height // 2 :, :, 2] = np.linspace(0, 255, width).astype(np.uint8)
    return pixels


def test_input_has_the_sides_of_the_manifest() -> None:
    found = to_model_input(draw_poster(), TALL.as_dict())
    assert found.shape == (24, 16, 3)
    assert found.dtype == np.float32
    assert found.min() >= -127 / 128
    assert found.max() <= 1.0


def test_same_sides_keep_every_pixel() -> None:
    pixels = draw_poster()
    found = to_model_input(pixels, PosterPreprocessing(16, 16).as_dict())
    np.testing.assert_allclose(found * 128 + 127, pixels, atol=1e-4)


def test_channels_are_red_green_blue_from_top_to_bottom() -> None:
    found = to_model_input(draw_poster(), TALL.as_dict())
    assert found[2, -1].argmax() == 0
    assert found[-3, -1].argmax() == 2


def test_picture_and_array_give_the_same() -> None:
    pixels = draw_poster(30, 20)
    as_picture = to_model_input(Image.fromarray(pixels), TALL.as_dict())
    np.testing.assert_array_equal(as_picture, to_model_input(pixels, TALL.as_dict()))


def test_large_upload_becomes_as_soft_as_a_training_poster() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (200, 140, 3), np.uint8)
    softened = Image.fromarray(noise).resize((14, 20), Image.Resampling.LANCZOS, reducing_gap=3.0)
    preprocessing = PosterPreprocessing(40, 28, shrink_px=20)
    expected = softened.resize((28, 40), Image.Resampling.BICUBIC)
    np.testing.assert_array_equal(np.asarray(resize_poster(noise, preprocessing)), np.asarray(expected))


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (3, 2)])
def test_odd_shapes_are_stretched(size: tuple[int, int]) -> None:
    assert to_model_input(np.zeros((*size, 3), np.uint8), TALL.as_dict()).shape == (24, 16, 3)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        Image.new("L", (4, 4)),
        Image.new("RGBA", (4, 4)),
    ],
)
def test_anything_but_rgb_is_refused(image: Any) -> None:
    with pytest.raises(InvalidExample, match="A poster must be"):
        to_model_input(image, TALL.as_dict())


@pytest.mark.parametrize("change", [{"height_px": None}, {"width_px": 0}, {"scale": 0}, {"mean": "dark"}])
def test_unusable_preprocessing_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ArtifactError):
        to_model_input(draw_poster(), {**TALL.as_dict(), **change})


def test_missing_preprocessing_is_refused() -> None:
    with pytest.raises(ArtifactError, match="lacks a number: 'height_px'"):
        to_model_input(draw_poster(), {})
