"""Jobs whose worker has died, and jobs that the queue has lost: taken back, so that none is stuck."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from predictor.models import Job
from predictor.services.job_states import LOST_AFTER

MAX_ATTEMPTS = 3
"""A job that has taken so many workers with it is given up: it would take the next one too."""
RESEND_AFTER = timedelta(minutes=5)
"""A waiting job is sent to the queue again after so long: the queue may have been emptied. A second message is
harmless, for a job is claimed once."""
# A batch's chunks look after themselves: see `batch_runs`.
LOOKED_AFTER = (Job.Kind.CATALOGUE, Job.Kind.TRAINING, Job.Kind.RERUN, Job.Kind.VECTORS)


def take_back_lost() -> list[Job]:
    """Find jobs whose worker gives no sign of life and jobs that have waited suspiciously long.

    Each row is changed by one conditional update, so that of several processes that look at the same time one acts. A
    job that was to be cancelled is cancelled, one that has lost too many workers fails in words.

    Returns:
        Those that the caller must hand to the queue: their state is queued.
    """
    now = timezone.now()
    watched = Job.objects.filter(kind__in=LOOKED_AFTER)
    silent = watched.filter(state=Job.State.RUNNING, heartbeat_at__lt=now - LOST_AFTER)
    silent.filter(cancel_requested=True).update(state=Job.State.CANCELLED, finished_at=now)
    sentence = _("Its worker stopped without a word %(count)d times; most likely the machine ran out of memory.")
    silent.filter(attempt__gte=MAX_ATTEMPTS).update(
        state=Job.State.FAILED, finished_at=now, failure=sentence % {"count": MAX_ATTEMPTS}
    )
    forgotten = Q(state=Job.State.QUEUED, queued_at__lt=now - RESEND_AFTER)
    lost = Q(state=Job.State.RUNNING, heartbeat_at__lt=now - LOST_AFTER)
    taken = []
    for job in watched.filter(lost | forgotten):
        mine = watched.filter(lost | forgotten, pk=job.pk, attempt=job.attempt, queued_at=job.queued_at)
        if mine.update(state=Job.State.QUEUED, queued_at=now, stage="", stage_started_at=None):
            taken.append(job)
    return taken
