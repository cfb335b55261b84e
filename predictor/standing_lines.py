"""A standing in plain sentences: how far a genre is from being named, and what stands in its way."""

import math
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from genresite.figures import show_figure
from movies.genre_names import show_genre
from predictor.ml.calibration import logit
from predictor.ml.heat_maps import Spot
from predictor.models import Kind
from predictor.selectors.scores import BarRow
from predictor.services.standings import Reading, Standing

# Odds that change more than this are shown as this: nobody can picture the difference.
LARGEST_FACTOR = 99.0


def show_odds(weight: float) -> str:
    """How many times odds change by a weight of either sign, as people read it."""
    value = math.exp(min(abs(weight), math.log(LARGEST_FACTOR)))
    return show_figure(value, 0 if value >= 10 else 1)


def show_percent(probability: float) -> str:
    """As the bars show it."""
    return BarRow("", probability).percent


def _keep_together(text: str) -> str:
    """The same, with no line ending between a number and its sign."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def tell_spot_against(spot: Spot | None, genre: str) -> str:
    """Where a poster speaks most against a genre, and by how much."""
    if spot is None:
        return _("No part of it speaks against %(genre)s noticeably.") % {"genre": show_genre(genre)}
    places = (
        (_("at the top left"), _("at the top"), _("at the top right")),
        (_("on the left"), _("in the middle"), _("on the right")),
        (_("at the bottom left"), _("at the bottom"), _("at the bottom right")),
    )
    words = {"genre": show_genre(genre), "place": places[spot.row][spot.column], "factor": show_odds(spot.weight)}
    said = _("What speaks most against %(genre)s is %(place)s: with it covered the odds are %(factor)s times as high.")
    return said % words


@dataclass(frozen=True)
class StandingLines:
    """The sentences about one standing."""

    standing: Standing

    @property
    def headline(self) -> str:
        """Whether the genre is named, how likely it was found, and how far that is from the threshold."""
        whole = self.standing.whole
        words = {"genre": show_genre(self.standing.genre), "figures": _tell_figures(whole)}
        said = _("%(genre)s is named: %(figures)s.") if whole.decided else _("%(genre)s is not named: %(figures)s.")
        return said % words

    @property
    def distance(self) -> str:
        """How far it is over its threshold, or short of it."""
        whole = self.standing.whole
        if whole.threshold is None:
            return _("This model names the likeliest genre alone.")
        points = abs(round(whole.probability * 100) - round(whole.threshold * 100))
        if not points:
            return _("That is just over it.") if whole.decided else _("That is just short of it.")
        if whole.decided:
            said = ngettext(
                "It is %(points)d percentage point over.", "It is %(points)d percentage points over.", points
            )
            return said % {"points": points}
        said = ngettext(
            "It is %(points)d percentage point short; its odds would have to be %(factor)s times as high.",
            "It is %(points)d percentage points short; its odds would have to be %(factor)s times as high.",
            points,
        )
        return said % {"points": points, "factor": show_odds(float(logit(whole.threshold) - logit(whole.probability)))}

    @property
    def sides(self) -> str:
        """What the plot alone says against what the poster alone says; empty where only one of them was read."""
        parts = {part.kind: part for part in self.standing.parts}
        if len(parts) < 2:
            return ""
        plot, poster = parts[Kind.PLOT.value], parts[Kind.POSTER.value]
        said = {
            (True, True): _("By itself the plot reads as %(genre)s (%(plot)s), and so does the poster (%(poster)s)."),
            (True, False): _("By itself the plot reads as %(genre)s (%(plot)s), the poster does not (%(poster)s)."),
            (False, True): _("By itself the poster reads as %(genre)s (%(poster)s), the plot does not (%(plot)s)."),
            (False, False): _("By itself neither the plot (%(plot)s) nor the poster (%(poster)s) reads as %(genre)s."),
        }[plot.decided, poster.decided]
        return said % {
            "genre": show_genre(self.standing.genre), "plot": _tell_figures(plot), "poster": _tell_figures(poster),
        }  # fmt: skip

    @property
    def competition(self) -> str:
        """Which other genre that was named competes most."""
        rival = self.standing.rival
        if rival is None:
            return _("No other genre is named.")
        words = {"genre": show_genre(rival.genre), "percent": show_percent(rival.probability)}
        return _keep_together(_("Of the other genres named, %(genre)s is the likeliest (%(percent)s %%).") % words)


def _tell_figures(reading: Reading) -> str:
    percent = show_percent(reading.probability)
    if reading.threshold is None:
        return _keep_together(_("%(percent)s %%") % {"percent": percent})
    words = {"percent": percent, "threshold": show_percent(reading.threshold)}
    return _keep_together(_("%(percent)s %% against a threshold of %(threshold)s %%") % words)
