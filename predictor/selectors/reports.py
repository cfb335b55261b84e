"""Reads for the report on the models: headline figures beside what needs no model."""

import contextlib
import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import gettext as _

from genresite.charts import Chart
from genresite.figures import show_figure
from movies.vocabulary import genre_slug
from predictor.ml.report import CEILING, PLOTS, name_plot
from predictor.models import Kind, ModelVersion
from predictor.selectors.report_charts import draw_report


@dataclass(frozen=True)
class Figure:
    """A headline figure of a model, beside what needs no model."""

    label: str
    meaning: str
    value: float | None
    trivial: dict[str, float | None] = field(default_factory=dict)
    interval: list[float] | None = None
    share: bool = False
    ceiling: float | None = None

    @property
    def shown(self) -> str:
        """The figure as people read it: a share of films in per cent, anything else with three digits."""
        return self._show(self.value) or "–"

    @property
    def interval_shown(self) -> str:
        """Both ends of the 95 % interval in the figure's own unit; empty without one."""
        if not self.interval:
            return ""
        low, high = self.interval
        return f"{low * 100:.0f}–{high * 100:.0f} %" if self.share else f"{show_figure(low, 3)}–{show_figure(high, 3)}"

    @property
    def most_frequent_shown(self) -> str:
        """`most_frequent` in the figure's own unit; empty where it makes no sense."""
        return self._show(self.most_frequent)

    @property
    def drawn_shown(self) -> str:
        """`drawn` in the figure's own unit; empty where it makes no sense."""
        return self._show(self.drawn)

    def _show(self, value: float | None) -> str:
        if value is None:
            return ""
        return f"{value * 100:.0f} %" if self.share else show_figure(value, 3)

    @property
    def most_frequent(self) -> float | None:
        """The figure of naming the two most frequent genres for every film."""
        return self.trivial.get("most frequent two")

    @property
    def drawn(self) -> float | None:
        """The figure of drawing genres with their frequency."""
        return self.trivial.get("label priors")


@dataclass(frozen=True)
class ModelPlot:
    """A picture of a version's quality."""

    url: str
    caption: str


@dataclass(frozen=True)
class ModelReport:
    """What is known of the quality of a version.

    Its parts are worked out when they are asked for: the page keeps what it has drawn of them under `stamp`, which
    changes with what was measured and with the pictures that are there.
    """

    version: ModelVersion
    split: str
    measured: dict[str, Any]
    plots: list[ModelPlot] = field(default_factory=list)

    @cached_property
    def stamp(self) -> str:
        """Another one for every other content."""
        shown = json.dumps([self.split, self.measured, [plot.url for plot in self.plots]])
        return f"{self.version.pk}-{hashlib.sha256(shown.encode()).hexdigest()}"

    @property
    def films(self) -> int | None:
        """How many films it was measured on."""
        return self.measured.get("films")

    @cached_property
    def figures(self) -> list[Figure]:
        """The headline figures beside what needs no model."""
        trivial, intervals = self.measured.get("trivial", {}), self.measured.get("interval_95", {})
        figures = []
        for key, path in _FIGURES:
            label, meaning = _words(key)
            beside = {name: row.get(key) for name, row in trivial.items()}
            share, value = key.startswith("hit_at"), _dig(self.measured, path)
            figures.append(Figure(label, meaning, value, beside, intervals.get(key), share, CEILING.get(key)))
        return figures

    @cached_property
    def per_genre(self) -> list[dict[str, Any]]:
        """The genres, the frequent ones first."""
        table = self.measured.get("per_genre", {})
        rows = [{"name": name, "slug": genre_slug(name), **row} for name, row in table.items()]
        return sorted(rows, key=lambda row: (-row.get("support", 0), row["name"]))

    @property
    def cell_accuracy(self) -> float | None:
        """The share of single decisions that saying nothing at all gets right."""
        accuracy: float | None = self.measured.get("trivial", {}).get("nothing", {}).get("cell_accuracy")
        return accuracy

    @cached_property
    def charts(self) -> list[Chart]:
        """The charts that there are numbers for."""
        return draw_report(self.version.name, self.measured)

    @property
    def nothing_percent(self) -> str:
        """The share of single decisions that saying nothing at all gets right."""
        return f"{(self.cell_accuracy or 0.0) * 100:.0f}"

    @property
    def headline(self) -> list[Figure]:
        """The three figures that say most to a person."""
        wanted = ("hit_at_3", "micro", "ece")
        by_key = dict(zip((key for key, _path in _FIGURES), self.figures, strict=True))
        return [by_key[key] for key in wanted if by_key[key].value is not None]


