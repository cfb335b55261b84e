"""Batches and exports that nobody works on: the queue was away or lost their messages, or their workers died."""

from django.db.models import Q
from django.utils import timezone

from predictor.models import Job
from predictor.services.job_states import LOST_AFTER


def take_back_silent() -> list[tuple[int, str]]:
    """Find batches and exports that the queue has yet to take, or without a sign of life for suspiciously long.

    A needless message does no harm: what is to be done is claimed, and a worker that finds nothing goes away.

    Returns:
        The numbers and kinds of their jobs; each is handed out once in a while, by one conditional update.
    """
    now = timezone.now()
    silent = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, heartbeat_at__lt=now - LOST_AFTER)
    ours = Job.objects.filter(kind__in=[Job.Kind.BATCH, Job.Kind.EXPORT], cancel_requested=False)
    waiting = Q(queued_at=None) | Q(queued_at__lt=now - LOST_AFTER)
    lost = ours.filter(silent, waiting)
    seen = lost.values_list("pk", "kind", "queued_at")
    return [(pk, kind) for pk, kind, at in seen if lost.filter(pk=pk, queued_at=at).update(queued_at=now)]
