"""What the home page shows somebody who is signed in: own work, what waits, the data set, the models."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from genresite.accounts.models import User
from genresite.charts import Bar, Chart, Series, draw_bars, draw_lines, show_count, show_percent
from movies.models import GenreLabel, Movie
from predictor.models import Feedback, Kind, ModelVersion, Prediction
from predictor.selectors.reports import pick_measurements

RECENT_COUNT = 6
WEEKS = 12
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
        return "–" if self.ece is None else f"{self.ece * 100:.1f}"


@dataclass(frozen=True)
class Desk:
    """Everything that the home page shows somebody who is signed in."""

    recent: list[Prediction]
    prediction_count: int
    waiting_count: int
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

    Args:
        user: Whose desk it is. Counts of corrections are of what this person may see.

    Returns:
        The desk.
    """
    own = Prediction.objects.filter(owner=user)
    film_count = Movie.objects.count()
    weeks = _last_weeks()
    return Desk(
        recent=list(own.prefetch_related("decided_genres__genre", "feedback")[:RECENT_COUNT]),
        prediction_count=own.count(),
        waiting_count=Feedback.objects.visible_to(user).awaiting_review().count(),
        film_count=film_count,
        models=_read_health(),
        mix=_draw_mix(),
        growth=_draw_growth(weeks, film_count),
        agreement=_draw_agreement(user, weeks),
    )


def _last_weeks() -> list[datetime]:
    """The ends of the last twelve weeks, the present one last."""
    now = timezone.now()
    return [now - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def _name_week(end: datetime) -> str:
    return date_format(timezone.localtime(end), "j M")


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
    counted = GenreLabel.objects.values_list("genre__name", "genre__slug")
    rows = list(counted.annotate(films=Count("movie", distinct=True)).order_by("-films", "genre__name"))
    bars = [Bar(name, films, show_count(films), slug) for name, slug, films in rows[:GENRES_SHOWN]]
    words = ""
    if bars:
        words = _("Films of the catalogue by genre; %(genre)s leads with %(films)s. A film may have several.") % {
            "genre": bars[0].label, "films": bars[0].shown,
        }  # fmt: skip
    return draw_bars(_("Genre mix of the catalogue"), words, bars, header=(_("Genre"), _("Films")), slug="mix")


def _draw_growth(weeks: list[datetime], film_count: int) -> Chart:
    """Films in the catalogue at the end of each of the last weeks."""
    start = weeks[0] - timedelta(weeks=1)
    added = [0] * WEEKS
    for made in Movie.objects.filter(created_at__gt=start).values_list("created_at", flat=True).iterator():
        added[_find_week(made, weeks)] += 1
    before = film_count - sum(added)
    totals = [before + count for count in accumulate(added)]
    words = ngettext(
        "%(films)s film now, %(added)s of it added in twelve weeks.",
        "%(films)s films now, %(added)s of them added in twelve weeks.",
        film_count,
    ) % {"films": show_count(film_count), "added": show_count(sum(added))}
    return draw_lines(
        _("Growth of the data set"), words, [_name_week(end) for end in weeks], [Series(_("Films"), totals)],
        place_head=_("Week to"), show=show_count, slug="growth",
    )  # fmt: skip


def _find_week(moment: datetime, weeks: list[datetime]) -> int:
    """The first week that ends at or after the moment; the present one for clocks that run ahead."""
    return next((place for place, end in enumerate(weeks) if moment <= end), WEEKS - 1)


def _draw_agreement(user: User, weeks: list[datetime]) -> Chart:
    """How far what the models decided and what people said are the same, week by week."""
    said = Feedback.objects.visible_to(user).exclude(state=Feedback.State.REJECTED)
    said = said.filter(created_at__gt=weeks[0] - timedelta(weeks=1)).order_by()
    right, decided, made = defaultdict(set), defaultdict(set), {}
    for pk, moment, genre in said.values_list("pk", "created_at", "genres"):
        made[pk] = moment
        right[pk].add(genre)
    for pk, genre in said.values_list("pk", "prediction__decided_genres__genre"):
        decided[pk].add(genre)
    shares: list[list[float]] = [[] for _week in weeks]
    for pk, moment in made.items():
        people, machine = right[pk] - {None}, decided[pk] - {None}
        union = people | machine
        shares[_find_week(moment, weeks)].append(len(people & machine) / len(union) if union else 1.0)
    means = [sum(week) / len(week) if week else None for week in shares]
    count = len(made)
    words = ngettext(
        "Genres that the models and a person both named, out of all that either named: %(count)s correction.",
        "Genres that the models and a person both named, out of all that either named: %(count)s corrections.",
        count,
    ) % {"count": show_count(count)}
    return draw_lines(
        _("Agreement with corrections"), words, [_name_week(end) for end in weeks], [Series(_("Agreement"), means)],
        place_head=_("Week to"), show=show_percent, top=1.0, slug="agreement",
    )  # fmt: skip
