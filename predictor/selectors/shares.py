"""What whoever has a link sees of a prediction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from genresite.errors import NotFound
from movies.genre_names import show_genre
from predictor.explanation_panel import ExplanationPanel, Segment, read_explanation_panel
from predictor.models import Prediction, ShareLink
from predictor.selectors.predictions import explain_unsure
from predictor.selectors.scores import TOP_COUNT, BarRow, ScoreSheet, Voice
from predictor.services.shares import limit_reasons, open_share

EXCERPT_CHARS = 400
# Where the plot itself is not shown, a reason may tell a phrase of it, but no sentence.
MOST_WORDS = 4


@dataclass(frozen=True)
class SharedPage(ScoreSheet):
    """What whoever has the link sees of a prediction, and nothing else of it."""

    link: ShareLink
    title: str
    unsure: bool
    why_unsure: str
    why: ExplanationPanel
    excerpt: list[Segment]
    path: str

    @property
    def summary(self) -> str:
        """The likely genres in one line, for previews."""
        return ", ".join(f"{show_genre(row.name)} {row.percent} %" for row in name_likely(self.rows))

    @property
    def poster_path(self) -> str:
        """Where the small poster is; empty unless its owner shows it."""
        return reverse("predictor:shared_poster", args=self._arguments) if self.link.show_poster else ""

    @property
    def heat_path(self) -> str:
        """Where the heat map over the poster is; empty where there is none to show."""
        if not (self.link.show_poster and self.why.overlay):
            return ""
        return f"{reverse('predictor:shared_heat', args=self._arguments)}?{urlencode({'genre': self.why.genre})}"

    @property
    def _arguments(self) -> list[str]:
        return [self.path.rstrip("/").rsplit("/", 1)[-1]]

    @property
    def raised(self) -> list[Segment]:
        """Words that raised the genre, as many of them as may be told."""
        return self._tellable(self.why.raised)

    @property
    def lowered(self) -> list[Segment]:
        """Words that lowered the genre, as many of them as may be told."""
        return self._tellable(self.why.lowered)

    def _tellable(self, segments: Sequence[Segment]) -> list[Segment]:
        return [each for each in segments if self.link.show_plot or len(each.text.split()) <= MOST_WORDS]


def name_likely(rows: Sequence[BarRow]) -> list[BarRow]:
    """The decided genres, else the likeliest few."""
    return [row for row in rows if row.decided] or list(rows[:TOP_COUNT])


def _find_shared(token: str, address: str) -> tuple[ShareLink, Prediction]:
    link = open_share(token=token, address=address)
    return link, Prediction.objects.listed().get(pk=link.prediction_id)


def read_shared_page(*, token: str, address: str, explain: str = "") -> SharedPage:
    """What a link opens: the stored answer, whatever models are in use today.

    Args:
        token: What stands in the address.
        address: The network address that asks.
        explain: One of the likely genres, to say why; any other is passed over.

    Raises:
        TooMany: The address has asked too often.
        NotFound: `share_gone`.
    """
    link, prediction = _find_shared(token, address)
    decided = {row.genre.name for row in prediction.decided_genres.all()}
    voices = [Voice(part.kind, part.version, part.scores, part.decided, part.unsure) for part in prediction.parts.all()]
    sheet = ScoreSheet.build(kind=prediction.kind, scores=prediction.scores, decided=decided, voices=voices)
    likely = [row.name for row in name_likely(sheet.rows)]
    genre = explain if explain in likely else ""
    if genre:
        limit_reasons(address=address)
    why = read_explanation_panel(prediction, likely, genre, with_poster=link.show_poster)
    return SharedPage(
        kind=sheet.kind,
        rows=sheet.rows,
        parts=sheet.parts,
        link=link,
        title=prediction.title or _("Genres of a film"),
        unsure=prediction.unsure,
        why_unsure=explain_unsure(prediction.unsure, decided),
        why=why,
        excerpt=cut_excerpt(why.segments or [Segment(prediction.plot)]) if link.show_plot else [],
        path=reverse("predictor:shared", args=[token]),
    )


def cut_excerpt(segments: Sequence[Segment], most: int = EXCERPT_CHARS) -> list[Segment]:
    """The beginning of a plot in pieces, ended between two words."""
    kept: list[Segment] = []
    room = most
    for segment in segments:
        if len(segment.text) > room:
            head = segment.text[:room]
            if not segment.text[room : room + 1].isspace():
                head = head.rsplit(None, 1)[0] if " " in head.strip() else ""
            kept.append(replace(segment, text=head.rstrip() + "…"))
            break
        kept.append(segment)
        room -= len(segment.text)
    return kept


def find_shared_picture(*, token: str, address: str) -> Prediction:
    """The prediction whose poster a link shows.

    Raises:
        TooMany: The address has asked too often.
        NotFound: `share_gone`: the link opens nothing, or its owner does not show the poster.
    """
    link, prediction = _find_shared(token, address)
    if not link.show_poster:
        raise NotFound(_("This link shows no poster."), code="share_gone")
    return prediction
