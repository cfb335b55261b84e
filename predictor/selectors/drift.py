"""How far what a version says week by week has moved from what it said of its test films.

The cost does not grow with the site: of each week a sample of fixed size is drawn, by an index that holds all it
needs to choose, and a week that is over is worked out once and kept.
"""

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from genresite.errors import Forbidden
from predictor.ml.drift import Drift, compare_counts, count_said
from predictor.ml.reliability import TENTHS, find_tenth
from predictor.models import ModelVersion, Prediction, PredictionPart
from predictor.selectors.reports import pick_measurements

if TYPE_CHECKING:
    from genresite.accounts.models import User

WEEKS = 8
# Over 28 genres the noise of so many films is about 0.02, a fifth of the lowest limit.
SAMPLE_FILMS = 1_000
MOVED_GENRES = 3
WEEK_KEPT_SECONDS, NOW_KEPT_SECONDS = 24 * 3600, 300


@dataclass
class WeekCounts:
    """What a version said in a week: `films` in all, the other counts from those drawn."""

    films: int = 0
    drawn: int = 0
    unsure: int = 0
    first: float = 0.0
    genres: dict[str, int] = field(default_factory=dict)
    tenths: list[int] = field(default_factory=lambda: [0] * TENTHS)


@dataclass(frozen=True)
class Moved:
    """A genre's share of all genres said, in the test films and in a week; both in [0, 1]."""

    name: str
    expected: float
    observed: float


@dataclass(frozen=True)
class WeekDrift:
    """A week beside the test films; None for what the version's measurements do not tell."""

    start: date
    counts: WeekCounts
    genres: Drift | None
    confidence: Drift | None
    moved: list[Moved]

    @property
    def unsure_share(self) -> float | None:
        """The share of films that the version was unsure about."""
        return self.counts.unsure / self.counts.drawn if self.counts.drawn else None

    @property
    def mean_first(self) -> float | None:
        """Mean probability of the first guess; of test films it is about how often that guess is right."""
        return self.counts.first / self.counts.drawn if self.counts.drawn else None


@dataclass(frozen=True)
class DriftReport:
    """The weeks of a version, the latest last, and what they are compared with."""

    version: ModelVersion
    split: str
    films: int
    hit_at_1: float | None
    weeks: list[WeekDrift]


def read_drift(*, user: "User", version: ModelVersion, weeks: int = WEEKS) -> DriftReport:
    """What a version says week by week, beside what it said of its test films.

    Args:
        user: Who looks; it is everybody's predictions that are counted.
        version: The version.
        weeks: How many, the present one included.

    Returns:
        The report.

    Raises:
        Forbidden: The person is no reviewer.
    """
    if not user.is_reviewer:
        raise Forbidden(_("Only reviewers see what the models say of everybody's films."))
    split, measured = pick_measurements(version)
    said = count_said(measured.get("per_genre", {}))
    tenths = [row[0] for row in measured.get("reliability", {}).get("all", [])]
    this_week = _start_of_week(timezone.localtime())
    starts = [this_week - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]
    rows = [_compare(start.date(), _read_week(version, start), said, tenths, len(version.genres)) for start in starts]
    return DriftReport(version, split, measured.get("films", 0), measured.get("hit_at_1"), rows)


def _start_of_week(moment: datetime) -> datetime:
    """The Monday's midnight before a moment, in its zone."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=moment.weekday())


def _compare(
    start: date, counts: WeekCounts, said: dict[str, float], tenths: list[int], genres_known: int
) -> WeekDrift:
    names = sorted(set(said) | set(counts.genres))
    genres = moved = None
    if any(said.values()):
        expected, observed = ([table.get(name, 0) for name in names] for table in (said, counts.genres))
        genres, moved = compare_counts(expected, observed), _find_moved(names, expected, observed)
    confidence = None
    if len(tenths) == TENTHS:
        # The percentages of one film hang together: so many films, not so many percentages, were seen.
        share = 1 / max(genres_known, 1)
        confidence = compare_counts([share * count for count in tenths], [share * count for count in counts.tenths])
    return WeekDrift(start, counts, genres, confidence, moved or [])


def _find_moved(names: list[str], expected: list[float], observed: list[float]) -> list[Moved]:
    """The genres whose share changed most; none for a week that nothing was said in."""
    if not sum(observed):
        return []
    rows = [
        Moved(name, before / sum(expected), now / sum(observed))
        for name, before, now in zip(names, expected, observed, strict=True)
    ]
    return sorted(rows, key=lambda row: -abs(row.observed - row.expected))[:MOVED_GENRES]


def _read_week(version: ModelVersion, start: datetime) -> WeekCounts:
    """The counts of a week, kept for a day once it is over."""
    key = f"drift:{version.pk}:{version.manifest_sha256[:12]}:{start.date().isoformat()}"
    kept = cache.get(key)
    if kept is not None:
        return WeekCounts(**kept)
    counts = _count_week(_answers_between(version, start, start + timedelta(weeks=1)))
    over = start + timedelta(weeks=1) < timezone.now()
    cache.set(key, asdict(counts), WEEK_KEPT_SECONDS if over else NOW_KEPT_SECONDS)
    return counts


def _answers_between(version: ModelVersion, start: datetime, end: datetime) -> "QuerySet[PredictionPart]":
    """A version's answers of a time, told by the first numbers after its two ends: numbers rise with time."""
    answers = PredictionPart.objects.filter(version=version).order_by()
    first, after = (_first_since(moment) for moment in (start, end))
    if first is None:
        return answers.none()
    answers = answers.filter(prediction_id__gte=first)
    return answers if after is None else answers.filter(prediction_id__lt=after)


def _first_since(moment: datetime) -> int | None:
    since = Prediction.objects.filter(created_at__gte=moment)
    return since.order_by("created_at").values_list("pk", flat=True).first()


def _count_week(answers: "QuerySet[PredictionPart]") -> WeekCounts:
    counts = WeekCounts(films=answers.count())
    # A prime stride: one that shares a factor with a pattern in the numbers (every second film, say) would miss films.
    stride = _next_prime(-(-counts.films // SAMPLE_FILMS)) if counts.films > SAMPLE_FILMS else 1
    drawn = answers.annotate(place=F("prediction_id") % stride).filter(place=0)
    genres: Counter[str] = Counter()
    rows: Any = drawn.values_list("scores", "decided", "unsure")[: 2 * SAMPLE_FILMS]
    for scores, decided, unsure in rows:
        counts.drawn += 1
        counts.unsure += unsure
        counts.first += max(scores.values(), default=0.0)
        genres.update(decided)
        for probability in scores.values():
            counts.tenths[find_tenth(probability)] += 1
    counts.genres = dict(genres)
    return counts


def _next_prime(number: int) -> int:
    """The smallest prime at or over a number of at least 2."""
    while any(number % divisor == 0 for divisor in range(2, int(number**0.5) + 1)):
        number += 1
    return number
