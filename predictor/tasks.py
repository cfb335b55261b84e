"""Celery tasks: each takes a job's number and makes one service call."""

from typing import Any

from celery import shared_task
from celery.contrib.django.task import DjangoTask
from django.conf import settings
from django.utils import translation

from predictor.models import Job
from predictor.services import (
    batch_plans,
    batch_rescue,
    batch_runs,
    batches,
    exports,
    film_vectors,
    reaping,
    reruns,
    site_training,
    training_requests,
    vector_requests,
)
from predictor.services.job_states import LOST_AFTER, Claim
from predictor.services.memory import bound_memory

# How many messages ask for work on one batch: so many workers share it at most.
BATCH_LANES = 4


class JobTask(DjangoTask):  # type: ignore[misc]  # untyped in its stubs
    """A task about one job: whatever it writes for people to read is in the language of who asked for the job."""

    def __call__(self, job_id: int) -> Any:
        """Run the task under the job's language."""
        language = Job.objects.filter(pk=job_id).values_list("language", flat=True).first()
        with translation.override(language or settings.LANGUAGE_CODE):
            return self.run(job_id)


@shared_task(base=JobTask, bind=True, max_retries=None)
def run_catalogue(self: Any, job_id: int) -> None:
    """Do a catalogue job.

    The queue delivers a task again when its worker dies, often before the dead worker's heartbeat is old enough to
    take the job over; then this looks again later.

    Args:
        self: The task, given by Celery.
        job_id: The job's number.
    """
    if batches.run_catalogue(job_id=job_id) is Claim.BUSY:
        raise self.retry(countdown=LOST_AFTER.total_seconds() + 5)


@shared_task
def rescue_batches() -> None:
    """Send somebody to batches and exports that nobody works on any more."""
    for job_id, kind in batch_rescue.take_back_silent():
        {"batch": read_batch, "export": write_export}[kind].delay(job_id)  # type: ignore[attr-defined]


@shared_task(base=JobTask, bind=True, max_retries=None)
def write_export(self: Any, job_id: int) -> None:
    """Write the file of an export.

    Args:
        self: The task, given by Celery.
        job_id: The number of the export's job.
    """
    if exports.write_export(job_id=job_id) is Claim.BUSY:
        raise self.retry(countdown=LOST_AFTER.total_seconds() + 5)


@shared_task(base=JobTask, bind=True, max_retries=None)
def read_batch(self: Any, job_id: int) -> None:
    """Read the file of a batch, then ask for work on its chunks.

    Args:
        self: The task, given by Celery.
        job_id: The number of the batch's job.
    """
    claim = batch_plans.read_batch(job_id=job_id)
    if claim is Claim.BUSY:
        raise self.retry(countdown=LOST_AFTER.total_seconds() + 5)
    for _lane in range(BATCH_LANES if claim is Claim.OURS else 0):
        work_batch.delay(job_id)  # type: ignore[attr-defined]


@shared_task(base=JobTask, bind=True, max_retries=None, autoretry_for=(Exception,), retry_backoff=5)
def work_batch(self: Any, job_id: int) -> None:
    """Work on a batch for some seconds, then go to the end of the queue: batches take turns.

    Args:
        self: The task, given by Celery.
        job_id: The number of the batch's job.
    """
    turn = batch_runs.work_batch(job_id=job_id, worker=self.request.id)
    if turn is batch_runs.Turn.MORE:
        work_batch.delay(job_id)  # type: ignore[attr-defined]
    elif turn is batch_runs.Turn.BUSY:
        raise self.retry(countdown=batch_runs.CHUNK_LOST_AFTER.total_seconds() + 5)


@shared_task(base=JobTask, bind=True, max_retries=None)
def run_rerun(self: Any, job_id: int) -> None:
    """Ask a version about earlier predictions.

    Args:
        self: The task, given by Celery.
        job_id: The job's number.
    """
    if reruns.run_rerun(job_id=job_id) is Claim.BUSY:
        raise self.retry(countdown=LOST_AFTER.total_seconds() + 5)


@shared_task(base=JobTask, bind=True, max_retries=None)
def train(self: Any, job_id: int) -> None:
    """Train a model on the site's confirmed labels.

    Args:
        self: The task, given by Celery.
        job_id: The job's number.
    """
    if not self.request.is_eager:
        bound_memory()
    if site_training.run_training(job_id=job_id) is Claim.BUSY:
        raise self.retry(countdown=LOST_AFTER.total_seconds() + 5)


@shared_task(base=JobTask, bind=True, max_retries=None)
def run_vectors(self: Any, job_id: int) -> None:
    """Make films comparable.

    Args:
        self: The task, given by Celery.
        job_id: The job's number.
    """
    if film_vectors.run_vectors(job_id=job_id) is Claim.BUSY:
        raise self.retry(countdown=LOST_AFTER.total_seconds() + 5)


# What does a job of a kind, given its number.
TASKS: dict[str, Any] = {
    Job.Kind.CATALOGUE: run_catalogue,
    Job.Kind.RERUN: run_rerun,
    Job.Kind.TRAINING: train,
    Job.Kind.VECTORS: run_vectors,
}


@shared_task
def reap_jobs() -> None:
    """Take up again what lost its worker."""
    _send(reaping.take_back_lost())


@shared_task
def train_on_schedule() -> None:
    """Start the trainings of the schedule."""
    _send(training_requests.open_scheduled_trainings())


@shared_task
def train_on_new_labels() -> None:
    """Start the trainings for which enough corrections were accepted."""
    _send(training_requests.open_due_trainings())


@shared_task
def make_films_comparable() -> None:
    """Start the job that makes films comparable, if a film needs it."""
    _send(vector_requests.open_due_vectors())


def _send(jobs: list[Job]) -> None:
    for job in jobs:
        TASKS[job.kind].delay(job.pk)
