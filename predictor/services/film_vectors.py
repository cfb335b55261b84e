"""Making the catalogue's films comparable, chunk by chunk: a vector for each that has a plot or a poster."""

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, Subquery
from django.db.models.functions import MD5, Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from genresite.errors import InvalidInput, Unavailable
from movies.models import Movie, Plot, Poster
from predictor import pipelines
from predictor.ml.similar import (
    LAYOUT,
    Query,
    WordRarity,
    direct_genres,
    pack_vector,
    project_words,
    read_genres,
    unpack_vectors,
)
from predictor.models import FilmVector, Job, Kind, ModelVersion
from predictor.pipelines import Film
from predictor.services.batches import read_film
from predictor.services.claimed_runs import run_claimed
from predictor.services.job_states import Claim, report_progress
from predictor.services.predictions import as_json

if TYPE_CHECKING:
    from movies.querysets import MovieQuerySet

# Large enough to fill the networks' batches, small enough for a heartbeat every few seconds.
CHUNK_FILMS = 32
WORDS_FILE = "word-rarity-1.npz"
# Who said it, and the probability by genre.
Said = tuple[ModelVersion, dict[str, float]]


@cache
def load_rarity() -> WordRarity:
    """How rare words are, as the site brings it along; read once per process."""
    return WordRarity.load(settings.BASE_DIR / "predictor" / "pretrained" / WORDS_FILE)


def active_versions() -> dict[str, ModelVersion]:
    """The versions that say what a film's genres are, by kind: one reads plots, one posters."""
    return {version.kind: version for version in ModelVersion.objects.active() if version.kind != Kind.BOTH}


def comparable_films(versions: dict[str, ModelVersion]) -> "MovieQuerySet":
    """Films of which something can be said, with the hash of what they show first as `content`.

    A film without a plot is compared by its poster, if there is a model for posters.
    """
    newest_plot = Plot.objects.filter(movie=OuterRef("pk")).order_by("-added_at", "-pk")
    newest_poster = Poster.objects.filter(movie=OuterRef("pk")).order_by("-added_at", "-pk")
    content: Any = MD5(Subquery(newest_plot.values("text")[:1]), output_field=CharField())
    if Kind.POSTER.value in versions:
        content = Coalesce(content, Subquery(newest_poster.values("sha256")[:1]))
    films: MovieQuerySet = Movie.objects.annotate(content=content).filter(content__isnull=False).order_by("pk")
    return films


def stale_films(versions: dict[str, ModelVersion]) -> "MovieQuerySet":
    """Comparable films without a vector, or whose vector is of another plot, poster, version or layout."""
    right = Q(version__in=[version.pk for version in versions.values()])
    if Kind.PLOT.value not in versions:
        right |= Q(version=None)
    made = FilmVector.objects.filter(right, movie=OuterRef("pk"), content=OuterRef("content"), layout=LAYOUT)
    return comparable_films(versions).filter(~Exists(made))


def run_vectors(*, job_id: int) -> Claim:
    """Do the work of a job that makes films comparable, unless another worker does or it is over.

    Args:
        job_id: The job's number.

    Returns:
        What came of the claim; `BUSY` means: look again later, for the other worker may be lost.
    """
    failure = _("Something went wrong on our side. What was made until then is kept.")
    return run_claimed(job_id=job_id, work=_make_stale, failure=failure)


def _make_stale(job: Job, attempt: int) -> None:
    """Make chunk after chunk. A job taken up again goes on with what is left, for each chunk is kept."""
    versions = active_versions()
    waiting = stale_films(versions)
    outcome: dict[str, Any] = {"made": 0, "skipped": 0, **job.outcome}
    done, last_pk = job.done, 0
    total = done + waiting.count()
    going_on = report_progress(job_id=job.pk, attempt=attempt, done=done, total=total, outcome=outcome)
    while going_on:
        films = list(waiting.filter(pk__gt=last_pk).prefetch_related("plots", "posters")[:CHUNK_FILMS])
        if not films:
            return
        last_pk = films[-1].pk
        made = make_vectors(films=films, versions=versions)
        outcome["made"] += made
        outcome["skipped"] += len(films) - made
        done += len(films)
        going_on = report_progress(job_id=job.pk, attempt=attempt, done=done, total=max(total, done), outcome=outcome)


