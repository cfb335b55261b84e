"""Charts as plain shapes: numbers in, a drawing and the table behind it out. Knows neither Django nor a database.

A chart is laid out on a canvas of fixed width; the page scales it, `static/css/charts.css` colours it, and
`templates/includes/chart.html` writes it as SVG with its title, its description and its table. Colours are never
given here: a shape carries a class and, where it stands for a genre, the genre's word.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

WIDTH: Final = 400
"""Width of every canvas in its own units; at about this many pixels, text of 11 units reads as it should."""

LINE_HEIGHT: Final = 22
MARGIN_LEFT, MARGIN_RIGHT, MARGIN_TOP, MARGIN_BOTTOM = 40, 14, 10, 26
PLOT_HEIGHT: Final = 190
LABEL_WIDTH: Final = 96
VALUE_WIDTH: Final = 52
LABEL_CHARS: Final = 15
MAX_TICKS: Final = 6
# Series differ by dash as well as by colour: print and colour-blind eyes tell them apart too.
SERIES_STYLES: Final = 4


@dataclass(frozen=True, slots=True)
class Shape:
    """One SVG element: `tag` is rect, line, circle, path or text; `at` its geometry; `words` what a text says.

    `tip` is what a pointer resting on the shape is told.
    """

    tag: str
    css: str
    at: dict[str, str]
    words: str = ""
    slug: str = ""
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """One line of a legend: a style and what it stands for."""

    css: str
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of `WIDTH` by `height`, the words that stand for it, and the numbers behind it."""

    title: str
    description: str
    height: float
    shapes: list[Shape]
    header: list[str]
    rows: list[list[str]]
    legend: list[Key] = field(default_factory=list)
    slug: str = ""

    @property
    def width(self) -> int:
        """The canvas's width."""
        return WIDTH

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.rows


@dataclass(frozen=True, slots=True)
class Bar:
    """A named amount; `slug` gives it a genre's hue, `shown` how the amount reads."""

    label: str
    value: float
    shown: str
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A line: its name and a value for each place on the horizontal axis; None leaves a gap."""

    name: str
    values: Sequence[float | None]
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of two shares in [0, 1], its weight in [0, 1] as its size, and what it says."""

    x: float
    y: float
    weight: float
    tip: str


def number(value: float) -> str:
    """A coordinate as SVG takes it: at most two decimals, no exponent, no needless zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def _at(**values: float | str) -> dict[str, str]:
    """SVG attributes; `text_anchor` becomes `text-anchor`."""
    return {
        name.replace("_", "-"): value if isinstance(value, str) else number(value) for name, value in values.items()
    }


def _shorten(words: str, limit: int = LABEL_CHARS) -> str:
    return words if len(words) <= limit else f"{words[: limit - 1]}…"


def draw_bars(
    title: str,
    description: str,
    bars: Sequence[Bar],
    *,
    header: tuple[str, str],
    top: float | None = None,
    slug: str = "",
) -> Chart:
    """Lying bars, one under the other, in the order given.

    Args:
        title: What is shown.
        description: What it says, for those who cannot see it.
        bars: The amounts, none negative.
        header: Heads of the table's two columns.
        top: The amount of a full bar; by default the largest.
        slug: The chart's word, unique on its page.

    Returns:
        The chart.
    """
    room = WIDTH - LABEL_WIDTH - VALUE_WIDTH
    full = top or max((bar.value for bar in bars), default=0) or 1
    shapes: list[Shape] = []
    for place, bar in enumerate(bars):
        middle = place * LINE_HEIGHT + LINE_HEIGHT / 2
        length = room * min(max(bar.value / full, 0), 1)
        tip = f"{bar.label}: {bar.shown}"
        box = {"x": LABEL_WIDTH, "y": middle - 6, "height": 12, "rx": 2}
        shapes += [
            Shape("text", "chart__label", _at(x=LABEL_WIDTH - 8, y=middle, text_anchor="end"), _shorten(bar.label)),
            Shape("rect", "chart__ground", _at(**box, width=room)),
            Shape("rect", "chart__fill", _at(**box, width=max(length, 1)), slug=bar.slug, tip=tip),
            Shape("text", "chart__value", _at(x=WIDTH, y=middle, text_anchor="end"), bar.shown),
        ]
    rows = [[bar.label, bar.shown] for bar in bars]
    return Chart(title, description, max(len(bars), 1) * LINE_HEIGHT, shapes, list(header), rows, slug=slug)


def find_ticks(count: int, most: int = MAX_TICKS) -> list[int]:
    """Which of `count` places get a word on the axis: the first, the last, and some evenly between."""
    if count <= most:
        return list(range(count))
    return sorted({round(step * (count - 1) / (most - 1)) for step in range(most)})


def find_top(values: Sequence[float]) -> float:
    """A round number at or over the largest value: 1, 2 or 5 times a power of ten."""
    largest = max(values, default=0)
    if largest <= 0:
        return 1.0
    power = 1.0
    while power < largest:
        power *= 10
    while power / 10 >= largest:
        power /= 10
    return next(part * power for part in (0.1, 0.2, 0.5, 1.0) if part * power >= largest)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where values lie on the canvas: `top` at the upper edge, `bottom` at the lower, `count` places across."""

    bottom: float
    top: float
    count: int

    def x(self, place: float) -> float:
        """From place to canvas; a single place stands in the middle."""
        room = WIDTH - MARGIN_LEFT - MARGIN_RIGHT
        return MARGIN_LEFT + (room * place / (self.count - 1) if self.count > 1 else room / 2)

    def y(self, value: float) -> float:
        """From value to canvas."""
        share = (value - self.bottom) / ((self.top - self.bottom) or 1)
        return MARGIN_TOP + PLOT_HEIGHT * (1 - min(max(share, 0), 1))

    def draw_axes(self, places: Sequence[str], show: Callable[[float], str]) -> list[Shape]:
        """Level lines with their values, and words under the places."""
        shapes: list[Shape] = []
        for step in range(5):
            value = self.bottom + (self.top - self.bottom) * step / 4
            y = self.y(value)
            shapes.append(Shape("line", "chart__grid", _at(x1=MARGIN_LEFT, x2=WIDTH - MARGIN_RIGHT, y1=y, y2=y)))
            shapes.append(Shape("text", "chart__tick", _at(x=MARGIN_LEFT - 6, y=y, text_anchor="end"), show(value)))
        under = MARGIN_TOP + PLOT_HEIGHT + 16
        ticks = find_ticks(len(places))
        for place in ticks:
            anchor = "end" if place == self.count - 1 and len(ticks) > 1 else "middle"
            shapes.append(
                Shape("text", "chart__tick", _at(x=self.x(place), y=under, text_anchor=anchor), places[place])
            )
        return shapes


