"""Charts of model versions: their figures over time with intervals, and the drift of one of them week by week."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from genresite.charts import LINE_HEIGHT, WIDTH, Chart, Series, Shape, draw_lines, number, show_percent
from genresite.figures import show_figure
from predictor.selectors.drift import DriftReport

NAME_WIDTH: Final = 132
NAME_CHARS: Final = 24
VALUE_WIDTH: Final = 40
AXIS_HEIGHT: Final = 22
STEPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2)
MAX_STEPS: Final = 5


@dataclass(frozen=True)
class Point:
    """A version's figure in [0, 1] with its 95 % interval, if one was measured."""

    name: str
    value: float
    interval: Sequence[float] | None = None


def draw_intervals(title: str, description: str, points: Sequence[Point], *, head: str, slug: str = "") -> Chart:
    """Versions one under the other, each with a dot for its figure and a line for its interval.

    Args:
        title: What is shown.
        description: What it says, for those who cannot see it.
        points: The versions, oldest first.
        head: What the figure is called, for the table.
        slug: The chart's word, unique on its page.

    Returns:
        The chart; the axis covers the intervals, in round steps.
    """
    ends = [end for point in points for end in (point.value, *(point.interval or ()))]
    least, most = min(ends, default=0.0), max(ends, default=1.0)
    step = next((size for size in STEPS if (most - least) / size <= MAX_STEPS), STEPS[-1])
    low, high = floor(least / step) * step, ceil(most / step + 1e-9) * step
    room = WIDTH - NAME_WIDTH - VALUE_WIDTH

    def x(value: float) -> str:
        return number(NAME_WIDTH + room * (value - low) / (high - low))

    foot = max(len(points), 1) * LINE_HEIGHT
    shapes: list[Shape] = []
    for place in range(round((high - low) / step) + 1):
        value = low + place * step
        at = {"x1": x(value), "x2": x(value), "y1": "0", "y2": number(foot)}
        shapes.append(Shape("line", "chart__grid", at))
        tick = {"x": x(value), "y": number(foot + 12), "text-anchor": "middle"}
        shapes.append(Shape("text", "chart__tick", tick, show_figure(value, 2)))
    for place, point in enumerate(points):
        shapes += _draw_point(point, number(place * LINE_HEIGHT + LINE_HEIGHT / 2), x)
    header = [_("Version"), head, _("95 % interval")]
    rows = [[point.name, show_figure(point.value, 3), show_interval(point.interval)] for point in points]
    return Chart(title, description, foot + AXIS_HEIGHT, shapes, header, rows, slug=slug)


def _draw_point(point: Point, y: str, x: Callable[[float], str]) -> list[Shape]:
    shown = show_figure(point.value, 3)
    tip = f"{point.name}: {shown}" + (f" ({show_interval(point.interval)})" if point.interval else "")
    name = point.name if len(point.name) <= NAME_CHARS else f"{point.name[: NAME_CHARS - 1]}…"
    label = {"x": str(NAME_WIDTH - 10), "y": y, "text-anchor": "end"}
    shapes = [Shape("text", "chart__label", label, name, tip=point.name)]
    if point.interval:
        low, high = point.interval
        line = {"d": f"M{x(low)} {y}L{x(high)} {y}"}
        shapes.append(Shape("path", "chart__line chart__line--1", line, tip=tip))
    shapes.append(Shape("circle", "chart__dot chart__dot--1", {"cx": x(point.value), "cy": y, "r": "4"}, tip=tip))
    value = {"x": str(WIDTH), "y": y, "text-anchor": "end"}
    return [*shapes, Shape("text", "chart__value", value, shown)]


def show_interval(interval: Sequence[float] | None) -> str:
    """Both ends of an interval; a dash for none."""
    return "–".join(show_figure(end, 3) for end in interval) if interval else "–"


def draw_drift(report: DriftReport) -> list[Chart]:
    """The indexes of genres and of percentages week by week, and the mean first guess beside the test films'.

    Args:
        report: The weeks of a version.

    Returns:
        Two charts.
    """
    places = [date_format(week.start, "MONTH_DAY_FORMAT") for week in report.weeks]
    known = [[week.genres, week.confidence] for week in report.weeks]
    # A week with so few films that chance alone could pass the limit is a gap, not a peak.
    indexes = [[None if one is None or one.level == "few" else one.index for one in pair] for pair in known]
    top = max([0.3, *(value for pair in indexes for value in pair if value is not None)])
    distance = draw_lines(
        _("Distance from the test films, by week"),
        _("Below 0.10 nothing has moved; from 0.25 on the films are others than those that the model was tested on."),
        places,
        [
            Series(_("Genres said"), [pair[0] for pair in indexes]),
            Series(_("Percentages given"), [pair[1] for pair in indexes]),
        ],
        place_head=_("Week from"),
        show=lambda value: show_figure(value, 2),
        top=top,
        slug="drift",
    )
    first = draw_lines(
        _("How sure the first guess is, by week"),
        _("The mean percentage of the likeliest genre; on test films it is right about that often."),
        places,
        [
            Series(_("This site's films"), [week.mean_first for week in report.weeks]),
            Series(_("Right on test films"), [report.hit_at_1] * len(places)),
        ],
        place_head=_("Week from"),
        show=show_percent,
        top=1.0,
        slug="first-guess",
    )
    return [distance, first]
