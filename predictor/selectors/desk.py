"""What the home page shows somebody who is signed in: own work, what waits, the data set, the models."""

from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from genresite.accounts.models import User
from genresite.charts import Bar, Chart, Series, draw_bars, draw_lines, show_count, show_percent
from genresite.paging import Tally, count_some
from movies.figures import Growth, count_films_by_genre, count_films_by_week
from movies.genre_names import show_genre
from predictor.models import DecidedGenre, Feedback, Kind, ModelVersion, Prediction
from predictor.selectors.correction_agreement import read_correction_agreement
from predictor.selectors.reports import pick_measurements

RECENT_COUNT = 6
GENRES_SHOWN = 12


@dataclass(frozen=True)
class ModelHealth:
    """One active or broken version, with the figures that say most."""

    version: ModelVersion
    hit_at_3: float | None
    ece: float | None

    @property
    def hit_percent(self) -> str:
        """How often one of three named genres is right, in per cent."""
        return "–" if self.hit_at_3 is None else show_percent(self.hit_at_3)

    @property
    def ece_points(self) -> str:
        """The mean error of the percentages, in points."""
        return "–" if self.ece is None else number_format(self.ece * 100, 1)


@dataclass(frozen=True)
class Desk:
    """Everything that the home page shows somebody who is signed in."""

    recent: list[Prediction]
    prediction_count: Tally
    waiting_count: Tally
    film_count: int
    models: list[ModelHealth]
    mix: Chart
    growth: Chart
    agreement: Chart

    @property
    def broken(self) -> list[ModelHealth]:
        """Versions whose files are not what was registered."""
        return [health for health in self.models if health.version.state == ModelVersion.State.BROKEN]


def read_desk(user: User) -> Desk:
    """Read the home page of a person in a fixed number of queries.

    What is counted over the whole catalogue and over people's words is at most ten minutes old, but never older than
    what this person wrote.

    Args:
        user: Whose desk it is. Counts of corrections are of what this person may see.

    Returns:
        The desk.
    """
    own = Prediction.objects.filter(owner=user)
    shown = Prefetch("decided_genres", DecidedGenre.objects.select_related("genre"))
    growth = count_films_by_week()
    return Desk(
        recent=list(own.prefetch_related(shown, "feedback")[:RECENT_COUNT]),
        prediction_count=count_some(own),
        waiting_count=count_some(Feedback.objects.visible_to(user).awaiting_review()),
        film_count=growth.films,
        models=_read_health(),
        mix=_draw_mix(),
        growth=_draw_growth(growth),
        agreement=_draw_agreement(user, growth.ends),
    )


def _name_week(end: datetime) -> str:
    return date_format(timezone.localtime(end), "MONTH_DAY_FORMAT")


def _read_health() -> list[ModelHealth]:
    """The versions that answer, and the broken ones behind them, in the order of their kinds."""
    shown = [ModelVersion.State.ACTIVE, ModelVersion.State.BROKEN]
    versions = sorted(
        ModelVersion.objects.filter(state__in=shown),
        key=lambda one: (Kind.values.index(one.kind), shown.index(ModelVersion.State(one.state)), one.name),
    )
    measured = [pick_measurements(version)[1] for version in versions]
    return [
        ModelHealth(version, figures.get("hit_at_3"), figures.get("ece"))
        for version, figures in zip(versions, measured, strict=True)
    ]


def _draw_mix() -> Chart:
    """How many films have each genre, the frequent ones first."""
    counted = sorted((row for row in count_films_by_genre() if row.films), key=lambda row: (-row.films, row.name))
    bars = [Bar(show_genre(row.name), row.films, show_count(row.films), row.slug) for row in counted[:GENRES_SHOWN]]
    words = ""
    if bars:
        words = _("Films of the catalogue by genre; %(genre)s leads with %(films)s. A film may have several.") % {
            "genre": bars[0].label, "films": bars[0].shown,
        }  # fmt: skip
    return draw_bars(_("Genre mix of the catalogue"), words, bars, header=(_("Genre"), _("Films")), slug="mix")


def _draw_growth(growth: Growth) -> Chart:
    """Films in the catalogue at the end of each of the last weeks."""
    before = growth.films - sum(growth.added)
    totals = [before + count for count in accumulate(growth.added)]
    words = ngettext(
        "%(films)s film now, %(added)s of it added in twelve weeks.",
        "%(films)s films now, %(added)s of them added in twelve weeks.",
        growth.films,
    ) % {"films": show_count(growth.films), "added": show_count(sum(growth.added))}
    return draw_lines(
        _("Growth of the data set"), words, [_name_week(end) for end in growth.ends], [Series(_("Films"), totals)],
        place_head=_("Week to"), show=show_count, slug="growth",
    )  # fmt: skip


def _draw_agreement(user: User, weeks: list[datetime]) -> Chart:
    """How far what the models decided and what people said are the same, week by week."""
    count, means = read_correction_agreement(user)
    words = ngettext(
        "Genres that the models and a person both named, out of all that either named: %(count)s correction.",
        "Genres that the models and a person both named, out of all that either named: %(count)s corrections.",
        count,
    ) % {"count": show_count(count)}
    return draw_lines(
        _("Agreement with corrections"), words, [_name_week(end) for end in weeks], [Series(_("Agreement"), means)],
        place_head=_("Week to"), show=show_percent, top=1.0, slug="agreement",
    )  # fmt: skip
