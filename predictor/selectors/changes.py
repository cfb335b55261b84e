"""Reads that set two model versions side by side: figures, genres, predictions that flipped, corrections.

Every read is bounded, however many predictions the site holds: flips are looked for among the newest answers, and
earlier corrections among the newest accepted ones; the page says so.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext as _

from genresite.errors import InvalidInput, NotFound
from movies.vocabulary import genre_slug
from predictor.ml.report import pick_measure
from predictor.models import Feedback, Kind, ModelVersion, VersionAnswer
from predictor.selectors.reports import pick_measurements
from predictor.services.reruns import HISTORY, SCOPES, waiting_predictions
from predictor.services.versions import may_answer

if TYPE_CHECKING:
    from genresite.accounts.models import User

FLIPS_A_PAGE = 20
# Beyond these, a read would grow with the site: each row costs a look-up in the index of the other version's answers.
NEWEST_ANSWERS = 20_000
NEWEST_CORRECTIONS = 5_000
LISTED_CORRECTIONS = 10

Interval = list[float] | None


@dataclass(frozen=True)
class Change:
    """A figure of two versions; `slug` and `support` for a genre's F1 only."""

    name: str
    before: float | None
    after: float | None
    before_interval: Interval = None
    after_interval: Interval = None
    support: int | None = None
    slug: str = ""
    lower_is_better: bool = False

    @property
    def difference(self) -> float | None:
        """After less before; None unless both are known."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def verdict(self) -> str:
        """`better` or `worse` where the two intervals do not touch, else empty: the difference may be luck."""
        first, second = self.before_interval, self.after_interval
        if not first or not second or (first[0] <= second[1] and second[0] <= first[1]):
            return ""
        return "better" if (second[0] > first[1]) is not self.lower_is_better else "worse"


@dataclass(frozen=True)
class Flip:
    """A prediction for which the two versions decide for other genres."""

    before: VersionAnswer
    after: VersionAnswer

    @property
    def gained(self) -> list[str]:
        """Genres that only the later version decides for."""
        return [name for name in self.after.genres if name not in self.before.genres]

    @property
    def lost(self) -> list[str]:
        """Genres that only the earlier version decides for."""
        return [name for name in self.before.genres if name not in self.after.genres]


@dataclass(frozen=True)
class Corrections:
    """How a version does on predictions that people corrected."""

    version: ModelVersion
    asked: frozenset[int]
    exact: frozenset[int]
    f1: float | None

    @property
    def answered(self) -> int:
        """On how many of them the version was asked."""
        return len(self.asked)

    @property
    def exact_share(self) -> float | None:
        """The share of corrections that it gives exactly, in [0, 1]."""
        return len(self.exact) / self.answered if self.answered else None


@dataclass(frozen=True)
class Comparison:
    """Two versions of one kind, side by side."""

    before: ModelVersion
    after: ModelVersion
    figures: list[Change]
    genres: list[Change]
    same_films: bool
    compared: int
    flips: "Page[VersionAnswer]"
    flip_rows: list[Flip]
    corrections: list[Corrections]
    now_right: list[Feedback]
    now_wrong: list[Feedback]

    @property
    def flipped(self) -> int:
        """How many of the compared predictions flipped."""
        return self.flips.paginator.count


def find_pair(before: str = "", after: str = "") -> tuple[ModelVersion, ModelVersion] | None:
    """The two versions to compare: as named, else the active one and the newest beside it.

    Args:
        before: Name of the earlier version, or blank.
        after: Name of the later one, or blank.

    Returns:
        Both, of one kind; None where nothing is named and no kind has two versions.

    Raises:
        NotFound: There is no version of a name.
        InvalidInput: The two are of different kinds, or the same.
    """
    first, second = (_find(name) if name else None for name in (before, after))
    named = first or second
    if named is not None:
        first = first or _pick_other(named)
        second = second or _pick_other(named)
        if first is None or second is None:
            raise InvalidInput(_("There is no other version of its kind to compare %(name)s with.") % {"name": named})
    else:
        for kind in Kind.values:
            newest = ModelVersion.objects.filter(kind=kind).order_by("-created_at", "-pk")
            second = next(filter(may_answer, newest), None)
            first = _pick_other(second) if second else None
            if first is not None:
                break
    if first is None or second is None:
        return None
    if first.kind != second.kind or first.pk == second.pk:
        raise InvalidInput(
            _("Compare two different versions that read the same: %(first)s reads %(one)s, %(second)s %(two)s.")
            % {"first": first, "second": second, "one": first.get_kind_display(), "two": second.get_kind_display()},
            code="versions_not_comparable",
        )
    return first, second


def _find(name: str) -> ModelVersion:
    version = ModelVersion.objects.filter(name=name).first()
    if version is None:
        raise NotFound(_("There is no model version %(name)s.") % {"name": name}, code="version_unknown")
    return version


def _pick_other(version: ModelVersion) -> ModelVersion | None:
    """The version to set beside this one: the active one of its kind, else the newest other."""
    others = ModelVersion.objects.filter(kind=version.kind).exclude(pk=version.pk)
    active = others.active().first()  # type: ignore[attr-defined]
    return active or next(filter(may_answer, others.order_by("-created_at", "-pk")), None)


def read_comparison(*, user: "User", before: ModelVersion, after: ModelVersion, page: Any = 1) -> Comparison:
    """Everything that two versions of one kind differ in, as far as the person may see it.

    Args:
        user: Who looks: flips and corrections are of their own predictions, for reviewers of everybody's.
        before: The earlier version.
        after: The later one.
        page: Which page of the flips.

    Returns:
        The comparison.
    """
    measured = [pick_measurements(version)[1] for version in (before, after)]
    pairs = _pair_answers(user, before, after)
    flips = Paginator(pairs.exclude(decided=F("was")).order_by("-prediction_id"), FLIPS_A_PAGE).get_page(page)
    corrections = [read_corrections(user=user, version=version) for version in (before, after)]
    both = corrections[0].asked & corrections[1].asked
    gone, come = (both & corrections[one].exact - corrections[1 - one].exact for one in (0, 1))
    return Comparison(
        before=before,
        after=after,
        figures=compare_figures(*measured),
        genres=compare_genres(*measured),
        same_films=_same_films(*measured),
        compared=pairs.count(),
        flips=flips,
        flip_rows=_list_flips(before, flips),
        corrections=corrections,
        now_right=_list_corrections(come),
        now_wrong=_list_corrections(gone),
    )


def compare_figures(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """The headline figures of two versions' measurements, with their 95 % intervals."""
    names = {
        "micro": _("Micro-F1"),
        "macro_supported": _("Macro-F1 (genres with 20 films or more)"),
        "map_supported": _("Mean average precision (the same genres)"),
        "hit_at_1": _("First guess right"),
        "ece": _("Calibration error (lower is better)"),
    }
    ends = [measured.get("interval_95", {}) for measured in (before, after)]
    return [
        Change(
            label,
            pick_measure(before, key),
            pick_measure(after, key),
            ends[0].get(key),
            ends[1].get(key),
            lower_is_better=key == "ece",
        )
        for key, label in names.items()
    ]


