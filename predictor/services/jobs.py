"""Asking for slow work and calling it off: the only place that queues anything."""

import contextlib
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from genresite.errors import Conflict, Forbidden, InvalidInput, Unavailable
from predictor import tasks
from predictor.models import Job, ModelVersion
from predictor.services.batch_endings import announce_end
from predictor.services.batches import count_waiting_films
from predictor.services.job_states import LOST_AFTER, fail_job
from predictor.services.reaping import take_back_lost
from predictor.services.reruns import CORRECTIONS, HISTORY, SCOPES, waiting_predictions
from predictor.services.training_requests import open_training
from predictor.services.vector_requests import open_vectors

if TYPE_CHECKING:
    from genresite.accounts.models import User


def request_catalogue_job(*, requested_by: "User") -> Job:
    """Ask for predictions of the catalogue's films without genres.

    Call it outside a transaction: the task is queued once the row is there for workers to see.

    Args:
        requested_by: A reviewer or a member of staff; the predictions will be theirs.

    Returns:
        The job, waiting for a worker.

    Raises:
        Forbidden: The person is no reviewer.
        Conflict: Such a job of theirs waits or runs already, or no film needs it.
        Unavailable: The queue cannot be reached; the job's row says so.
    """
    if not requested_by.is_reviewer:
        raise Forbidden(_("Only reviewers start jobs over the whole catalogue."))
    total = count_waiting_films(requested_by)
    if total == 0:
        raise Conflict(_("No film in the catalogue waits for a prediction."), code="nothing_to_do")
    with transaction.atomic():
        # The lock on the person's row makes a double press one job on databases that lock rows.
        get_user_model().objects.select_for_update().get(pk=requested_by.pk)
        unfinished = Job.objects.filter(requested_by=requested_by, kind=Job.Kind.CATALOGUE).unfinished()
        if unfinished.exists():
            raise Conflict(_("Such a job of yours waits or runs already."), code="job_exists")
        job = Job.objects.create(kind=Job.Kind.CATALOGUE, requested_by=requested_by, total=total)
    return queue_job(job, tasks.run_catalogue)


def request_rerun_job(*, requested_by: "User", version: ModelVersion, scope: str = HISTORY) -> Job:
    """Ask what a version says of earlier predictions; they stay as they are.

    Call it outside a transaction: the task is queued once the row is there for workers to see.

    Args:
        requested_by: Who asks.
        version: The version to ask.
        scope: "history" for the person's own predictions; "corrections" for everybody's with accepted feedback, for
            reviewers only.

    Returns:
        The job, waiting for a worker.

    Raises:
        InvalidInput: There is no such scope.
        Forbidden: The person may not have this scope.
        Conflict: Such a job of theirs waits or runs already, the version has answered everything, or it is broken.
        Unavailable: The queue cannot be reached; the job's row says so.
    """
    if scope not in SCOPES:
        raise InvalidInput(
            _("The scope must be one of %(known)s, not %(scope)s.") % {"known": ", ".join(SCOPES), "scope": scope},
            field="scope",
        )
    if scope == CORRECTIONS and not requested_by.is_reviewer:
        raise Forbidden(_("Only reviewers ask a version about everybody's corrections."))
    if version.state == ModelVersion.State.BROKEN:
        sentence = _("The files of model version %(name)s are not what they should be: it cannot be asked.")
        raise Conflict(sentence % {"name": version.name}, code="model_broken")
    total = waiting_predictions(version=version, owner=requested_by, scope=scope).count()
    if total == 0:
        sentence = _("Model version %(name)s has nothing to be asked: it has answered all of them already.")
        raise Conflict(sentence % {"name": version.name}, code="nothing_to_do")
    with transaction.atomic():
        # The lock on the person's row makes a double press one job on databases that lock rows.
        get_user_model().objects.select_for_update().get(pk=requested_by.pk)
        if Job.objects.filter(requested_by=requested_by, kind=Job.Kind.RERUN).unfinished().exists():
            raise Conflict(_("Such a job of yours waits or runs already."), code="job_exists")
        parameters = {"version": version.pk, "name": version.name, "scope": scope}
        job = Job.objects.create(kind=Job.Kind.RERUN, requested_by=requested_by, total=total, parameters=parameters)
    return queue_job(job, tasks.run_rerun)


def request_vectors_job(*, requested_by: "User") -> Job:
    """Ask that the catalogue's films be made comparable now, and not only when the clock comes to it.

    Call it outside a transaction: the task is queued once the row is there for workers to see.

    Args:
        requested_by: A reviewer or a member of staff.

    Returns:
        The job, waiting for a worker.

    Raises:
        Forbidden: The person is no reviewer.
        Conflict: Every film is comparable, or such a job waits or runs already.
        Unavailable: The queue cannot be reached; the job's row says so.
    """
    return queue_job(open_vectors(requested_by=requested_by), tasks.run_vectors)


