"""Predictions of many films of the catalogue, chunk by chunk, so that a job can be stopped and taken up again."""

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from movies.models import Movie, Plot, Poster
from predictor import pipelines
from predictor.models import Job, ModelVersion, Prediction, PredictionPart
from predictor.services.claimed_runs import run_claimed
from predictor.services.job_states import Claim, report_progress
from predictor.services.predictions import CleanInput, clean_input, store_answer

if TYPE_CHECKING:
    from genresite.accounts.models import User
    from movies.querysets import MovieQuerySet

# Large enough to fill the networks' batches, small enough for a heartbeat every few seconds and 16 posters in memory.
CHUNK_FILMS = 16
MAX_LISTED_PROBLEMS = 50


def waiting_films(owner: "User") -> "MovieQuerySet":
    """Films without genres, with a plot or a poster, that the active versions have not answered for this person."""
    answered = PredictionPart.objects.filter(
        prediction__movie=OuterRef("pk"), prediction__owner=owner, version__state=ModelVersion.State.ACTIVE
    )
    has_plot = Exists(Plot.objects.filter(movie=OuterRef("pk")))
    has_poster = Exists(Poster.objects.filter(movie=OuterRef("pk")))
    return Movie.objects.unlabelled().filter(Q(has_plot) | Q(has_poster)).exclude(Exists(answered)).order_by("pk")


def count_waiting_films(owner: "User") -> int:
    """How many films a catalogue job of this person would predict."""
    return waiting_films(owner).count()


def run_catalogue(*, job_id: int) -> Claim:
    """Do the work of a catalogue job, unless another worker does or it is over.

    Args:
        job_id: The job's number.

    Returns:
        What came of the claim; `BUSY` means: look again later, for the other worker may be lost.
    """
    failure = _("Something went wrong on our side. What was predicted until then is kept.")
    return run_claimed(job_id=job_id, work=_predict_waiting, failure=failure)


def _predict_waiting(job: Job, attempt: int) -> None:
    """Predict chunk after chunk. A job taken up again goes on with what is left, for answers are kept film by film."""
    owner = job.requested_by
    if owner is None:
        raise InvalidInput(_("The account that asked for this job is gone."))
    outcome: dict[str, Any] = {"predicted": 0, "skipped": 0, "problems": [], **job.outcome}
    done, last_pk = job.done, 0
    total = done + count_waiting_films(owner)
    going_on = report_progress(job_id=job.pk, attempt=attempt, done=done, total=total, outcome=outcome)
    while going_on:
        films = list(waiting_films(owner).filter(pk__gt=last_pk).prefetch_related("plots", "posters")[:CHUNK_FILMS])
        if not films:
            return
        last_pk = films[-1].pk
        _predict_chunk(owner, films, outcome)
        done += len(films)
        going_on = report_progress(job_id=job.pk, attempt=attempt, done=done, total=max(total, done), outcome=outcome)


def _predict_chunk(owner: "User", films: list[Movie], outcome: dict[str, Any]) -> None:
    """Predict some films together and keep each answer on its own; what cannot be read is counted and named."""
    given: list[tuple[Movie, CleanInput]] = []
    for film in films:
        try:
            given.append((film, read_film(film)))
        except InvalidInput as exc:
            outcome["skipped"] += 1
            if len(outcome["problems"]) < MAX_LISTED_PROBLEMS:
                outcome["problems"].append({"movie": film.pk, "title": film.title, "message": exc.message})
    answers = pipelines.predict([clean.film for _movie, clean in given])
    for (film, clean), answer in zip(given, answers, strict=True):
        store_answer(
            owner=owner, origin=Prediction.Origin.JOB, given=clean, answer=answer, title=film.title, movie=film
        )
        outcome["predicted"] += 1


def read_film(movie: Movie) -> CleanInput:
    """The newest plot and poster of a film, checked like anything that comes from outside.

    Raises:
        InvalidInput: One of them breaks its rule, or the poster's file cannot be read.
    """
    plot, poster = next(iter(movie.plots.all()), None), next(iter(movie.posters.all()), None)
    poster_bytes = None
    if poster is not None:
        try:
            with poster.file.open("rb") as stream:
                poster_bytes = stream.read()
        except OSError as exc:
            raise InvalidInput(_("The poster's file is missing."), code="poster_missing", field="poster") from exc
    return clean_input(plot=plot.text if plot else "", poster_bytes=poster_bytes)