def compare_genres(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """F1 genre by genre, the largest gain first; genres that no version was measured on come last."""
    tables = [measured.get("per_genre", {}) for measured in (before, after)]
    rows = []
    for name in sorted(set(tables[0]) | set(tables[1])):
        first, second = (table.get(name, {}) for table in tables)
        rows.append(
            Change(
                name,
                first.get("f1"),
                second.get("f1"),
                first.get("interval_95", {}).get("f1"),
                second.get("interval_95", {}).get("f1"),
                second.get("support", first.get("support")),
                genre_slug(name),
            )
        )
    return sorted(rows, key=lambda row: (row.difference is None, not row.support, -(row.difference or 0.0), row.name))


def _same_films(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether both were measured on as many films of each genre, which other test films hardly have."""
    supports = [
        {name: row.get("support") for name, row in measured.get("per_genre", {}).items()}
        for measured in (before, after)
    ]
    return before.get("films") == after.get("films") and supports[0] == supports[1]


def _pair_answers(user: "User", before: ModelVersion, after: ModelVersion) -> "QuerySet[VersionAnswer]":
    """The newest answers of the later version with, as `was`, what the earlier one decided."""
    answers = VersionAnswer.objects.visible_to(user).filter(version=after)
    newest = answers.order_by("-prediction_id").values_list("prediction_id", flat=True)
    floor = newest[NEWEST_ANSWERS : NEWEST_ANSWERS + 1].first() or 0
    earlier = VersionAnswer.objects.filter(version=before, prediction=OuterRef("prediction_id"))
    return (
        answers.filter(prediction_id__gt=floor)
        .annotate(was=Subquery(earlier.values("decided")[:1]))
        .filter(was__isnull=False)
        .order_by()
    )


def _list_flips(before: ModelVersion, flips: "Page[VersionAnswer]") -> list[Flip]:
    """The answers of a page, each beside the earlier version's, in two queries."""
    shown: Any = flips.object_list
    later = list(shown.select_related("prediction__movie"))
    wanted = [answer.prediction_id for answer in later]
    earlier = {
        answer.prediction_id: answer for answer in VersionAnswer.objects.filter(version=before, prediction__in=wanted)
    }
    return [Flip(earlier[answer.prediction_id], answer) for answer in later]


def read_corrections(*, user: "User", version: ModelVersion) -> Corrections:
    """How a version does on the newest accepted corrections that the person may see.

    Args:
        user: Who looks.
        version: The version; only what it was asked about counts.

    Returns:
        The number answered, which it gives exactly, and the F1 over all their genres.
    """
    accepted = Feedback.objects.visible_to(user).filter(state=Feedback.State.ACCEPTED)
    newest = accepted.order_by("-pk").values_list("pk", flat=True)
    floor = newest[NEWEST_CORRECTIONS : NEWEST_CORRECTIONS + 1].first() or 0
    decided = F("prediction__version_answers__decided")
    place = StrIndex(decided, Concat(Value("|"), F("genres__name"), Value("|")))
    rows = list(
        accepted.filter(pk__gt=floor, prediction__version_answers__version=version)
        .order_by()
        .values_list("pk", "prediction__version_answers__decided_count")
        .annotate(wanted=Count("genres"), hits=Count("genres", filter=Q(GreaterThan(place, 0))))
    )
    exact = frozenset(pk for pk, said, wanted, hits in rows if said == wanted == hits)
    total = sum(said + wanted for _pk, said, wanted, _hits in rows)
    f1 = 2 * sum(row[3] for row in rows) / total if total else None
    return Corrections(version, frozenset(row[0] for row in rows), exact, f1)


def _list_corrections(chosen: frozenset[int]) -> list[Feedback]:
    """The newest few of the chosen corrections."""
    newest = sorted(chosen)[-LISTED_CORRECTIONS:]
    found = Feedback.objects.filter(pk__in=newest).select_related("prediction__movie").prefetch_related("genres")
    return list(found.order_by("-pk"))


@dataclass(frozen=True)
class ComparePage:
    """The comparison, if there is anything to compare, and what can be chosen; `waiting` by the scope of a re-run."""

    versions: list[ModelVersion]
    comparison: Comparison | None
    waiting: dict[str, int]


def read_compare_page(*, user: "User", before: str = "", after: str = "", page: Any = 1) -> ComparePage:
    """The page that compares two versions; see `find_pair` for what is compared by default.

    Args:
        user: Who looks.
        before: Name of the earlier version, or blank.
        after: Name of the later one, or blank.
        page: Which page of the flips.

    Returns:
        The page's content.

    Raises:
        NotFound: There is no version of a name.
        InvalidInput: The two cannot be compared.
    """
    versions = [
        version for version in ModelVersion.objects.order_by("kind", "-created_at", "-pk") if may_answer(version)
    ]
    pair = find_pair(before, after)
    if pair is None:
        return ComparePage(versions, None, {})
    comparison = read_comparison(user=user, before=pair[0], after=pair[1], page=page)
    return ComparePage(versions, comparison, count_waiting(user=user, version=pair[1]))


def count_waiting(*, user: "User", version: ModelVersion) -> dict[str, int]:
    """About how many predictions a version was not asked about yet, by scope; counted up to `NEWEST_ANSWERS`."""
    scopes = SCOPES if user.is_reviewer else (HISTORY,)
    return {
        scope: waiting_predictions(version=version, owner=user, scope=scope).order_by()[:NEWEST_ANSWERS].count()
        for scope in scopes
    }
