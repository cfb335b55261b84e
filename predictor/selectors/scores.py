"""Scores as people read them: bars, parts side by side, what became of scores like these, where the parts disagree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.utils.translation import gettext as _

from movies.genre_names import show_genre
from movies.vocabulary import genre_slug
from predictor.ml.reliability import find_tenth, read_genre_tenths
from predictor.models import Kind, ModelVersion
from predictor.selectors.reports import pick_measurements

TOP_COUNT = 3


@dataclass(frozen=True)
class BarRow:
    """One genre's probability as a bar shows it; `outcome` says what became of scores like it."""

    name: str
    probability: float
    decided: bool = False
    threshold: float | None = None
    outcome: str = ""

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
class Voice:
    """What one model version said."""

    kind: str
    version: ModelVersion
    scores: Mapping[str, float]
    decided: Sequence[str]
    unsure: bool


@dataclass(frozen=True)
class PartColumn:
    """What one model version said, as a column of its own."""

    part: Voice
    label: str
    rows: list[BarRow]

    @property
    def first(self) -> BarRow:
        """Its likeliest genre."""
        return self.rows[0]


@dataclass(frozen=True)
class Comparison:
    """One genre under what decided, and under each part that went into it."""

    row: BarRow
    beside: list[BarRow | None]


@dataclass(frozen=True)
class ScoreSheet:
    """The scores of one answer as a page shows them."""

    kind: str
    rows: list[BarRow]
    parts: list[PartColumn]

    @classmethod
    def build(
        cls, *, kind: str, scores: Mapping[str, float], decided: Iterable[str], voices: Iterable[Voice], **more: Any
    ) -> Self:
        """Lay out what was decided and what each version said; `more` goes to the fields of a subclass."""
        parts = sorted(voices, key=lambda voice: Kind.values.index(voice.kind))
        deciding = parts[-1].version if parts and parts[-1].kind == kind else None
        columns = [
            PartColumn(
                part, str(Kind(part.kind).label), build_rows(part.scores, part.decided, read_limits(part.version))
            )
            for part in parts
        ]
        rows = build_rows(scores, decided, read_limits(deciding))
        return cls(kind=kind, rows=tell_outcomes(rows, deciding), parts=columns, **more)

    @property
    def first_decided(self) -> BarRow | None:
        """The likeliest of the genres that were decided; the first bar may be one that missed its own threshold."""
        return next((row for row in self.rows if row.decided), None)

    @property
    def top(self) -> list[BarRow]:
        """The most likely genres, shown large."""
        return self.rows[:TOP_COUNT]

    @property
    def rest(self) -> list[BarRow]:
        """The others, shown small."""
        return self.rows[TOP_COUNT:]

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
        return self.kind == Kind.BOTH and len(self.parts) == 2

    @property
    def verdict(self) -> str:
        """Whether plot and poster agree, in one sentence; empty where only one was given."""
        if len(self.sources) < 2:
            return ""
        plot, poster = (column.first for column in self.sources)
        words = {
            "plot": show_genre(plot.name),
            "poster": show_genre(poster.name),
            "both": show_genre(self.rows[0].name),
            "plot_percent": plot.percent,
            "poster_percent": poster.percent,
            "both_percent": self.rows[0].percent,
        }
        if plot.name == poster.name:
            return _("Plot and poster agree: both are taken for %(plot)s first of all.") % words
        if self.rows[0].name == plot.name:
            return (
                _("They disagree: the plot reads like %(plot)s (%(plot_percent)s %%), the poster looks like %(poster)s "
                  "(%(poster_percent)s %%). Together the plot weighs more.") % words
            )  # fmt: skip
        if self.rows[0].name == poster.name:
            return (
                _("They disagree: the plot reads like %(plot)s (%(plot_percent)s %%), the poster looks like %(poster)s "
                  "(%(poster_percent)s %%). Together the poster weighs more.") % words
            )  # fmt: skip
        return (
            _("They disagree: the plot reads like %(plot)s (%(plot_percent)s %%), the poster looks like %(poster)s "
              "(%(poster_percent)s %%). Together %(both)s comes first (%(both_percent)s %%).") % words
        )  # fmt: skip


def build_rows(
    scores: Mapping[str, float], decided: Iterable[str], thresholds: Mapping[str, float] | None = None
) -> list[BarRow]:
    """Bars from scores, the likeliest first."""
    named, limits = set(decided), thresholds or {}
    ordered = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return [BarRow(name, value, name in named, limits.get(name)) for name, value in ordered]


def read_limits(version: ModelVersion | None) -> dict[str, float]:
    """The thresholds of a version's genres, as far as its measurements tell."""
    table = pick_measurements(version)[1].get("per_genre", {}) if version else {}
    return {name: row["threshold"] for name, row in table.items() if row.get("threshold") is not None}


def tell_outcomes(rows: list[BarRow], version: ModelVersion | None) -> list[BarRow]:
    """The rows, the first ones with what became of films that this version scored like this."""
    measured = pick_measurements(version)[1] if version else {}
    told = [
        BarRow(row.name, row.probability, row.decided, row.threshold, tell_outcome(measured, row.name, row.probability))
        for row in rows[:TOP_COUNT]
    ]
    return [*told, *rows[TOP_COUNT:]]


def tell_outcome(measured: Mapping[str, Any], genre: str, probability: float) -> str:
    """How many of the films that were scored like this have the genre; empty if too few were measured to say."""
    tenths = read_genre_tenths(measured, genre)
    if not tenths or not tenths[find_tenth(probability)].enough:
        return ""
    tenth = tenths[find_tenth(probability)]
    words = {"genre": show_genre(genre), "films": f"{tenth.films:,}", "tens": round(tenth.true * 10)}
    if tenth.true < 0.05:
        return _("Fewer than 1 of 20 films scored like this are %(genre)s (%(films)s films tested).") % words
    if tenth.true > 0.95:
        return _("Nearly all films scored like this are %(genre)s (%(films)s films tested).") % words
    return _("About %(tens)d of 10 films scored like this are %(genre)s (%(films)s films tested).") % words
