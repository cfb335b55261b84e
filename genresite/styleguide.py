"""What the style guide shows: the names of the parts, and samples of scores, forms and charts. No database."""

from dataclasses import dataclass
from typing import Final

from django import forms
from django.utils.translation import gettext as _

from genresite.charts import (
    Bar,
    Chart,
    Dot,
    Series,
    draw_bars,
    draw_grid,
    draw_lines,
    draw_reliability,
    show_count,
    show_percent,
)
from movies.genre_names import show_genre
from movies.vocabulary import GENRES, genre_slug

TONES: Final = ("info", "ok", "warn", "bad")
SIZES: Final = ("xs", "s", "m", "l", "xl", "2xl", "3xl")
SPACES: Final = range(1, 8)


@dataclass(frozen=True)
class SampleScore:
    """A made-up score for the bars of the guide."""

    name: str
    probability: float
    decided: bool
    threshold: float
    outcome: str = ""

    @property
    def slug(self) -> str:
        """The genre's word."""
        return genre_slug(self.name)

    @property
    def percent(self) -> str:
        """Whole per cent."""
        return f"{self.probability * 100:.0f}"


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(max_length=300, help_text="What the person calls the film.")
    year = forms.IntegerField(required=False, max_value=2100)
    kind = forms.ChoiceField(choices=[("movie", "Movie"), ("show", "Show")])
    plot = forms.CharField(widget=forms.Textarea(attrs={"class": "plot", "rows": 3}), required=False)
    confirmed = forms.BooleanField(label="A reviewer has looked at it", required=False)


@dataclass(frozen=True)
class Styleguide:
    """Everything that the page shows."""

    genres: list[SampleScore]
    scores: list[SampleScore]
    form: SampleForm
    wrong_form: SampleForm
    charts: list[Chart]
    tones: tuple[str, ...] = TONES
    sizes: tuple[str, ...] = SIZES
    spaces: range = SPACES


def read_styleguide() -> Styleguide:
    """Samples of every part.

    Returns:
        The guide.
    """
    scores = [
        SampleScore("Comedy", 0.71, True, 0.4, _("About %(tens)d of 10 films scored like this are %(genre)s.")
                    % {"tens": 7, "genre": show_genre("Comedy")}),
        SampleScore("Romance", 0.46, True, 0.35),
        SampleScore("Drama", 0.22, False, 0.4),
    ]  # fmt: skip
    genres = [SampleScore(name, 0.5, True, 0.4) for name in GENRES]
    wrong = SampleForm({"wrong-title": "", "wrong-year": "99999", "wrong-kind": "movie"}, prefix="wrong")
    return Styleguide(genres, scores, SampleForm(), wrong, _draw_samples())


def _draw_samples() -> list[Chart]:
    """One chart of each kind, from made-up numbers."""
    bars = [
        Bar(show_genre(name), value, show_count(value), genre_slug(name))
        for name, value in (("Drama", 410), ("War", 37))
    ]
    weeks = ["1", "2", "3", "4"]
    lines = [Series("A", [0.5, 0.55, None, 0.6]), Series("B", [0.4, 0.42, 0.47, 0.52])]
    dots = [Dot(share / 10, share / 10 + (0.03 if share % 2 else -0.02), 1 - share / 10, "") for share in range(1, 10)]
    told = [[show_percent(dot.x), show_percent(dot.y)] for dot in dots]
    names = [show_genre(name) for name in ("Drama", "War", "Comedy")]
    shares = [[0.8, 0.05, 0.1], [0.4, 0.5, 0.02], [0.2, 0.01, 0.7]]
    return [
        draw_bars("Bars", "Amounts, one under the other.", bars, header=("Genre", "Films"), slug="bars"),
        draw_lines("Lines", "Values over time; a gap where nothing is known.", weeks, lines,
                   place_head="Week", show=show_percent, top=1.0, slug="lines"),
        draw_reliability("Reliability", "On the diagonal a percentage keeps its word.", dots,
                         rows=told, header=["Said", "True"], slug="reliability"),
        draw_grid("Grid", "The fuller, the darker.", names, shares, corner="Film is", slug="grid"),
    ]  # fmt: skip
