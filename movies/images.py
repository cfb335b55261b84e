"""Bytes of an uploaded poster -> verified pixels, hashes and clean WebP copies; nothing else of the bytes survives."""

import hashlib
import io
import struct
import zlib
from dataclasses import dataclass
from typing import Final, NoReturn

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _
from PIL import Image

from genresite.errors import InvalidInput
from movies.image_headers import name_content, read_header

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
MIN_SIDE_PX: Final = 32
STORED_SIDE_PX: Final = 1600
THUMBNAIL_SIDE_PX: Final = 360
STORED_QUALITY: Final = 86
THUMBNAIL_QUALITY: Final = 82
FORMATS: Final = ("JPEG", "PNG", "WEBP")

_ORIENTATION_TAG: Final = 0x0112
# Source: EXIF 2.32, tag Orientation; the turn that brings each value upright.
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow's readers raise over damaged files.
_DAMAGE: Final = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error)


@dataclass(frozen=True, eq=False)
class VerifiedPoster:
    """A picture that passed every rule.

    Attributes:
        rgb: uint8 array (H, W, 3): upright, flattened on white, its longer side at most 1,600 px.
        sha256: Hex digest of the bytes that came.
        perceptual_hash: 64 bits as 16 hex digits; pictures that look the same differ in few bits.
        width: Width in px of the picture that came, upright.
        height: Height in px of the picture that came, upright.
        webp: The pixels of `rgb` as WebP.
        thumbnail: The same with its longer side at most 360 px.
    """

    rgb: npt.NDArray[np.uint8]
    sha256: str
    perceptual_hash: str
    width: int
    height: int
    webp: bytes
    thumbnail: bytes


