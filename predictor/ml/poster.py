"""Posters, RGB pixels of any size, to the input of the poster network; the same in training and in serving.

Training posters are stored with a longer side of 224 pixels. A larger upload is first shrunk to that size, so that
the network meets pictures as soft as those it was trained on, then stretched to the input's height and width: every
poster keeps its whole picture, and the usual ratio of 2 to 3 stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from predictor.ml.errors import ArtifactError, InvalidExample
from predictor.ml.labels import Float32Array

_LARGEST_SIDE_PX: Final = 1024


@dataclass(frozen=True, slots=True)
class PosterPreprocessing:
    """How pixels become model input.

    Attributes:
        height_px: height of the input.
        width_px: width of the input.
        shrink_px: a longer side above this is first brought down to it.
        mean: subtracted from each pixel, which is in [0, 255].
        scale: each pixel is then divided by this.
    """

    height_px: int
    width_px: int
    shrink_px: int = 224
    mean: float = 127.0
    scale: float = 128.0

    def __post_init__(self) -> None:
        sides = (self.height_px, self.width_px, self.shrink_px)
        if not all(1 <= side <= _LARGEST_SIDE_PX for side in sides) or self.scale <= 0:
            raise ArtifactError(
                f"Poster sides must be 1 to {_LARGEST_SIDE_PX} px and the scale positive, not {sides} and {self.scale}."
            )

    @classmethod
    def from_manifest(cls, values: Mapping[str, Any]) -> PosterPreprocessing:
        """Reads the preprocessing part of a poster bundle's manifest.

        Raises:
            ArtifactError: a value is missing or no number.
        """
        try:
            sides = {name: int(values[name]) for name in ("height_px", "width_px", "shrink_px")}
            return cls(**sides, mean=float(values["mean"]), scale=float(values["scale"]))
        except (KeyError, TypeError, ValueError) as exc:
            if isinstance(exc, ArtifactError):
                raise
            raise ArtifactError(f"The poster preprocessing lacks a number: {exc}.") from exc

    def as_dict(self) -> dict[str, Any]:
        """The values as the manifest keeps them."""
        return asdict(self)


def resize_poster(image: Image.Image | npt.NDArray[np.uint8], preprocessing: PosterPreprocessing) -> Image.Image:
    """Brings a poster to the input's height and width, still as pixels.

    Args:
        image: an RGB picture, or uint8 (H, W, 3).
        preprocessing: the sides to reach.

    Returns:
        An RGB picture of ``width_px`` by ``height_px``.

    Raises:
        InvalidExample: the picture is not RGB or has no pixel.
    """
    picture = _as_picture(image)
    longer = max(picture.size)
    if longer > preprocessing.shrink_px:
        sides = [max(1, round(side * preprocessing.shrink_px / longer)) for side in picture.size]
        picture = picture.resize((sides[0], sides[1]), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return picture.resize((preprocessing.width_px, preprocessing.height_px), Image.Resampling.BICUBIC)


def _as_picture(image: Image.Image | npt.NDArray[np.uint8]) -> Image.Image:
    """Checks that an input is RGB and not empty."""
    if isinstance(image, Image.Image):
        if image.mode != "RGB" or 0 in image.size:
            raise InvalidExample(f"A poster must be an RGB picture with pixels, not {image.mode} of {image.size}.")
        return image
    array = np.asarray(image)
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3 or 0 in array.shape:
        raise InvalidExample(f"A poster must be uint8 of shape (H, W, 3), not {array.dtype} of {array.shape}.")
    return Image.fromarray(array)


def normalise_pixels(pixels: npt.NDArray[np.uint8], preprocessing: PosterPreprocessing) -> Float32Array:
    """Brings pixels of any shape (..., 3), uint8, to about [-1, 1], float32.

    Source: the EfficientNet-Lite weights were trained on (pixel - 127) / 128.
    """
    return np.asarray((pixels.astype(np.float32) - preprocessing.mean) / preprocessing.scale, dtype=np.float32)


def to_model_input(image: Image.Image | npt.NDArray[np.uint8], preprocessing: Mapping[str, Any]) -> Float32Array:
    """Turns one poster into model input.

    Args:
        image: an RGB picture, or uint8 (H, W, 3).
        preprocessing: the part of that name of a poster bundle's manifest.

    Returns:
        float32 (height_px, width_px, 3), about [-1, 1].

    Raises:
        InvalidExample: the picture is not RGB or has no pixel.
        ArtifactError: the preprocessing is unusable.
    """
    wanted = PosterPreprocessing.from_manifest(preprocessing)
    return normalise_pixels(np.asarray(resize_poster(image, wanted)), wanted)
