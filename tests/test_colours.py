"""Contrast of every genre's hue and every tone in both themes, computed from the style sheets themselves."""

import math
import re
from pathlib import Path

import pytest

from movies.vocabulary import GENRES, genre_slug

CSS = Path(__file__).resolve().parent.parent / "static" / "css"
TOKENS, HUES = (CSS / "tokens.css").read_text(), (CSS / "genres.css").read_text()
THEMES = ("light", "dark")
NUMBER = r"([0-9.]+)"


def luminance(lightness: float, chroma: float, hue: float) -> float:
    """Relative luminance (WCAG) of an OKLCH colour, clipped to sRGB (Björn Ottosson's OKLab matrices)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long, medium, short = (
        (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3,
        (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3,
        (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3,
    )
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (min(max(value, 0.0), 1.0) for value in linear)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: float, other: float) -> float:
    """The ratio of WCAG 2 between two luminances."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def token(name: str, theme: str) -> float:
    """Luminance of a token given as light-dark(oklch(…), oklch(…))."""
    found = re.search(
        rf"--{name}: light-dark\(oklch\({NUMBER} {NUMBER} {NUMBER}\), oklch\({NUMBER} {NUMBER} {NUMBER}\)\)", TOKENS
    )
    assert found, f"--{name} is no light-dark() of two colours"
    values = [float(value) for value in found.groups()]
    return luminance(*(values[:3] if theme == "light" else values[3:]))


def genre_colour(slug: str, part: str, theme: str) -> float:
    """Luminance of a genre's ink, ground or fill."""
    own = re.search(rf'\[data-genre="{slug}"\] \{{ --hue: {NUMBER};(?: --vivid: {NUMBER};)? \}}', HUES)
    assert own, f"{slug} has no hue"
    hue, vivid = float(own.group(1)), float(own.group(2) or 1)
    shape = rf"oklch\({NUMBER} calc\({NUMBER} \* var\(--vivid\)\) var\(--hue\)\)"
    found = re.search(rf"--genre-{part}: light-dark\({shape}, {shape}\)", HUES)
    assert found
    values = [float(value) for value in found.groups()]
    lightness, chroma = values[:2] if theme == "light" else values[2:]
    return luminance(lightness, chroma * vivid, hue)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("genre", GENRES)
def test_genre_is_readable_as_a_chip_and_visible_as_a_bar(genre, theme):
    slug = genre_slug(genre)
    assert contrast(genre_colour(slug, "ink", theme), genre_colour(slug, "ground", theme)) >= 4.5
    assert contrast(genre_colour(slug, "fill", theme), token("surface", theme)) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("tone", ["ok", "warn", "bad", "info"])
def test_tone_is_readable_on_its_ground(tone, theme):
    assert contrast(token(f"{tone}-ink", theme), token(f"{tone}-ground", theme)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [("ink", "ground", 7), ("ink-soft", "surface", 4.5), ("ink-soft", "sunken", 4.5), ("link", "surface", 4.5),
     ("button-ink", "button", 7), ("line-firm", "surface", 3), ("focus", "surface", 3),
     *((f"chart-{number}", "surface", 3) for number in range(1, 5))],
)  # fmt: skip
def test_token_keeps_its_contrast(ink, ground, least, theme):
    assert contrast(token(ink, theme), token(ground, theme)) >= least


def test_hues_are_stable_and_their_own():
    assert contrast(luminance(1, 0, 0), luminance(0, 0, 0)) == pytest.approx(21, abs=0.01)
    colours = re.findall(r'\[data-genre="([a-z-]+)"\] (\{[^}]*\})', HUES)
    assert {slug for slug, _look in colours} == {genre_slug(genre) for genre in GENRES}
    assert len({look for _slug, look in colours}) == len(GENRES)
