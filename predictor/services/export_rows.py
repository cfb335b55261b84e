"""What stands in each export: which rows a person gets, and what a row says."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from genresite.errors import Forbidden, InvalidInput
from movies.filters import MovieFilter
from movies.models import Movie
from predictor.filters import FeedbackFilter, PredictionFilter
from predictor.models import Export
from predictor.services import export_history

if TYPE_CHECKING:
    from genresite.accounts.models import User

Row = dict[str, Any]
FILM_COLUMNS: Final = (
    "title", "year", "kind", "imdb_id", "tmdb_id", "genres", "plot", "language", "plot_source", "licence", "may_train",
)  # fmt: skip
_READ_AT_ONCE: Final = 500
_SUBJECTS: Final = Export.Subject


@dataclass(frozen=True)
class Subject:
    """One kind of export.

    Attributes:
        columns: What a row has, in order.
        forms: In which forms it can be written.
        select: The rows of a person, the newest last, with all that they show.
        filter_class: How they are narrowed, as on the page; None for not at all.
        describe: The rows that stand for one of them; a film with two plots is two.
        reviewers_only: Whether it is for reviewers alone.
    """

    columns: tuple[str, ...]
    forms: tuple[str, ...]
    select: Callable[["User"], QuerySet[Any]]
    filter_class: Any
    describe: Callable[[Any], Iterator[Row]]
    reviewers_only: bool = False


def _select_films(_person: "User") -> QuerySet[Any]:
    return Movie.objects.prefetch_related("genres", "plots")


def _select_labelled(_person: "User") -> QuerySet[Any]:
    return Movie.objects.labelled().prefetch_related("genres", "plots", "labels__genre", "records")


def _describe_film(movie: Movie) -> Iterator[Row]:
    facts = {name: getattr(movie, name) for name in ("title", "year", "kind", "imdb_id", "tmdb_id")}
    facts["genres"] = sorted(genre.name for genre in movie.genres.all())
    # The oldest first, so that the newest is the newest again where the file is brought in.
    plots = sorted(movie.plots.all(), key=lambda plot: (plot.added_at, plot.pk))
    for plot in plots:
        told = {"plot": plot.text, "language": plot.language, "plot_source": plot.source, "licence": plot.licence}
        yield {**facts, **told, "may_train": plot.may_train}
    if not plots:
        yield {**facts, "plot": "", "language": "", "plot_source": "", "licence": "", "may_train": False}


def _describe_labelled(movie: Movie) -> Iterator[Row]:
    terms = {record.source: record for record in movie.records.all()}
    labels = []
    for label in movie.labels.all():
        record = terms.get(label.source)
        labels.append(
            {
                "genre": label.genre.name,
                "source": label.source,
                "licence": record.licence if record else "",
                "may_train": record.may_train if record else label.source == label.PERSON,
                "labelled_at": label.labelled_at.isoformat(),
            }
        )
    decided_at = movie.genres_decided_at.isoformat() if movie.genres_decided_at else None
    for row in _describe_film(movie):
        yield {**row, "genres_decided_at": decided_at, "labels": labels}


_LINES: Final = ("csv", "jsonl")
SUBJECTS: Final[Mapping[str, Subject]] = {
    _SUBJECTS.HISTORY: Subject(
        export_history.HISTORY_COLUMNS, _LINES, export_history.select_history, PredictionFilter,
        export_history.describe_prediction,
    ),
    _SUBJECTS.CORRECTIONS: Subject(
        export_history.CORRECTION_COLUMNS, _LINES, export_history.select_corrections, FeedbackFilter,
        export_history.describe_correction,
    ),
    _SUBJECTS.LABELLED: Subject(
        (*FILM_COLUMNS, "genres_decided_at", "labels"), (*_LINES, "imdb27", "parquet"), _select_labelled, None,
        _describe_labelled, reviewers_only=True,
    ),
    _SUBJECTS.CATALOGUE: Subject(
        FILM_COLUMNS, (*_LINES, "imdb27"), _select_films, MovieFilter, _describe_film, reviewers_only=True
    ),
}  # fmt: skip


def find_subject(name: str, form: str, person: "User") -> Subject:
    """A kind of export that a person may have in a form.

    Raises:
        InvalidInput: There is no such kind, or it is not written in this form.
        Forbidden: It is for reviewers.
    """
    subject = SUBJECTS.get(name)
    if subject is None:
        message = _("There is no export of %(name)s; there are: %(known)s.")
        known = ", ".join(_SUBJECTS.values)
        raise InvalidInput(message % {"name": name[:40], "known": known}, code="subject_unknown", field="subject")
    if subject.reviewers_only and not person.is_reviewer:
        raise Forbidden(_("Only reviewers take out the catalogue and its labels."))
    if form not in subject.forms:
        message = _("This export is written as %(known)s, not as %(form)s.")
        known = ", ".join(subject.forms)
        raise InvalidInput(message % {"known": known, "form": form[:40]}, code="form_unknown", field="form")
    return subject


def select_rows(subject: Subject, person: "User", filters: Mapping[str, Any]) -> QuerySet[Any]:
    """The rows of an export, in the order in which they were made.

    Raises:
        InvalidInput: A filter cannot be read.
    """
    rows = subject.select(person)
    if subject.filter_class is not None:
        filterset = subject.filter_class(dict(filters), queryset=rows)
        if not filterset.is_valid():
            field, problems = next(iter(filterset.errors.items()))
            raise InvalidInput(f"{field}: {problems[0]}", code="filter_invalid", field=field)
        rows = filterset.qs
    return rows.order_by("pk")


def read_rows(subject: Subject, rows: QuerySet[Any]) -> Iterator[Row]:
    """What the rows say, so many at a time that the memory stays flat and the queries few."""
    last = 0
    while page := list(rows.filter(pk__gt=last)[:_READ_AT_ONCE]):
        for item in page:
            yield from subject.describe(item)
        last = page[-1].pk
