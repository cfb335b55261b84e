"""Asking a version about earlier predictions, chunk by chunk; no new predictions come of it."""

from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from PIL import Image

from genresite.errors import InvalidInput
from predictor import pipelines
from predictor.models import Feedback, Job, Kind, ModelVersion, Prediction, VersionAnswer
from predictor.pipelines import Film
from predictor.services.claimed_runs import run_claimed
from predictor.services.job_states import Claim, report_progress
from predictor.services.predictions import as_json

if TYPE_CHECKING:
    from genresite.accounts.models import User
    from predictor.models.prediction import PredictionQuerySet

# Large enough to fill the networks' batches, small enough for a heartbeat every few seconds and 16 posters in memory.
CHUNK_PREDICTIONS = 16

HISTORY, CORRECTIONS = "history", "corrections"
SCOPES = (HISTORY, CORRECTIONS)
# What a version can be asked about: a plot model reads the plot of predictions that had a poster as well.
READABLE = {
    Kind.PLOT.value: (Kind.PLOT, Kind.BOTH),
    Kind.POSTER.value: (Kind.POSTER, Kind.BOTH),
    Kind.BOTH.value: (Kind.BOTH,),
}


def waiting_predictions(*, version: ModelVersion, owner: "User", scope: str) -> "PredictionQuerySet":
    """Predictions that the version has not been asked about yet.

    Args:
        version: The version to ask.
        owner: Whose history it is.
        scope: `HISTORY` for the person's own predictions, `CORRECTIONS` for everybody's with accepted feedback.

    Returns:
        The predictions, oldest first.
    """
    answered = VersionAnswer.objects.filter(version=version, prediction=OuterRef("pk"))
    wanted = Prediction.objects.filter(kind__in=READABLE[version.kind])
    if scope == CORRECTIONS:
        accepted = Feedback.objects.filter(prediction=OuterRef("pk"), state=Feedback.State.ACCEPTED)
        wanted = wanted.filter(Exists(accepted))
    else:
        wanted = wanted.filter(owner=owner)
    return wanted.exclude(Exists(answered)).order_by("pk")


def run_rerun(*, job_id: int) -> Claim:
    """Do the work of such a job, unless another worker does or it is over.

    Args:
        job_id: The job's number.

    Returns:
        What came of the claim; `BUSY` means: look again later, for the other worker may be lost.
    """
    failure = _("Something went wrong on our side. What was asked until then is kept.")
    return run_claimed(job_id=job_id, work=_ask_waiting, failure=failure)


def _ask_waiting(job: Job, attempt: int) -> None:
    """Ask chunk after chunk. A job taken up again goes on with what is left, for every answer is kept."""
    owner, scope = job.requested_by, job.parameters.get("scope", HISTORY)
    version = ModelVersion.objects.filter(pk=job.parameters.get("version")).first()
    if owner is None or version is None:
        raise InvalidInput(_("The account or the model version of this job is gone."))
    waiting = waiting_predictions(version=version, owner=owner, scope=scope)
    outcome: dict[str, Any] = {"answered": 0, "skipped": 0, **job.outcome}
    done, last_pk = job.done, 0
    total = done + waiting.count()
    going_on = report_progress(job_id=job.pk, attempt=attempt, done=done, total=total, outcome=outcome)
    while going_on:
        chunk = list(waiting.filter(pk__gt=last_pk).prefetch_related("parts__version")[:CHUNK_PREDICTIONS])
        if not chunk:
            return
        last_pk = chunk[-1].pk
        answered = ask_version(version=version, predictions=chunk)
        outcome["answered"] += answered
        outcome["skipped"] += len(chunk) - answered
        done += len(chunk)
        going_on = report_progress(job_id=job.pk, attempt=attempt, done=done, total=max(total, done), outcome=outcome)


def ask_version(*, version: ModelVersion, predictions: list[Prediction]) -> int:
    """Ask a version about predictions' inputs, and keep its answers beside those of the versions that made them.

    Said twice, it changes nothing: an answer is written once.

    Args:
        version: The version; what it made itself is not computed anew.
        predictions: Predictions of a kind that it reads, with their parts and the parts' versions.

    Returns:
        How many it answered; the others have lost the file of their poster.

    Raises:
        Unavailable: The version, or one that it builds on, cannot be loaded.
    """
    rows, asked, films = [], [], []
    for prediction in predictions:
        made = next((part for part in prediction.parts.all() if part.kind == version.kind), None)
        if made is not None:
            rows.append(_row(prediction, made.version, made.scores, made.decided, made.unsure))
        if made is None or made.version_id != version.pk:
            film = _read_film(prediction, version.kind)
            if film is not None:
                asked.append(prediction)
                films.append(film)
    for prediction, answer in zip(asked, pipelines.predict(films, version=version), strict=True):
        scores = next(part.scores for part in answer.parts if part.kind == version.kind)
        rows.append(_row(prediction, version, as_json(scores), scores.decided, scores.unsure))
    VersionAnswer.objects.bulk_create(rows, ignore_conflicts=True)
    return sum(row.version_id == version.pk for row in rows)


def _row(
    prediction: Prediction, version: ModelVersion, scores: dict[str, float], decided: Any, unsure: bool
) -> VersionAnswer:
    return VersionAnswer(
        version=version,
        prediction=prediction,
        owner_id=prediction.owner_id,
        decided="|".join(["", *sorted(decided), ""]) if decided else "|",
        decided_count=len(decided),
        scores=scores,
        unsure=unsure,
    )


def _read_film(prediction: Prediction, kind: str) -> Film | None:
    """What a version of the kind reads of a prediction; None if the poster's file is gone."""
    plot = "" if kind == Kind.POSTER else prediction.plot
    if kind == Kind.PLOT:
        return Film(plot)
    try:
        with prediction.poster_file.open("rb") as stream, Image.open(stream) as picture:
            return Film(plot, np.asarray(picture.convert("RGB")))
    except (ValueError, OSError):
        return None