def make_vectors(*, films: list[Movie], versions: dict[str, ModelVersion]) -> int:
    """Make and keep the vectors of some films. Said twice, it changes nothing but the time.

    Args:
        films: Films of `comparable_films`, with their plots and posters.
        versions: The versions to ask, by kind.

    Returns:
        How many films can be compared now; what cannot be read keeps a vector that is near to nothing.
    """
    readable = {film.pk: read for film in films if (read := _read(film)) is not None}
    said = _ask(readable, versions)
    rows, blank = [], 0
    for film in films:
        version, scores = said.get(film.pk, (None, {}))
        query = build_query(readable[film.pk].plot if film.pk in readable else "", scores)
        blank += not (query.genres.any() or query.words.any())
        content = film.content  # type: ignore[attr-defined]  # annotated by comparable_films
        rows.append(
            FilmVector(
                movie=film,
                content=content,
                layout=LAYOUT,
                version=version or _version_of(film, versions),
                vector=pack_vector(query.genres, query.words),
                made_at=timezone.now(),
            )
        )
    _keep(rows)
    return len(rows) - blank


def build_query(plot: str, scores: dict[str, float]) -> Query:
    """What is known of a film, as directions."""
    return Query(direct_genres(scores), project_words(load_rarity().weigh(plot)))


def _version_of(film: Movie, versions: dict[str, ModelVersion]) -> ModelVersion | None:
    """Who would have been asked about a film that could not be read: it is not to be tried again and again."""
    return versions.get(Kind.PLOT.value if film.plots.all() else Kind.POSTER.value)


def _read(film: Movie) -> Film | None:
    """What is compared of a film: its newest plot, else its newest poster; None if it breaks its rule."""
    plot = next(iter(film.plots.all()), None)
    if plot is not None:
        return Film(plot.text)
    try:
        return read_film(film).film
    except InvalidInput:
        return None


def _ask(
    readable: dict[int, Film], versions: dict[str, ModelVersion]
) -> dict[int, tuple[ModelVersion, dict[str, float]]]:
    """What the models say of films, as far as there is a model for what they have."""
    asked = {pk: film for pk, film in readable.items() if film.kind in versions}
    answers = pipelines.predict(list(asked.values()))
    return {pk: (answer.parts[0].version, as_json(answer.scores)) for pk, answer in zip(asked, answers, strict=True)}


def _keep(rows: list[FilmVector]) -> None:
    """Write rows over what was there; a film that was deleted meanwhile is left out."""
    with transaction.atomic():
        numbers = [row.movie_id for row in rows]
        there = set(Movie.objects.select_for_update().filter(pk__in=numbers).values_list("pk", flat=True))
        FilmVector.objects.bulk_create(
            [row for row in rows if row.movie_id in there],
            update_conflicts=True,
            unique_fields=["movie"],
            update_fields=["content", "layout", "version", "vector", "made_at"],
        )


def query_film(movie: Movie) -> Query:
    """What is looked for beside a film of the catalogue: by its kept vector, or as it would be made now.

    Args:
        movie: A film with its plots and posters.

    Returns:
        Its directions; without a model for what it has, those of its words alone.
    """
    plot, poster = next(iter(movie.plots.all()), None), next(iter(movie.posters.all()), None)
    text = plot.text if plot else ""
    content = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() if plot else poster and poster.sha256
    kept = FilmVector.objects.filter(movie=movie, content=content or "", layout=LAYOUT).first()
    if kept is not None:
        return Query(read_genres(unpack_vectors([kept.vector])[0]), project_words(load_rarity().weigh(text)))
    readable = _read(movie) if content else None
    if readable is None:
        return build_query("", {})
    try:
        return build_query(text, as_json(pipelines.predict([readable])[0].scores))
    except Unavailable:
        return build_query(text, {})
