"""Reads that join what a page shows."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.templatetags.static import static
from django.utils.translation import gettext as _

from genresite.accounts.models import User
from genresite.health import find_worker_problem
from movies.models import Genre
from movies.vocabulary import genre_slug
from predictor.explanation_panel import ExplanationPanel, read_explanation_panel
from predictor.forms import FeedbackForm
from predictor.ml.report import CEILING, PLOTS, name_plot
from predictor.models import Feedback, Kind, ModelVersion, Prediction, PredictionPart

TOP_COUNT = 3
# Asking the workers takes a second; pages that are looked at again and again ask once in a while.
WORKER_ANSWER_KEPT_SECONDS = 15


@dataclass(frozen=True)
class BarRow:
    """One genre's probability as a bar shows it."""

    name: str
    probability: float
    decided: bool = False
    threshold: float | None = None

    @property
    def slug(self) -> str:
        """The genre's word in addresses and style sheets."""
        return genre_slug(self.name)

    @property
    def percent(self) -> str:
        """Whole per cent; never a flat 0 or 100, which no model can know."""
        if self.probability < 0.005:
            return "<1"
        return ">99" if self.probability > 0.995 else f"{self.probability * 100:.0f}"


@dataclass(frozen=True)
class PartColumn:
    """What one model version said, as a column of its own."""

    part: PredictionPart
    label: str
    rows: list[BarRow]


@dataclass(frozen=True)
class Comparison:
    """One genre under what decided, and under each part that went into it."""

    row: BarRow
    beside: list[BarRow | None]


@dataclass(frozen=True)
class GenreChoice:
    """One genre of the list that is ticked to correct a prediction."""

    row: BarRow
    checked: bool


@dataclass(frozen=True)
class FeedbackPanel:
    """What is said of a prediction, and the form to say it."""

    prediction: Prediction
    form: FeedbackForm
    own: Feedback | None
    others: list[Feedback]
    rows: list[BarRow]

    @property
    def choices(self) -> list[GenreChoice]:
        """Every genre to tick, the likely ones first."""
        chosen = self.form.chosen
        return [GenreChoice(row, row.name in chosen) for row in self.rows]


@dataclass(frozen=True)
class PredictionPage:
    """Everything that a prediction's page shows."""

    prediction: Prediction
    rows: list[BarRow]
    parts: list[PartColumn]
    panel: FeedbackPanel
    why: ExplanationPanel
    why_unsure: str = ""

    @property
    def top(self) -> list[BarRow]:
        """The most likely genres, shown large."""
        return self.rows[:TOP_COUNT]

    @property
    def sources(self) -> list[PartColumn]:
        """What plot and poster say on their own, where both were given."""
        return [column for column in self.parts if column.part.kind != Kind.BOTH] if len(self.parts) > 1 else []

    @property
    def comparison(self) -> list[Comparison]:
        """Plot, poster and the two together: every genre that any of them decided or put first."""
        tables = [{row.name: row for row in column.rows} for column in self.sources]
        voices = [self.rows, *(column.rows for column in self.sources)]
        wanted = {row.name for rows in voices for row in rows[:TOP_COUNT]}
        wanted |= {row.name for rows in voices for row in rows if row.decided}
        return [Comparison(row, [table.get(row.name) for table in tables]) for row in self.rows if row.name in wanted]

    @property
    def averaged(self) -> bool:
        """Whether the mean of two models decided, for want of a joint one."""
        return self.prediction.kind == Kind.BOTH and len(self.parts) == 2


def read_prediction_page(prediction: Prediction, user: User, *, explain: str = "") -> PredictionPage:
    """What the page of a prediction shows, with the reasons for the genre `explain` if one is named.

    The prediction must come from `Prediction.objects.listed()`.
    """
    parts = sorted(prediction.parts.all(), key=lambda part: Kind.values.index(part.kind))
    deciding = parts[-1].version if parts and parts[-1].kind == prediction.kind else None
    decided = {row.genre.name for row in prediction.decided_genres.all()}
    rows = build_rows(prediction.scores, decided, _thresholds(deciding))
    columns = [
        PartColumn(part, Kind(part.kind).label, build_rows(part.scores, part.decided, _thresholds(part.version)))
        for part in parts
    ]
    panel = read_feedback_panel(prediction, user)
    likely = [row.name for row in rows if row.decided] or [row.name for row in rows[:TOP_COUNT]]
    why = read_explanation_panel(prediction, likely, explain)
    return PredictionPage(prediction, rows, columns, panel, why, _why_unsure(prediction, decided))