def request_training_job(*, requested_by: "User", model_kind: str, recipe: str = "") -> Job:
    """Ask for a training on the site's confirmed labels.

    Call it outside a transaction: the task is queued once the row is there for workers to see.

    Args:
        requested_by: A member of staff.
        model_kind: `plot`, `poster` or `both`.
        recipe: One of the kind's recipes; empty for its first.

    Returns:
        The job, waiting for a worker.

    Raises:
        Forbidden: The person is not staff.
        InvalidInput: There is no such kind or recipe.
        Conflict: A training of this kind waits or runs already.
        Unavailable: The queue cannot be reached; the job's row says so.
    """
    return queue_job(open_training(model_kind=model_kind, recipe=recipe, requested_by=requested_by), tasks.train)


def retry_job(*, job: Job, person: "User") -> Job:
    """Ask once more for what a failed or cancelled job was to do; the old row stays as it is.

    Args:
        job: A catalogue job or a training.
        person: Its owner, or a reviewer; for a training a member of staff.

    Returns:
        The new job.

    Raises:
        Forbidden: The person may not ask for such a job.
        Conflict: The job neither failed nor was cancelled, or another of its kind waits or runs already.
        Unavailable: The queue cannot be reached.
    """
    if not job.retryable:
        raise Conflict(_("Only a job that failed or was cancelled can be tried again."), code="job_not_failed")
    if job.kind == Job.Kind.TRAINING:
        recipe = str(job.parameters.get("recipe", ""))
        return request_training_job(requested_by=person, model_kind=job.model_kind, recipe=recipe)
    return request_catalogue_job(requested_by=person)


def reap_jobs() -> list[Job]:
    """Take up again what lost its worker; done by the clock, and whenever somebody looks at the jobs.

    Returns:
        The jobs that were handed to the queue again. Where the queue is away they wait, and are handed over later.
    """
    taken = take_back_lost()
    for job in taken:
        with contextlib.suppress(OperationalError):
            tasks.TASKS[job.kind].delay_on_commit(job.pk)
    return taken


def queue_job(job: Job, task: Any) -> Job:
    """Hand a job that waits to the queue, once its row is there for workers to see.

    Args:
        job: The job's row.
        task: The Celery task that does it, given the job's number.

    Returns:
        The job as it is then.

    Raises:
        Unavailable: The queue cannot be reached; the job's row says so.
    """
    try:
        task.delay_on_commit(job.pk)
    except OperationalError as exc:
        sentence = _("The queue cannot be reached, so the job was not started. Please try again later.")
        fail_job(job_id=job.pk, attempt=job.attempt, failure=sentence)
        raise Unavailable(sentence, code="queue_unreachable", details={"job": job.pk}) from exc
    job.refresh_from_db()
    return job


def hand_over(job: Job, task: Any) -> Job:
    """As `queue_job`, for work that may wait: where the queue is away, the clock hands it over once it is back.

    Args:
        job: The row of a batch's job.
        task: The Celery task that does it, given the job's number.

    Returns:
        The job as it is then; `waits_for_queue` where nobody has been asked yet.
    """
    try:
        task.delay_on_commit(job.pk)
    except OperationalError:
        Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(queued_at=None)
    job.refresh_from_db()
    return job


def cancel_job(*, job: Job, person: "User") -> Job:
    """Call a job off: at once if it waits or its worker is lost, else after the part that is being worked on.

    Cancelling twice, or cancelling what is done, is harmless.

    Args:
        job: The job.
        person: Its owner, or a reviewer.

    Returns:
        The job's row.

    Raises:
        Forbidden: It is somebody else's and the person is no reviewer.
    """
    if job.requested_by_id != person.pk and not person.is_reviewer:
        raise Forbidden(_("Only the person who started a job, or a reviewer, can cancel it."))
    now = timezone.now()
    rows = Job.objects.filter(pk=job.pk)
    # A batch is many workers' work: each looks at the job before it writes, so that nothing is left to wait for.
    silent = Q(kind=Job.Kind.BATCH) | Q(heartbeat_at__lt=now - LOST_AFTER)
    idle = rows.filter(Q(state=Job.State.QUEUED) | Q(silent, state=Job.State.RUNNING))
    with transaction.atomic():
        if idle.update(state=Job.State.CANCELLED, cancel_requested=True, finished_at=now):
            announce_end(job_id=job.pk)
    rows.filter(state=Job.State.RUNNING).update(cancel_requested=True)
    job.refresh_from_db()
    return job
