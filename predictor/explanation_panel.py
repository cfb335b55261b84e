"""What the part "Why this genre?" of a prediction's page shows."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from genresite.errors import NotFound, Unavailable
from movies.genre_names import sort_key
from movies.vocabulary import genre_slug
from predictor.models import Prediction
from predictor.services.explanations import Explanation, PlotReason, PosterReason, ReasonSpan, explain_prediction
from predictor.standing_lines import StandingLines, show_odds, tell_spot_against

LISTED_COUNT = 5


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


@dataclass(frozen=True, eq=False)
class ExplanationPanel:
    """The genres that can be explained, and the reasons for the one that was chosen.

    It is `aimed` at where it is none of the likely ones.
    """

    prediction: Prediction
    links: list[GenreLink]
    genre: str = ""
    problem: str = ""
    plot: PlotReason | None = None
    poster: PosterReason | None = None
    standing: StandingLines | None = None
    aimed: bool = False
    segments: list[Segment] = field(default_factory=list)

    @property
    def choices(self) -> list[GenreLink]:
        """The genres to aim at: every one that was scored but for the likely ones, in the reader's alphabet."""
        likely = {link.name for link in self.links if not (self.aimed and link.chosen)}
        return [
            GenreLink(name, name == self.genre) for name in sorted({*self.prediction.scores} - likely, key=sort_key)
        ]

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
    def poster_against(self) -> str:
        """Where the poster speaks most against the genre and by how much, in one sentence; "" without a poster."""
        return tell_spot_against(self.poster.spot_against, self.genre) if self.poster else ""

    @property
    def overlay(self) -> str:
        """Address of the heat map's picture, or "" where nothing in the poster speaks for the genre noticeably."""
        # Odds that are shown as 1.0 times as high are as good as unchanged.
        if self.poster is None or not self.poster.heat.speaks or self.poster_factor == show_odds(0.0):
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
    panel = ExplanationPanel(prediction, links, genre, aimed=bool(genre) and genre not in likely)
    if not genre:
        return panel
    try:
        found = explain_prediction(prediction=prediction, genre=genre, with_poster=with_poster)
    except (NotFound, Unavailable) as exc:
        return replace(panel, problem=exc.message)
    return _fill(panel, found)


def _fill(panel: ExplanationPanel, found: Explanation) -> ExplanationPanel:
    panel = replace(panel, standing=StandingLines(found.standing))
    if found.plot is None and found.poster is None:
        problem = _("The models that read this film do not know the genre by themselves.")
        return replace(panel, problem=problem)
    segments = build_segments(panel.prediction.plot, found.plot.spans) if found.plot else []
    return replace(panel, plot=found.plot, poster=found.poster, segments=segments)


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
