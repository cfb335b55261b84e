"""The sheet that demo posters are drawn on: twice the final size, shapes that blend, soft ridges, typeset lines."""

import itertools
import math
import random
import unicodedata
from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

from movies.demo.palettes import Palette

WIDTH: Final = 1200
HEIGHT: Final = 1800
TITLE_HEIGHT: Final = 262
Point = tuple[float, float]


class Canvas:
    """A sheet of 1200 x 1800 with a palette and a random source of its own, so that a title gives one picture."""

    def __init__(self, palette: Palette, seed: str) -> None:
        self.palette = palette
        self.random = random.Random(seed)  # noqa: S311 - art, no secrets
        self.image = self._paint_sky()
        self._pen = ImageDraw.Draw(self.image, "RGBA")

    def _paint_sky(self) -> Image.Image:
        top, bottom = (np.array(ImageColor.getrgb(c), np.float32) for c in (self.palette.top, self.palette.bottom))
        share = (np.linspace(0, 1, HEIGHT, dtype=np.float32) ** 1.25)[:, None, None]
        column = (top * (1 - share) + bottom * share).round().astype(np.uint8)
        return Image.fromarray(np.ascontiguousarray(np.broadcast_to(column, (HEIGHT, WIDTH, 3))))

    def _colour(self, colour: str, alpha: float) -> tuple[int, ...]:
        return (*ImageColor.getrgb(getattr(self.palette, colour, colour))[:3], round(255 * alpha))

    def disc(self, x: float, y: float, radius: float, colour: str, alpha: float = 1) -> None:
        """A filled circle."""
        self._pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=self._colour(colour, alpha))

    def oval(self, box: Sequence[float], colour: str, alpha: float = 1) -> None:
        """A filled ellipse in a box."""
        self._pen.ellipse(list(box), fill=self._colour(colour, alpha))

    def ring(self, x: float, y: float, radius: float, width: int, colour: str, alpha: float = 1) -> None:
        """A circle's line."""
        box = (x - radius, y - radius, x + radius, y + radius)
        self._pen.ellipse(box, outline=self._colour(colour, alpha), width=width)

    def arc(self, box: Sequence[float], start: float, end: float, width: int, colour: str, alpha: float = 1) -> None:
        """Part of an ellipse's line, in degrees clockwise from three o'clock."""
        self._pen.arc(list(box), start, end, fill=self._colour(colour, alpha), width=width)

    def box(self, x: float, y: float, width: float, height: float, colour: str, alpha: float = 1) -> None:
        """A filled rectangle from its upper left corner."""
        if width >= 1 and height >= 1:
            self._pen.rectangle((x, y, x + width - 1, y + height - 1), fill=self._colour(colour, alpha))

    def shape(self, points: Sequence[Point], colour: str, alpha: float = 1) -> None:
        """A filled polygon."""
        self._pen.polygon(list(points), fill=self._colour(colour, alpha))

    def line(self, points: Sequence[Point], width: int, colour: str, alpha: float = 1) -> None:
        """A line through points."""
        self._pen.line(list(points), fill=self._colour(colour, alpha), width=width, joint="curve")

    def glow(self, x: float, y: float, radius: float, colour: str, reach: float = 2.2, strength: float = 0.09) -> None:
        """Rings of light that grow fainter outwards."""
        for step in range(6, 0, -1):
            self.disc(x, y, radius * (1 + (reach - 1) * step / 6), colour, strength)

    def stars(self, count: int, below: float = 0.62) -> None:
        """Small lights over the upper part."""
        for _ in range(count):
            radius = self.random.choice((1.5, 2, 2.5, 4))
            x, y = self.random.uniform(0, WIDTH), self.random.uniform(0, HEIGHT * below)
            self.disc(x, y, radius, "light", self.random.uniform(0.35, 0.95))

    def rays(self, x: float, y: float, count: int, colour: str, alpha: float, turn: float = 0) -> None:
        """Every other sector of a sun's rays."""
        for index in range(count):
            angle = turn + math.tau * index / count
            half = math.tau / count / 4
            ends = [(x + 2600 * math.cos(a), y + 2600 * math.sin(a)) for a in (angle - half, angle + half)]
            self.shape([(x, y), *ends], colour, alpha)

    def ridge(self, base: float, height: float, colour: str, *, jagged: float = 0, waves: float = 1.6) -> list[Point]:
        """A hill line filled to the lower edge; jagged 0 is a dune, 1 a mountain range."""
        phases = [self.random.uniform(0, math.tau) for _ in range(3)]
        points: list[Point] = []
        step = 8 if jagged < 0.5 else 70
        for x in range(-step, WIDTH + 2 * step, step):
            t = x / WIDTH * math.tau * waves
            y = (
                0.6 * math.sin(t + phases[0])
                + 0.28 * math.sin(2.1 * t + phases[1])
                + 0.12 * math.sin(4.3 * t + phases[2])
            )
            y += jagged * self.random.uniform(-0.9, 0.9)
            points.append((x, base - height * y))
        self.shape([*points, (WIDTH + 200, HEIGHT), (-200, HEIGHT)], colour)
        return points

    def pine(self, x: float, foot: float, height: float, colour: str) -> None:
        """A fir tree."""
        for level in range(4):
            y = foot - height * level * 0.22
            half = height * (0.24 - 0.045 * level)
            self.shape([(x - half, y), (x + half, y), (x, y - height * 0.42)], colour)

    def tower(self, x: float, foot: float, width: float, height: float, colour: str, lit: float = 0.3) -> None:
        """A house with some windows lit."""
        self.box(x, foot - height, width, height, colour)
        columns = max(2, int(width // 34))
        gap = width / columns
        for row in range(int(height // 46) - 1):
            for column in range(columns):
                if self.random.random() < lit:
                    self.box(x + column * gap + gap * 0.3, foot - height + 24 + row * 46, gap * 0.4, 20, "accent", 0.85)

    def rain(self, count: int, alpha: float = 0.35, slant: float = 30) -> None:
        """Falling lines over the whole sheet."""
        for _ in range(count):
            x, y = self.random.uniform(-50, WIDTH + 50), self.random.uniform(-80, HEIGHT)
            length = self.random.uniform(40, 110)
            self.line([(x, y), (x - slant * length / 100, y + length)], 2, "light", alpha)

    def mist(self, y: float, count: int = 5, spread: float = 260) -> None:
        """Flat clouds lying over one another."""
        for _ in range(count):
            x = self.random.uniform(-200, WIDTH - 300)
            height = self.random.uniform(40, 90)
            top = y + self.random.uniform(-spread / 2, spread / 2)
            width = self.random.uniform(600, 1100)
            self._pen.rounded_rectangle((x, top, x + width, top + height), height / 2, fill=self._colour("light", 0.1))

    def cloud(self, x: float, y: float, size: float, colour: str = "light", alpha: float = 1) -> None:
        """A round flat-bottomed cloud; give alpha 1, for its parts overlap."""
        for dx, dy, radius in ((-0.8, 0, 0.42), (-0.25, -0.3, 0.55), (0.4, -0.18, 0.5), (0.9, 0.02, 0.38)):
            self.disc(x + dx * size, y + dy * size, radius * size, colour, alpha)
        self.box(x - 0.85 * size, y, 1.8 * size, 0.41 * size, colour, alpha)

    # --- type ---------------------------------------------------------------------------------
    def _width(self, text: str, font: ImageFont.FreeTypeFont, spacing: float) -> float:
        return sum(font.getlength(character) for character in text) + spacing * max(0, len(text) - 1)

    def text(
        self,
        text: str,
        y: float,
        size: float,
        colour: str = "light",
        *,
        spacing: float = 0,
        bold: int = 0,
        alpha: float = 1,
    ) -> None:
        """One centred line, letter by letter so that it can be spaced."""
        font = load_font(size)
        x = (WIDTH - self._width(text, font, spacing)) / 2
        fill = self._colour(colour, alpha)
        for character in text:
            self._pen.text((x, y), character, font=font, fill=fill, anchor="ls", stroke_width=bold, stroke_fill=fill)
            x += font.getlength(character) + spacing

    def fit(self, words: str, width: float, largest: float) -> tuple[list[str], float, float]:
        """Break a title into the lines that allow the largest letters.

        Returns:
            The lines, the letters' size and the space between them in px.
        """
        best: tuple[list[str], float, float] = ([words], 10.0, 1.0)
        for count in range(1, 5):
            lines = _break_lines(words.split(), count)
            unit = max(self._width(line, load_font(100), 8) for line in lines) / 100
            # Capitals are 0.72 of the size high, lines 1.14 apart.
            size = min(largest, width / unit, TITLE_HEIGHT / (0.72 + 1.14 * (len(lines) - 1)))
            if size > best[1] * 1.06:
                best = (lines, size, size * 0.08)
        return best


def load_font(size: float) -> ImageFont.FreeTypeFont:
    """Pillow's own typeface, which is there on the barest machine."""
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType, so the demo posters cannot be typeset.")
    return font


def plain_capitals(text: str) -> str:
    """Capitals without accents, which Pillow's typeface does not have."""
    folded = unicodedata.normalize("NFKD", text.upper())
    return "".join(character for character in folded if not unicodedata.combining(character))


def _break_lines(words: list[str], count: int) -> list[str]:
    """Words on so many lines, broken where the longest line is shortest."""
    places = itertools.combinations(range(1, len(words)), min(count, len(words)) - 1)
    ways = [
        [" ".join(words[start:end]) for start, end in itertools.pairwise((0, *breaks, len(words)))] for breaks in places
    ]
    return min(ways, key=lambda lines: max(map(len, lines)))
