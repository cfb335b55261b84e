"""Every kind of picture that people send, good and bad; all drawn here."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from genresite.errors import InvalidInput
from movies import images
from movies.image_headers import Header, name_content, read_header
from movies.images import compute_perceptual_hash, read_pixels, read_poster
from tests.factories import make_picture, make_poster_bytes


def as_bytes(picture: Image.Image, image_format: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, image_format, **options)
    return buffer.getvalue()


def refusal(data: bytes) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        read_poster(data)
    assert caught.value.field == "poster"
    assert caught.value.message.endswith(".")
    return caught.value


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def make_png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says it has so many pixels."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + png_chunk(b"IDAT", zlib.compress(b"\x00" * 4000)) + png_chunk(b"IEND", b"")


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "WEBP"])
def test_poster_of_each_format_is_read(image_format: str) -> None:
    poster = read_poster(make_poster_bytes(image_format))
    assert poster.rgb.shape == (120, 80, 3)
    assert poster.rgb.dtype == np.uint8
    assert (poster.width, poster.height) == (80, 120)
    assert np.abs(poster.rgb[100, 60].astype(int) - (180, 40, 60)).max() < 12
    assert len(poster.sha256) == 64
    assert len(poster.perceptual_hash) == 16


def test_kept_copies_are_webp_of_limited_size() -> None:
    poster = read_poster(make_poster_bytes("JPEG", width=2400, height=3600))
    assert (poster.width, poster.height) == (2400, 3600)
    assert max(poster.rgb.shape) == 1600
    for data, side in ((poster.webp, 1600), (poster.thumbnail, 360)):
        copy = Image.open(io.BytesIO(data))
        assert (copy.format, max(copy.size)) == ("WEBP", side)


def test_small_poster_is_not_enlarged() -> None:
    assert Image.open(io.BytesIO(read_poster(make_poster_bytes()).thumbnail)).size == (80, 120)


@pytest.mark.parametrize("mode", ["CMYK", "P", "L", "1", "LA"])
def test_other_colour_modes_become_rgb(mode: str) -> None:
    picture = make_picture().convert(mode)
    poster = read_poster(as_bytes(picture, "JPEG" if picture.mode == "CMYK" else "PNG"))
    expected = np.asarray(picture.convert("RGB"), dtype=int)
    assert np.abs(poster.rgb.astype(int) - expected).mean() < 6


def test_16_bit_grey_is_scaled_and_not_cut() -> None:
    ramp = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    poster = read_poster(as_bytes(Image.fromarray(ramp)))
    assert poster.rgb[0, 0, 0] == 0
    assert poster.rgb[-1, -1, 0] == 255
    assert abs(int(poster.rgb[32, 0, 0]) - 128) <= 2


def test_16_bit_colour_is_read() -> None:
    row = b"\x00" + b"".join(struct.pack(">HHH", 65535, 32768, 0) for _ in range(40))
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 40, 40, 16, 2, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + head + png_chunk(b"IDAT", zlib.compress(row * 40)) + png_chunk(b"IEND", b"")
    assert tuple(read_poster(data).rgb[5, 5]) == (255, 128, 0)


@pytest.mark.parametrize("image_format", ["PNG", "WEBP"])
def test_transparent_parts_lie_on_white(image_format: str) -> None:
    picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    picture.paste((200, 0, 0, 255), (0, 0, 32, 64))
    poster = read_poster(as_bytes(picture, image_format, **({"lossless": True} if image_format == "WEBP" else {})))
    assert tuple(poster.rgb[32, 50]) == (255, 255, 255)
    assert tuple(poster.rgb[32, 10]) == (200, 0, 0)


def test_palette_with_a_transparent_colour_lies_on_white() -> None:
    picture = Image.new("P", (40, 40), 0)
    picture.putpalette([0, 0, 0, 200, 0, 0])
    poster = read_poster(as_bytes(picture, "PNG", transparency=0))
    assert tuple(poster.rgb[3, 3]) == (255, 255, 255)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_undone(orientation: int) -> None:
    upright = make_picture(80, 120)
    # What a camera stores is the inverse of what a viewer must do.
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = upright.transpose(Image.Transpose(back[orientation])) if orientation in back else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    poster = read_poster(as_bytes(stored, "PNG", exif=exif))
    assert (poster.width, poster.height) == (80, 120)
    assert np.array_equal(poster.rgb, np.asarray(upright))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data:UserWarning")
def test_broken_exif_does_not_refuse_the_picture() -> None:
    data = as_bytes(make_picture(), "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\x7f")
    assert read_poster(data).width == 80


def test_nothing_foreign_survives() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "secret place")
    exif = Image.Exif()
    exif[0x010F] = "secret camera"
    data = as_bytes(make_picture(), "PNG", pnginfo=text, exif=exif) + b"<script>secret tail</script>"
    poster = read_poster(data)
    for copy in (poster.webp, poster.thumbnail):
        assert b"secret" not in copy
        assert not Image.open(io.BytesIO(copy)).getexif()


def test_camera_previews_in_a_jpeg_are_no_animation() -> None:
    data = as_bytes(make_picture(), "MPO", save_all=True, append_images=[make_picture(80, 120, (0, 0, 0))])
    assert read_poster(data).rgb[100, 60, 0] > 150


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (as_bytes(make_picture(), "GIF"), "GIF"),
        (as_bytes(make_picture(), "BMP"), "BMP"),
        (as_bytes(make_picture(), "TIFF"), "TIFF"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"<!doctype html><title>x</title>", "web page"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "ZIP"),
        (b"\x00\x00\x00\x20ftypavif", "AVIF"),
        (b"\x00\x00\x00\x20ftypisom", "video"),
        (b"just words", "text"),
        (bytes(range(256)), "another kind"),
    ],
)
def test_what_is_no_poster_is_named(data: bytes, word: str) -> None:
    error = refusal(data)
    assert error.code == "poster_not_an_image"
    assert word in error.message
    assert word in name_content(data)


def test_empty_file_is_refused() -> None:
    assert refusal(b"").code == "poster_empty"


def test_file_over_10_mb_is_refused() -> None:
    error = refusal(make_poster_bytes() + b"\x00" * (10 * 1024 * 1024))
    assert error.code == "poster_too_large"
    assert "10 MB" in error.message


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_truncated_file_is_refused(image_format: str, share: float) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (120, 120, 3), dtype=np.uint8))
    data = as_bytes(noise, image_format)
    assert refusal(data[: max(16, int(len(data) * share))]).code == "poster_truncated"


def test_damaged_png_is_refused() -> None:
    data = bytearray(make_poster_bytes())
    data[30] ^= 0xFF  # the checksum of the head
    data[60] ^= 0xFF
    assert refusal(bytes(data)).code == "poster_truncated"


@pytest.mark.parametrize("image_format", ["PNG", "WEBP"])
def test_animation_is_refused(image_format: str) -> None:
    frames = [make_picture(colour=(index * 60, 0, 0)) for index in range(3)]
    data = as_bytes(frames[0], image_format, save_all=True, append_images=frames[1:])
    error = refusal(data)
    assert error.code == "poster_animated"
    assert "3 frames" in error.message


@pytest.mark.parametrize(("width", "height"), [(1, 1), (31, 400), (400, 31)])
def test_tiny_picture_is_refused(width: int, height: int) -> None:
    error = refusal(make_poster_bytes(width=width, height=height))
    assert error.code == "poster_too_small"
    assert f"{width} x {height} px" in error.message


def test_32_px_are_enough() -> None:
    assert read_poster(make_poster_bytes(width=32, height=32)).width == 32


@pytest.mark.parametrize(("width", "height"), [(6400, 6251), (30_000, 30_000), (2**31 - 1, 2**31 - 1)])
def test_decompression_bomb_is_refused_by_its_header(width: int, height: int, monkeypatch) -> None:
    monkeypatch.setattr(images, "_decode", lambda data: pytest.fail("a bomb was decoded"))
    error = refusal(make_png_claiming(width, height))
    assert error.code == "poster_too_many_pixels"
    assert "40 megapixels" in error.message


def test_text_bomb_in_a_png_is_refused() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "a" * 80_000_000, zip=True)
    assert refusal(as_bytes(make_picture(), "PNG", pnginfo=text)).code == "poster_truncated"


@pytest.mark.parametrize(
    ("image_format", "options"),
    [("PNG", {}), ("JPEG", {}), ("JPEG", {"progressive": True}), ("WEBP", {}), ("WEBP", {"lossless": True})],
)
def test_header_tells_format_and_size(image_format: str, options: dict) -> None:
    data = as_bytes(make_picture(70, 90), image_format, **options)
    assert read_header(data) == Header(image_format, 70, 90)


def test_header_of_an_extended_webp_is_read() -> None:
    frames = [make_picture(70, 90), make_picture(70, 90, (0, 0, 0))]
    data = as_bytes(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    assert read_header(data) == Header("WEBP", 70, 90)


def test_perceptual_hash_survives_scaling_and_recompression() -> None:
    one = read_poster(make_poster_bytes("PNG", width=300, height=450)).perceptual_hash
    other = read_poster(make_poster_bytes("JPEG", width=150, height=225, quality=60)).perceptual_hash
    assert (int(one, 16) ^ int(other, 16)).bit_count() <= 6


def test_perceptual_hash_tells_pictures_apart() -> None:
    noise = np.random.default_rng(3).integers(0, 255, (120, 80, 3), dtype=np.uint8)
    one, other = compute_perceptual_hash(make_picture()), compute_perceptual_hash(Image.fromarray(noise))
    assert (int(one, 16) ^ int(other, 16)).bit_count() > 12


def test_perceptual_hash_is_that_of_the_known_library() -> None:
    imagehash = pytest.importorskip("imagehash")
    picture = make_picture(300, 450)
    assert compute_perceptual_hash(picture) == str(imagehash.phash(picture))


def test_pixels_alone_are_those_of_the_whole_poster():
    data = make_poster_bytes()
    assert (read_pixels(data) == read_poster(data).rgb).all()


def test_pixels_alone_obey_the_same_rules():
    with pytest.raises(InvalidInput, match="by its content this is a GIF file"):
        read_pixels(b"GIF89a" + bytes(100))
