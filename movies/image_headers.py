"""What the first bytes of a picture say, read without decoding anything: format and size.

Pillow checks sizes only after a file's own reader has run, and WebP's reader sets aside memory for the whole canvas.
So a decompression bomb is refused here, by its header.
"""

import struct
from dataclasses import dataclass
from typing import Final

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
# Start-of-frame markers of JPEG; C4, C8 and CC in their midst are tables.
_JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

# Source: the formats' own specifications; only used to say what came instead of a poster.
_OTHER_FORMATS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"%PDF", "PDF"),
    (b"%!PS", "PostScript"),
    (b"8BPS", "Photoshop"),
    (b"PK\x03\x04", "ZIP"),
    (b"\x00\x00\x01\x00", "icon"),
)


@dataclass(frozen=True)
class Header:
    """A picture's format as Pillow names it, and the size in pixels that it announces."""

    format: str
    width: int
    height: int


def _read_jpeg_size(data: bytes) -> tuple[int, int]:
    position = 2
    while position + 9 <= len(data):
        marker = data[position + 1]
        if data[position] != 0xFF:
            break
        if marker == 0xFF:  # a fill byte before the marker
            position += 1
        elif marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[position + 5 : position + 9])
            return width, height
        else:
            position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    return 0, 0


def _read_webp_size(data: bytes) -> tuple[int, int]:
    chunk = data[12:16]
    if chunk == b"VP8X" and len(data) >= 30:
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if chunk == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 " and len(data) >= 30:
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0


def read_header(data: bytes) -> Header | None:
    """Read a picture's format and announced size.

    Args:
        data: The file's bytes.

    Returns:
        The header of a JPEG, PNG or WebP (size 0 x 0 where the header itself is cut off), None for anything else.
    """
    if data.startswith(_PNG_SIGNATURE):
        size = struct.unpack(">II", data[16:24]) if len(data) >= 24 else (0, 0)
        return Header("PNG", *size)
    if data.startswith(b"\xff\xd8\xff"):
        return Header("JPEG", *_read_jpeg_size(data))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Header("WEBP", *_read_webp_size(data))
    return None


def name_content(data: bytes) -> str:
    """Name in a few plain words what a file that is no poster seems to be."""
    for signature, name in _OTHER_FORMATS:
        if data.startswith(signature):
            return f"{name} file"
    if data[4:8] == b"ftyp":
        return "HEIC or AVIF picture or a video" if data[8:12] in (b"heic", b"heix", b"mif1", b"avif") else "video"
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start:
        return "SVG file"
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "web page or XML file"
    return "text file" if data[:1024].isascii() and b"\x00" not in data[:1024] else "file of another kind"
