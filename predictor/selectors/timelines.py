"""The page of model versions over time: their figures with intervals, and for reviewers the drift of one of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from genresite.charts import Chart
from genresite.errors import NotFound
from predictor.ml.report import pick_measure
from predictor.models import Kind, ModelVersion
from predictor.selectors.drift import DriftReport, read_drift
from predictor.selectors.reports import pick_measurements
from predictor.services.versions import may_answer
from predictor.version_charts import Point, draw_drift, draw_intervals

if TYPE_CHECKING:
    from genresite.accounts.models import User

# More lines than this are no picture any more; the table of versions has them all.
NEWEST_VERSIONS = 20


@dataclass(frozen=True)
class Timeline:
    """The versions of a kind, oldest first, and the charts of their figures."""

    kind: str
    label: str
    versions: list[ModelVersion]
    charts: list[Chart]


@dataclass(frozen=True)
class ChangesPage:
    """Everything that the page shows; `drift` for reviewers only."""

    timelines: list[Timeline]
    versions: list[ModelVersion]
    drift: DriftReport | None
    drift_charts: list[Chart]


def read_changes_page(*, user: "User", version: str = "") -> ChangesPage:
    """The versions over time and, for reviewers, how what one of them says has moved.

    Args:
        user: Who looks.
        version: Name of the version whose drift is shown; blank for the active one.

    Returns:
        The page's content.

    Raises:
        NotFound: There is no such version.
    """
    versions = [version for version in ModelVersion.objects.order_by("created_at", "pk") if may_answer(version)]
    chosen = pick_version(versions, version) if user.is_reviewer else None
    drift = read_drift(user=user, version=chosen) if chosen else None
    timelines = [_read_timeline(kind, str(label), versions) for kind, label in Kind.choices]
    return ChangesPage(
        timelines=[timeline for timeline in timelines if timeline.versions],
        versions=versions,
        drift=drift,
        drift_charts=draw_drift(drift) if drift else [],
    )


def pick_version(versions: list[ModelVersion], name: str = "") -> ModelVersion | None:
    """A version by its name; without one the first active version in the order plot, poster, both.

    Raises:
        NotFound: There is no version of this name.
    """
    if name:
        found = next((version for version in versions if version.name == name), None)
        if found is None:
            raise NotFound(_("There is no model version %(name)s.") % {"name": name}, code="version_unknown")
        return found
    active = [version for version in versions if version.state == ModelVersion.State.ACTIVE]
    return min(active, key=lambda version: Kind.values.index(version.kind), default=None)


def _read_timeline(kind: str, label: str, versions: list[ModelVersion]) -> Timeline:
    """The newest versions of a kind whose quality was measured."""
    measured = [version for version in versions if version.kind == kind and pick_measurements(version)[0]]
    shown = measured[-NEWEST_VERSIONS:]
    titles = {"micro": _("Micro-F1"), "macro_supported": _("Macro-F1 (genres with 20 films or more)")}
    charts = []
    for key, title in titles.items():
        points = []
        for version in shown:
            figures = pick_measurements(version)[1]
            value = pick_measure(figures, key)
            if value is not None:
                points.append(Point(version.name, value, figures.get("interval_95", {}).get(key)))
        words = _("Oldest version at the top. The line is the 95 % interval: where two overlap, it may be luck.")
        charts.append(draw_intervals(title, words, points, head=title, slug=f"{kind}-{key.replace('_', '-')}"))
    return Timeline(kind, label, shown, charts)