def draw_lines(
    title: str,
    description: str,
    places: Sequence[str],
    series: Sequence[Series],
    *,
    place_head: str,
    show: Callable[[float], str],
    bottom: float = 0.0,
    top: float | None = None,
    slug: str = "",
) -> Chart:
    """Lines over evenly spaced places: days, weeks, versions.

    Args:
        title: What is shown.
        description: What it says, for those who cannot see it.
        places: Words of the horizontal axis.
        series: The lines; each has a value or None for every place.
        place_head: Head of the table's first column.
        show: How a value reads.
        bottom: The value at the lower edge.
        top: The value at the upper edge; by default a round number over the largest.
        slug: The chart's word, unique on its page.

    Returns:
        The chart; the table has a row for each place.

    Raises:
        ValueError: A series has more or fewer values than there are places.
    """
    for line in series:
        if len(line.values) != len(places):
            raise ValueError(f"Series {line.name!r} has {len(line.values)} values for {len(places)} places.")
    known = [value for line in series for value in line.values if value is not None]
    frame = _Frame(bottom, find_top(known) if top is None else top, len(places))
    shapes = frame.draw_axes(places, show)
    for order, line in enumerate(series):
        shapes += _draw_line(frame, line, order % SERIES_STYLES + 1, places, show)
    legend = [
        Key(f"chart__line chart__line--{order % SERIES_STYLES + 1}", line.name) for order, line in enumerate(series)
    ]
    rows = [
        [place, *("–" if line.values[index] is None else show(line.values[index] or 0) for line in series)]
        for index, place in enumerate(places)
        if any(line.values[index] is not None for line in series)
    ]
    height = MARGIN_TOP + PLOT_HEIGHT + MARGIN_BOTTOM
    header = [place_head, *(line.name for line in series)]
    return Chart(title, description, height, shapes, header, rows, legend if len(series) > 1 else [], slug)


