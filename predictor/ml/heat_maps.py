"""Why a genre: which regions of a poster speak for it.

Weights are differences of calibrated logits, as in ``predictor.ml.explain``. They say what the model did, not what is
true of the film.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from PIL import Image

from predictor.ml.errors import InvalidExample
from predictor.ml.explain import SMALLEST_WEIGHT, ExplainedBundle, find_genre
from predictor.ml.labels import Float32Array
from predictor.ml.pipeline import PosterImage

OCCLUSION: Final = "occlusion"
ACTIVATION: Final = "activation"
METHODS: Final = (OCCLUSION, ACTIVATION)
GREY: Final = 127
PATCH_ROWS: Final = 7
PATCH_COLUMNS: Final = 5
_WORKING_SIDE_PX: Final = 448


class ExplainedPosters(Protocol):
    """What is asked of a poster pipeline."""

    genres: tuple[str, ...]

    @property
    def bundle(self) -> ExplainedBundle:
        """Where the network comes from."""

    def logits(self, items: Sequence[PosterImage]) -> Float32Array:
        """Logits (N, G) of N posters."""

    def activation(self, items: Sequence[PosterImage]) -> Float32Array | None:
        """What each cell of N posters adds to the logits, (N, h, w, G), or None."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of a poster, the right and the bottom edge not included."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Spot:
    """The cell of a heat map where most speaks for a genre, or against it.

    Attributes:
        box: the cell, in pixels of the poster.
        weight: its calibrated logits; above 0 it speaks for the genre.
        row: 0 (top), 1 or 2 (bottom), the third of the poster that its middle lies in.
        column: 0 (left), 1 or 2 (right), likewise.
    """

    box: Box
    weight: float
    row: int
    column: int


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """Where a poster speaks for a genre.

    Attributes:
        genre: the genre.
        contributions: float32 (h, w), calibrated logits; cell (0, 0) is the top left of ``box``. By ``occlusion``
            each says what it costs the genre to cover four neighbouring cells, in the mean over those that include
            this one; by ``activation`` about what covering this cell adds to that.
        box: what the cells cover in equal parts, in pixels of the poster as it was given.
        method: ``activation`` or ``occlusion``.
    """

    genre: str
    contributions: Float32Array
    box: Box
    method: str

    @property
    def values(self) -> Float32Array:
        """Float32 (h, w) in [0, 1]: what speaks for the genre, 1 the strongest; all 0 where nothing does."""
        positive = np.maximum(self.contributions, 0.0)
        return np.asarray(positive / max(float(positive.max()), 1e-9), dtype=np.float32)

    @property
    def speaks(self) -> bool:
        """Whether any region speaks for the genre."""
        return bool((self.contributions > SMALLEST_WEIGHT).any())

    def find_spot(self, *, against: bool = False) -> Spot | None:
        """The cell that speaks most for the genre, or most ``against`` it; None where none does noticeably."""
        flat = self.contributions.argmin() if against else self.contributions.argmax()
        row, column = (int(place) for place in np.unravel_index(flat, self.contributions.shape))
        weight = float(self.contributions[row, column])
        if (-weight if against else weight) <= SMALLEST_WEIGHT:
            return None
        rows, columns = self.contributions.shape
        down = cut_evenly(self.box.top, self.box.bottom, rows)
        right = cut_evenly(self.box.left, self.box.right, columns)
        cell = Box(right[column], down[row], right[column + 1], down[row + 1])
        return Spot(cell, weight, (2 * row + 1) * 3 // (2 * rows), (2 * column + 1) * 3 // (2 * columns))

    def enlarge(self, width_px: int, height_px: int) -> Float32Array:
        """The values over the box at another size, float32 (height_px, width_px) in [0, 1], smooth between cells."""
        picture = Image.fromarray(self.values).resize((width_px, height_px), Image.Resampling.BICUBIC)
        return np.clip(np.asarray(picture, dtype=np.float32), 0.0, 1.0)


def cut_evenly(start: int, stop: int, cells: int) -> list[int]:
    """The edges, in whole pixels, of so many cells from one place to another; one more than there are cells."""
    edges: list[int] = np.linspace(start, stop, cells + 1).round().astype(int).tolist()
    return edges


def explain_poster(pipeline: ExplainedPosters, image: PosterImage, genre: str, *, method: str = OCCLUSION) -> HeatMap:
    """Finds the regions of a poster that speak for a genre.

    ``occlusion`` covers patches with grey and sees what becomes of the genre: some 25 passes of the network.
    ``activation`` needs one, and a network that has learned what covering costs it: its last feature map, weighed for
    each genre, is its second output. See "Explanations" in docs/models.md for how far each can be trusted.

    Args:
        pipeline: scores posters.
        image: an RGB picture, or uint8 (H, W, 3).
        genre: the genre.
        method: ``occlusion`` or ``activation``; the latter becomes the former where the network has no such output.

    Returns:
        The heat map.

    Raises:
        InvalidExample: the pipeline does not know the genre, the picture is not RGB, or the method is unknown.

    Source:
        Zhou et al., "Learning Deep Features for Discriminative Localization" (2016), whose class activation map is a
        weighted sum of the last feature map; the weights here are those of ``predictor.ml.training.poster_heat``.
    """
    column = find_genre(pipeline.genres, genre)
    picture = image if isinstance(image, Image.Image) else Image.fromarray(np.asarray(image))
    if picture.mode != "RGB":
        raise InvalidExample(f"A poster must be an RGB picture, not {picture.mode}.")
    if method not in METHODS:
        raise InvalidExample(f"A heat map is made by one of {', '.join(METHODS)}, not {method!r}.")
    box = Box(0, 0, *picture.size)
    scale = float(pipeline.bundle.calibration.scale[column])
    cells = pipeline.activation([picture]) if method == ACTIVATION else None
    if cells is not None:
        return HeatMap(genre, np.asarray(scale * cells[0, :, :, column], np.float32), box, ACTIVATION)
    return HeatMap(genre, scale * _cover_patches(pipeline, picture, column), box, OCCLUSION)


def _cover_patches(pipeline: ExplainedPosters, picture: Image.Image, column: int) -> Float32Array:
    """What covering each cell costs a genre's logit, (PATCH_ROWS, PATCH_COLUMNS).

    Windows of two by two cells are covered, one pixel at least, and a cell gets the mean of the windows over it.
    """
    small = picture.copy()
    small.thumbnail((_WORKING_SIDE_PX, _WORKING_SIDE_PX))
    pixels = np.asarray(small)
    rows = cut_evenly(0, pixels.shape[0], PATCH_ROWS)
    columns = cut_evenly(0, pixels.shape[1], PATCH_COLUMNS)
    windows = [(row, left) for row in range(PATCH_ROWS - 1) for left in range(PATCH_COLUMNS - 1)]
    covered = [pixels]
    for row, left in windows:
        copy = pixels.copy()
        copy[rows[row] : rows[row + 2], columns[left] : columns[left + 2]] = GREY
        covered.append(copy)
    logits = pipeline.logits(covered)[:, column]
    total = np.zeros((PATCH_ROWS, PATCH_COLUMNS), np.float32)
    count = np.zeros_like(total)
    for (row, left), value in zip(windows, logits[1:], strict=True):
        total[row : row + 2, left : left + 2] += logits[0] - value
        count[row : row + 2, left : left + 2] += 1
    return np.asarray(total / count, np.float32)