def _why_unsure(prediction: Prediction, decided: set[str]) -> str:
    """The reason for the unsure mark in plain words."""
    if not prediction.unsure:
        return ""
    if decided:
        return _("The models found no genre that stands out clearly. Take these as hints, and decide yourself.")
    return _("No genre is likely enough to be named. These are the likeliest ones; please decide yourself.")


def build_rows(
    scores: dict[str, float], decided: Iterable[str], thresholds: dict[str, float] | None = None
) -> list[BarRow]:
    """Bars from scores, the likeliest first."""
    named, limits = set(decided), thresholds or {}
    ordered = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return [BarRow(name, value, name in named, limits.get(name)) for name, value in ordered]


def _thresholds(version: ModelVersion | None) -> dict[str, float]:
    """The thresholds of a version's genres, as far as its measurements tell."""
    table = pick_measurements(version)[1].get("per_genre", {}) if version else {}
    return {name: row["threshold"] for name, row in table.items() if row.get("threshold") is not None}


def read_feedback_panel(prediction: Prediction, user: User, *, data: Any = None) -> FeedbackPanel:
    """The feedback of a prediction and the form to give one's own, filled with `data` where it was sent."""
    said = list(prediction.feedback.all())
    own = next((one for one in said if one.author_id == user.pk), None)
    decided = {row.genre.name for row in prediction.decided_genres.all()}
    rows = build_rows(prediction.scores, decided)
    scored = {row.name for row in rows}
    rows += [BarRow(genre.name, 0.0) for genre in Genre.objects.all() if genre.name not in scored]
    initial: dict[str, Any] = {"genres": sorted(decided)}
    if own is not None:
        initial = {"genres": [genre.name for genre in own.genres.all()], "note": own.note}
    form = FeedbackForm(data, initial=initial, names=[row.name for row in rows])
    return FeedbackPanel(prediction, form, own, [one for one in said if one is not own], rows)


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
        return f"{low * 100:.0f}–{high * 100:.0f} %" if self.share else f"{low:.3f}–{high:.3f}"

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
        return f"{value * 100:.0f} %" if self.share else f"{value:.3f}"

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
    """What is known of the quality of a version."""

    version: ModelVersion
    split: str
    films: int | None
    figures: list[Figure]
    per_genre: list[dict[str, Any]]
    cell_accuracy: float | None
    plots: list[ModelPlot] = field(default_factory=list)

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
    trivial = measured.get("trivial", {})
    intervals = measured.get("interval_95", {})
    figures = []
    for key, path in _FIGURES:
        label, meaning = _words(key)
        beside = {name: row.get(key) for name, row in trivial.items()}
        share, value = key.startswith("hit_at"), _dig(measured, path)
        figures.append(Figure(label, meaning, value, beside, intervals.get(key), share, CEILING.get(key)))
    rows = [{"name": name, "slug": genre_slug(name), **row} for name, row in measured.get("per_genre", {}).items()]
    rows.sort(key=lambda row: (-row.get("support", 0), row["name"]))
    accuracy = trivial.get("nothing", {}).get("cell_accuracy")
    return ModelReport(version, split, measured.get("films"), figures, rows, accuracy, _find_plots(version.name))


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


def read_worker_problem() -> str | None:
    """What keeps jobs from being done, if anything; asked once in a while and kept."""
    known = cache.get("worker-problem")
    if known is None:
        known = find_worker_problem() or ""
        cache.set("worker-problem", known, WORKER_ANSWER_KEPT_SECONDS)
    return known or None
