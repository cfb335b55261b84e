"""Figures of the whole catalogue for the desk and the review queue. They read every row, and change slowly."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import Case, Count, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from genresite.kept import forget_kept, read_kept
from movies.models import Genre, GenreLabel, Movie

SCOPE: Final = "catalogue"
KEPT_SECONDS: Final = 600
WEEKS: Final = 12


class GenreCount(NamedTuple):
    """How many films have a genre."""

    name: str
    slug: str
    films: int


class Growth(NamedTuple):
    """The films now, and how many were added in each of the last weeks, which end at `ends`."""

    films: int
    ends: list[datetime]
    added: list[int]


def count_films_by_genre() -> list[GenreCount]:
    """How many films have each genre, those of none included; at most ten minutes old.

    Returns:
        Every genre by name.
    """
    rows = read_kept(scope=SCOPE, name="genres", seconds=KEPT_SECONDS, count=_count_by_genre)
    return [GenreCount(*row) for row in rows]


def count_films_by_week() -> Growth:
    """How many films there are, and how many came in each of the last twelve weeks; at most ten minutes old.

    Returns:
        The growth; the present week is the last.
    """
    return Growth(*read_kept(scope=SCOPE, name="weeks", seconds=KEPT_SECONDS, count=_count_by_week))


def forget_figures() -> None:
    """Have them counted anew: films or their genres have changed."""
    forget_kept(SCOPE)


def list_weeks() -> list[datetime]:
    """The ends of the last twelve weeks, the present one last."""
    now = timezone.now()
    return [now - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def find_week(moment: datetime, ends: list[datetime]) -> int:
    """The first week that ends at or after the moment; the present one for clocks that run ahead."""
    return next((place for place, end in enumerate(ends) if moment <= end), len(ends) - 1)


def _count_by_genre() -> list[tuple[str, str, int]]:
    # One count per genre, each by the index of a genre's labels: a join would sort every label of the catalogue first.
    labels = GenreLabel.objects.filter(genre=OuterRef("pk")).order_by().values("genre")
    films = Subquery(labels.annotate(films=Count("*")).values("films"), output_field=IntegerField())
    counted = Genre.objects.annotate(films=Coalesce(films, 0)).order_by("name")
    return list(counted.values_list("name", "slug", "films"))


def _count_by_week() -> tuple[int, list[datetime], list[int]]:
    ends = list_weeks()
    # From the latest on: an import brings many films of one day, and each is compared until its week is found.
    whens = [When(created_at__gt=end, then=Value(place)) for place, end in enumerate(ends[:-1], start=1)][::-1]
    whens.append(When(created_at__gt=ends[0] - timedelta(weeks=1), then=Value(0)))
    place = Case(*whens, default=Value(-1), output_field=IntegerField())
    counted = dict(Movie.objects.order_by().values_list(place).annotate(films=Count("pk")))
    return sum(counted.values()), ends, [counted.get(week, 0) for week in range(WEEKS)]