def _refuse(code: str, message: str, **details: object) -> NoReturn:
    raise InvalidInput(message, code=code, field="poster", details=details)


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        message = _(
            "The poster has too many pixels: at most {most} megapixels are accepted, and {width} x {height} came."
        )
        text = message.format(most=MAX_PIXELS // 1_000_000, width=width, height=height)
        _refuse("poster_too_many_pixels", text, width=width, height=height)
    if min(width, height) < MIN_SIDE_PX:
        message = _("The poster is too small: each side needs at least {least} px, and {width} x {height} px came.")
        text = message.format(least=MIN_SIDE_PX, width=width, height=height)
        _refuse("poster_too_small", text, width=width, height=height)


def _check_bytes(data: bytes) -> None:
    """Refuse by length, kind and announced size, before any pixel is decoded."""
    if not data:
        _refuse(
            "poster_empty", _("The poster's file is empty: a JPEG, PNG or WebP picture is needed, and 0 bytes came.")
        )
    if len(data) > MAX_BYTES:
        message = _("The poster's file is too large: at most 10 MB are accepted, and {megabytes:.1f} MB came.")
        text = message.format(megabytes=len(data) / 1024 / 1024)
        _refuse("poster_too_large", text, size_bytes=len(data), limit_bytes=MAX_BYTES)
    header = read_header(data)
    if header is None:
        message = _("The poster must be a JPEG, PNG or WebP picture, and by its content this is a {content}.")
        _refuse("poster_not_an_image", message.format(content=name_content(data)))
    if header.width and header.height:
        _check_size(header.width, header.height)


def _open(data: bytes) -> Image.Image:
    """Open the picture and decode its first frame, at a reduced scale where JPEG offers one."""
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    # Several pictures in one JPEG are a camera's previews, not an animation.
    if image.format in ("PNG", "WEBP") and (frames := getattr(image, "n_frames", 1)) > 1:
        message = _("The poster must be a still picture, and an animation of {frames} frames came.")
        _refuse("poster_animated", message.format(frames=frames), frames=frames)
    _check_size(*image.size)
    return image


def _scale_16_bit(image: Image.Image) -> Image.Image:
    """Bring 16-bit grey to 8 bits; Pillow's own conversion cuts everything over 255 to white."""
    grey = np.asarray(image).astype(np.uint32)
    scaled = ((grey + 128) // 257).clip(0, 255).astype(np.uint8)
    transparent = image.info.get("transparency")
    if isinstance(transparent, int):
        scaled[grey == transparent] = 255
    return Image.fromarray(scaled)


def _flatten(image: Image.Image) -> Image.Image:
    """Any mode to RGB, transparent parts on white."""
    if image.mode.startswith("I"):
        image = _scale_16_bit(image)
    elif image.has_transparency_data:
        layer = image.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        image = Image.alpha_composite(paper, layer)
    return image.convert("RGB")


def _read_orientation(image: Image.Image) -> int:
    """The EXIF orientation; 1 (upright) where the EXIF block is broken, for the picture itself is fine."""
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except _DAMAGE:
        return 1


def _shrink(image: Image.Image, side_px: int) -> Image.Image:
    scale = side_px / max(image.size)
    if scale >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _decode(data: bytes) -> tuple[Image.Image, tuple[int, int]]:
    """The upright RGB picture of stored size, and the upright size in px of what came."""
    image = _open(data)
    size = image.size
    image.draft(None, (STORED_SIDE_PX, STORED_SIDE_PX))
    image.load()
    orientation = _read_orientation(image)
    pixels = _shrink(_flatten(image), STORED_SIDE_PX)
    if orientation in _UPRIGHT:
        pixels = pixels.transpose(_UPRIGHT[orientation])
    return pixels, (size[1], size[0]) if orientation >= 5 and orientation in _UPRIGHT else size


def _encode(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=quality, method=3)
    return buffer.getvalue()


def compute_perceptual_hash(image: Image.Image) -> str:
    """Hash what a picture looks like.

    Args:
        image: Any picture.

    Returns:
        16 hex digits: the signs of the 8 x 8 lowest frequencies of a 32 x 32 grey copy, against their median.

    Source: Christoph Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010 (pHash).
    """
    side = 32
    grey = np.asarray(image.convert("L").resize((side, side), Image.Resampling.LANCZOS), dtype=np.float64)
    frequency, place = np.arange(8)[:, None], np.arange(side)[None, :]
    cosines = np.cos(np.pi * frequency * (2 * place + 1) / (2 * side))
    low = cosines @ grey @ cosines.T
    bits = (low > np.median(low)).ravel()
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"


def _verify(data: bytes) -> tuple[Image.Image, tuple[int, int]]:
    """Apply every rule to a poster's bytes: the upright RGB picture of stored size, and the size of what came."""
    _check_bytes(data)
    try:
        return _decode(data)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        text = _("The poster has too many pixels: at most {most} megapixels are accepted.").format(most=40)
        raise InvalidInput(text, code="poster_too_many_pixels", field="poster") from exc
    except _DAMAGE as exc:
        text = _("The poster's file is cut off or damaged: its picture cannot be read to the end of {size:,} bytes.")
        raise InvalidInput(text.format(size=len(data)), code="poster_truncated", field="poster") from exc


def read_pixels(data: bytes) -> npt.NDArray[np.uint8]:
    """Check a poster that is not kept: the pixels of `read_poster` without the cost of its copies and hashes.

    Args:
        data: The file's bytes, whatever its name claims.

    Returns:
        uint8 array (H, W, 3), upright, flattened on white, its longer side at most 1,600 px.

    Raises:
        InvalidInput: As `read_poster`.
    """
    return np.array(_verify(data)[0], dtype=np.uint8)


def read_poster(data: bytes) -> VerifiedPoster:
    """Check an uploaded poster and make clean copies of its pixels.

    Args:
        data: The file's bytes, whatever its name claims.

    Returns:
        The verified poster; metadata and foreign bytes of the file are gone.

    Raises:
        InvalidInput: `poster_empty`, `poster_too_large`, `poster_not_an_image`, `poster_too_many_pixels`,
            `poster_too_small`, `poster_animated` or `poster_truncated`.
    """
    image, (width, height) = _verify(data)
    return VerifiedPoster(
        rgb=np.array(image, dtype=np.uint8),
        sha256=hashlib.sha256(data).hexdigest(),
        perceptual_hash=compute_perceptual_hash(image),
        width=width,
        height=height,
        webp=_encode(image, STORED_QUALITY),
        thumbnail=_encode(_shrink(image, THUMBNAIL_SIDE_PX), THUMBNAIL_QUALITY),
    )
