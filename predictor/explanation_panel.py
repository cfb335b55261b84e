"""What the part "Why this genre?" of a prediction's page shows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from genresite.errors import NotFound, Unavailable
from genresite.figures import show_figure
from movies.vocabulary import genre_slug
from predictor.models import Prediction
from predictor.services.explanations import Explanation, PlotReason, PosterReason, ReasonSpan, explain_prediction

LISTED_COUNT = 5
# Odds that change more than this are shown as this: nobody can picture the difference.
LARGEST_FACTOR = 99.0


@dataclass(frozen=True)
class GenreLink:
    """A genre that can be explained."""

    name: str
    chosen: bool

    @property
    def slug(self) -> str:
        """The genre's word in addresses and style sheets."""
        return genre_slug(self.name)

    @property
    def query(self) -> str:
        """The part of the address that asks for it."""
        return "?" + urlencode({"explain": self.name})


@dataclass(frozen=True)
class Segment:
    """A piece of the plot: plain text at level 0, else a marked phrase of level 1 to 3."""

    text: str
    level: int = 0
    weight: float = 0.0

    @property
    def sign(self) -> str:
        """Whether the phrase raised the genre ("up") or lowered it ("down")."""
        return "up" if self.weight > 0 else "down"

    @property
    def factor(self) -> str:
        """By how much the odds are larger with the phrase than without it."""
        return f"{'×' if self.weight > 0 else '÷'}{show_odds(self.weight)}"


def show_odds(weight: float) -> str:
    """How many times odds change by a weight of either sign, as people read it."""
    value = math.exp(min(abs(weight), math.log(LARGEST_FACTOR)))
    return show_figure(value, 0 if value >= 10 else 1)


@dataclass(frozen=True, eq=False)
class ExplanationPanel:
    """The genres that can be explained, and the reasons for the one that was chosen."""

    prediction: Prediction
    links: list[GenreLink]
    genre: str = ""
    problem: str = ""
    plot: PlotReason | None = None
    poster: PosterReason | None = None
    segments: list[Segment] = field(default_factory=list)

    @property
    def raised(self) -> list[Segment]:
        """The marked phrases that raised the genre most, each once."""
        return self._strongest("up")

    @property
    def lowered(self) -> list[Segment]:
        """The marked phrases that lowered the genre most, each once."""
        return self._strongest("down")

    def _strongest(self, sign: str) -> list[Segment]:
        marked = [segment for segment in self.segments if segment.level and segment.sign == sign]
        once: dict[str, Segment] = {}
        for segment in sorted(marked, key=lambda segment: -abs(segment.weight)):
            once.setdefault(segment.text.casefold(), segment)
        return list(once.values())[:LISTED_COUNT]

    @property
    def poster_factor(self) -> str:
        """How many times smaller the odds are when the hottest cell of the poster and its neighbours are covered."""
        return show_odds(float(self.poster.heat.contributions.max())) if self.poster else ""

    @property
    def overlay(self) -> str:
        """Address of the heat map's picture, or "" where nothing in the poster speaks for the genre."""
        if self.poster is None or not self.poster.heat.speaks:
            return ""
        address = reverse("predictor:explanation_poster", args=[self.prediction.pk])
        return f"{address}?{urlencode({'genre': self.genre})}"


def read_explanation_panel(
    prediction: Prediction, likely: Sequence[str], genre: str, *, with_poster: bool = True
) -> ExplanationPanel:
    """What the page shows; the models are asked only if a genre is named.

    Args:
        prediction: One that the person may see.
        likely: The genres that are offered.
        genre: The genre to explain, or "".
        with_poster: Whether the poster's heat map is wanted.

    Returns:
        The panel; where the versions that predicted are gone, it says so.

    Raises:
        InvalidInput: The prediction has no score for the genre.
    """
    names = [*likely, *([genre] if genre and genre not in likely else [])]
    links = [GenreLink(name, name == genre) for name in names]
    if not genre:
        return ExplanationPanel(prediction, links)
    try:
        found = explain_prediction(prediction=prediction, genre=genre, with_poster=with_poster)
    except (NotFound, Unavailable) as exc:
        return ExplanationPanel(prediction, links, genre, exc.message)
    return _fill(prediction, links, found)


def _fill(prediction: Prediction, links: list[GenreLink], found: Explanation) -> ExplanationPanel:
    if found.plot is None and found.poster is None:
        problem = _("The models that read this film do not know the genre by themselves.")
        return ExplanationPanel(prediction, links, found.genre, problem)
    segments = build_segments(prediction.plot, found.plot.spans) if found.plot else []
    return ExplanationPanel(prediction, links, found.genre, plot=found.plot, poster=found.poster, segments=segments)


def build_segments(plot: str, spans: Sequence[ReasonSpan]) -> list[Segment]:
    """The plot in pieces, marked phrases and what stands between them; joined they are the plot again."""
    pieces: list[Segment] = []
    behind = 0
    for span in spans:
        if not span.level:
            continue
        pieces.append(Segment(plot[behind : span.start]))
        pieces.append(Segment(span.text, span.level, span.weight))
        behind = span.end
    pieces.append(Segment(plot[behind:]))
    return [piece for piece in pieces if piece.text]