def _draw_line(
    frame: _Frame, line: Series, style: int, places: Sequence[str], show: Callable[[float], str]
) -> list[Shape]:
    """One line with a dot for each value; a gap ends a stretch."""
    css = f"chart__line chart__line--{style}"
    steps: list[str] = []
    dots: list[Shape] = []
    pen = "M"
    for place, value in enumerate(line.values):
        if value is None:
            pen = "M"
            continue
        x, y = frame.x(place), frame.y(value)
        steps.append(f"{pen}{number(x)} {number(y)}")
        tip = f"{line.name}, {places[place]}: {show(value)}"
        dots.append(Shape("circle", f"chart__dot chart__dot--{style}", _at(cx=x, cy=y, r=3), slug=line.slug, tip=tip))
        pen = "L"
    return [Shape("path", css, _at(d="".join(steps)), slug=line.slug), *dots] if steps else []


def draw_reliability(
    title: str, description: str, dots: Sequence[Dot], *, rows: list[list[str]], header: list[str], slug: str = ""
) -> Chart:
    """What was said against what came true; on the diagonal a percentage keeps its word.

    Args:
        title: What is shown.
        description: What it says, for those who cannot see it.
        dots: Share said (x) and share that came true (y).
        rows: The table's rows.
        header: The table's heads.
        slug: The chart's word, unique on its page.

    Returns:
        The chart.
    """
    frame = _Frame(0.0, 1.0, 101)
    shapes = frame.draw_axes([], show_percent)
    under = MARGIN_TOP + PLOT_HEIGHT + 16
    for share in (0, 25, 50, 75, 100):
        words = show_percent(share / 100)
        shapes.append(Shape("text", "chart__tick", _at(x=frame.x(share), y=under, text_anchor="middle"), words))
    shapes.append(Shape("line", "chart__ideal", _at(x1=frame.x(0), y1=frame.y(0), x2=frame.x(100), y2=frame.y(1))))
    steps = [
        f"{'L' if place else 'M'}{number(frame.x(dot.x * 100))} {number(frame.y(dot.y))}"
        for place, dot in enumerate(dots)
    ]
    if steps:
        shapes.append(Shape("path", "chart__line chart__line--1", _at(d="".join(steps))))
    for dot in dots:
        at = _at(cx=frame.x(dot.x * 100), cy=frame.y(dot.y), r=3 + 4 * min(max(dot.weight, 0), 1))
        shapes.append(Shape("circle", "chart__dot chart__dot--1", at, tip=dot.tip))
    return Chart(title, description, MARGIN_TOP + PLOT_HEIGHT + MARGIN_BOTTOM, shapes, header, rows, slug=slug)


def draw_grid(
    title: str,
    description: str,
    names: Sequence[str],
    shares: Sequence[Sequence[float | None]],
    *,
    corner: str,
    slug: str = "",
) -> Chart:
    """Shares of row and column as cells, the fuller the darker; None is left blank.

    Args:
        title: What is shown.
        description: What it says, for those who cannot see it.
        names: Of the rows and, in the same order, of the columns.
        shares: In [0, 1], row by row.
        corner: Head of the table's first column.
        slug: The chart's word, unique on its page.

    Returns:
        The chart; the table has a row for each row.
    """
    count = max(len(names), 1)
    cell = (WIDTH - LABEL_WIDTH) / count
    head = 74
    shapes: list[Shape] = []
    for place, name in enumerate(names):
        middle = place * cell + cell / 2
        x, y = LABEL_WIDTH + middle, head - 6
        turn = _at(x=x, y=y, transform=f"rotate(-60 {number(x)} {number(y)})")
        label = _at(x=LABEL_WIDTH - 6, y=head + middle, text_anchor="end")
        shapes += [
            Shape("text", "chart__tick", turn, _shorten(name, 12)),
            Shape("text", "chart__label", label, _shorten(name)),
        ]
        for across, share in enumerate(shares[place]):
            if share is None:
                continue
            box = _at(x=LABEL_WIDTH + across * cell, y=head + place * cell, width=cell - 1, height=cell - 1)
            shapes.append(Shape("rect", "chart__ground", box))
            box |= _at(fill_opacity=min(max(share, 0), 1))
            shapes.append(Shape("rect", "chart__cell", box, tip=f"{name} → {names[across]}: {show_percent(share)}"))
    rows = [
        [name, *("" if share is None else show_percent(share) for share in line)]
        for name, line in zip(names, shares, strict=True)
    ]
    return Chart(title, description, head + count * cell, shapes, [corner, *names], rows, slug=slug)


def show_percent(share: float) -> str:
    """A share in [0, 1] in whole per cent."""
    return f"{share * 100:.0f} %"


def show_count(value: float) -> str:
    """A whole number with a thin space between thousands; a fraction of an axis without needless digits."""
    return f"{value:,.0f}".replace(",", "\u202f") if float(value).is_integer() else f"{value:g}"
