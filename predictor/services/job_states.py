"""The transitions of a job's row: conditional updates, so that no two workers both believe that a job is theirs."""

from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from predictor.models import Job

# A worker's thread writes its heartbeat six times in this time; one that is silent so long is lost.
LOST_AFTER = timedelta(seconds=settings.JOB_LOST_SECONDS)
FAILURE_MAX_CHARS = 500


class Claim(Enum):
    """What came of trying to claim a job."""

    OURS = "ours"
    BUSY = "busy"
    OVER = "over"


def claim_job(job_id: int) -> tuple[Claim, int]:
    """Take a job that waits, or one whose worker has been silent for too long.

    Args:
        job_id: The job's number.

    Returns:
        Whether it is ours, and the number of the attempt, which every further write must name.
    """
    now = timezone.now()
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, heartbeat_at__lt=now - LOST_AFTER)
    rows = Job.objects.filter(free, pk=job_id).update(
        state=Job.State.RUNNING, started_at=now, stage_started_at=None, heartbeat_at=now, attempt=F("attempt") + 1
    )
    job = Job.objects.filter(pk=job_id).only("state", "attempt").first()
    if job is None or job.finished:
        return Claim.OVER, 0
    return (Claim.OURS if rows == 1 else Claim.BUSY), job.attempt


def report_progress(*, job_id: int, attempt: int, done: int, total: int, outcome: dict[str, Any]) -> bool:
    """Say how far a job is.

    Args:
        job_id: The job's number.
        attempt: The claim under which the worker runs.
        done: Items done.
        total: Items in all.
        outcome: What came of it so far.

    Returns:
        Whether to go on; False if somebody asked to cancel, or the job belongs to another worker by now.
    """
    rows = Job.objects.filter(pk=job_id, attempt=attempt, state=Job.State.RUNNING).update(
        done=done, total=total, outcome=outcome, heartbeat_at=timezone.now()
    )
    return rows == 1 and not Job.objects.filter(pk=job_id, cancel_requested=True).exists()


def report_stage(*, job_id: int, attempt: int, done: int, total: int, stage: str, stage_started_at: datetime) -> bool:
    """Say how far a job of several stages is in the present one.

    Args:
        job_id: The job's number.
        attempt: The claim under which the worker runs.
        done: Steps done of this stage.
        total: Steps of this stage.
        stage: What it is doing, in words.
        stage_started_at: Since when.

    Returns:
        Whether to go on, as `report_progress` tells it.
    """
    rows = Job.objects.filter(pk=job_id, attempt=attempt, state=Job.State.RUNNING).update(
        done=done, total=total, stage=stage, stage_started_at=stage_started_at, heartbeat_at=timezone.now()
    )
    return rows == 1 and not Job.objects.filter(pk=job_id, cancel_requested=True).exists()


def finish_job(*, job_id: int, attempt: int) -> bool:
    """Close a job that has done its work, or has stopped because somebody cancelled it.

    Returns:
        Whether it was this call that closed it.
    """
    running = Job.objects.filter(pk=job_id, attempt=attempt, state=Job.State.RUNNING)
    now = timezone.now()
    called_off = running.filter(cancel_requested=True).update(state=Job.State.CANCELLED, finished_at=now)
    done = running.filter(cancel_requested=False).update(state=Job.State.SUCCEEDED, finished_at=now)
    return called_off + done == 1


def fail_job(*, job_id: int, attempt: int, failure: str) -> bool:
    """Close a job that cannot go on, with the reason in words.

    Returns:
        Whether it was this call that closed it.
    """
    rows = Job.objects.filter(pk=job_id, attempt=attempt).unfinished()
    closed = {"state": Job.State.FAILED, "failure": failure[:FAILURE_MAX_CHARS], "finished_at": timezone.now()}
    return rows.update(**closed) == 1