_FIGURES: list[tuple[str, tuple[str, ...]]] = [
    ("hit_at_1", ("hit_at_1",)),
    ("hit_at_3", ("hit_at_3",)),
    ("micro", ("f1", "micro")),
    ("macro_supported", ("f1", "macro_supported")),
    ("map", ("map",)),
    ("ece", ("ece",)),
    ("brier", ("brier",)),
]


def _words(key: str) -> tuple[str, str]:
    """What a figure is called, and what it means, in plain words."""
    return {
        "hit_at_1": (_("First guess right"), _("How often the likeliest genre is one of the film's genres.")),
        "hit_at_3": (_("One of three right"), _("How often at least one of the three likeliest genres is right.")),
        "micro": (
            _("Micro-F1"),
            _("Found genres against wrong and missed ones, over all films at once; 1 is perfect."),
        ),
        "macro_supported": (
            _("Macro-F1"),
            _("The same per genre, then averaged, so that rare genres count as much as Drama (20 films or more)."),
        ),
        "map": (_("Mean average precision"), _("How well films of a genre are ranked before others; 1 is perfect.")),
        "ece": (
            _("Calibration error (ECE)"),
            _("How far the percentages are from what really happens: at 0.02, a “70 %” comes true in 68 to 72 of 100."),
        ),
        "brier": (_("Brier score"), _("Mean squared error of the percentages; 0 is perfect.")),
    }[key]


CATALOGUES = {
    "imdb": "IMDb",
    "tmdb": "TMDB",
    "justwatch": "JustWatch",
    "netflix": "Netflix",
    "amazon-prime": "Amazon Prime Video",
    "disney-plus": "Disney+",
}
"""The catalogues of `GENRE_CUSTOM` as they call themselves."""


def name_catalogue() -> str:
    """Whose list of genres the site's answers to plots are to match; empty where nobody said."""
    return CATALOGUES.get(settings.GENRE_CUSTOM, "")


def pick_measurements(version: ModelVersion) -> tuple[str, dict[str, Any]]:
    """The split that a version was measured on last, and its figures: test, else validation."""
    for split in ("test", "validation"):
        if version.metrics.get(split):
            return split, version.metrics[split]
    return "", {}


def read_reports() -> list[ModelReport]:
    """The measured quality of the active versions, plot first."""
    versions = sorted(ModelVersion.objects.active(), key=lambda version: Kind.values.index(version.kind))
    return [_report(version) for version in versions]


def _report(version: ModelVersion) -> ModelReport:
    split, measured = pick_measurements(version)
    return ModelReport(version, split, measured, _find_plots(version.name))


def _find_plots(name: str) -> list[ModelPlot]:
    """The pictures that were drawn of a version and are served with the site's static files."""
    captions = {
        "precision-recall": _("Precision and recall of each genre with 20 films or more."),
        "reliability": _("How often the percentages come true, and how many pairs of film and genre have them."),
        "learning-curve": _("Loss and validation score of each epoch of the training."),
    }
    plots = []
    for plot in PLOTS:
        file = name_plot(name, plot)
        # A picture drawn after the static files were collected has no address yet.
        with contextlib.suppress(ValueError):
            if (Path(settings.MODEL_PLOTS_DIR) / file).is_file():
                plots.append(ModelPlot(static(f"models/{file}"), captions[plot]))
    return plots


def _dig(values: Any, path: tuple[str, ...]) -> float | None:
    for step in path:
        values = values.get(step) if isinstance(values, dict) else None
    return values if isinstance(values, float | int) else None
