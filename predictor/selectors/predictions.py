"""Reads for the pages of predictions: scores as bars, parts side by side, what people say."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from genresite.accounts.models import User
from movies.models import Genre
from movies.vocabulary import genre_slug
from predictor.explanation_panel import ExplanationPanel, read_explanation_panel
from predictor.forms import FeedbackForm
from predictor.models import Feedback, Kind, ModelVersion, Prediction, PredictionPart
from predictor.selectors.reports import pick_measurements

TOP_COUNT = 3


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
