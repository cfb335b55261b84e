"""A heat map as a picture that is laid over its poster."""

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from predictor.ml.heat_maps import HeatMap

LONGER_SIDE_PX = 480
# The screening room's night over what does not matter, the site's glow around what does.
NIGHT = (20, 22, 34)
GLOW = (255, 190, 60)
MOST_OPAQUE = 0.82
EDGE_AT = 0.5
EDGE_PX = 2


def draw_overlay(heat: HeatMap) -> bytes:
    """Draw a heat map: night that lifts where the poster speaks for the genre, and a line where half of it is reached.

    Args:
        heat: The map.

    Returns:
        A PNG with transparency, in the proportions of the poster.
    """
    width, height = heat.box.right - heat.box.left, heat.box.bottom - heat.box.top
    scale = LONGER_SIDE_PX / max(width, height)
    values = heat.enlarge(max(1, round(width * scale)), max(1, round(height * scale)))
    pixels = np.empty((*values.shape, 4), np.uint8)
    pixels[..., :3] = NIGHT
    pixels[..., 3] = np.round(255 * MOST_OPAQUE * (1.0 - values))
    pixels[_edge(values >= EDGE_AT)] = (*GLOW, 255)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def _edge(inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The inner rim of a region, (H, W); the picture's own border is no rim."""
    padded = np.pad(inside, EDGE_PX, mode="edge")
    height, width = inside.shape
    kept = inside.copy()
    for down, right in ((0, EDGE_PX), (2 * EDGE_PX, EDGE_PX), (EDGE_PX, 0), (EDGE_PX, 2 * EDGE_PX)):
        kept &= padded[down : down + height, right : right + width]
    return inside & ~kept
