"""Whether somebody does the slow work, for the pages that show it."""

from datetime import timedelta

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from genresite.health import find_worker_problem
from predictor.models import Job
from predictor.services.job_states import LOST_AFTER

# Asking the workers takes a second; pages that are looked at again and again ask once in a while.
WORKER_ANSWER_KEPT_SECONDS = 15
# A worker that is there takes a job within seconds.
WAITS_LONG = timedelta(seconds=60)


def read_worker_problem() -> str | None:
    """What keeps jobs from being done, if anything. The workers are asked once in a while; the rows are looked at."""
    known = cache.get("worker-problem")
    if known is None:
        known = find_worker_problem() or ""
        cache.set("worker-problem", known, WORKER_ANSWER_KEPT_SECONDS)
    return gettext(known) if known else find_queue_problem()


def find_queue_problem() -> str | None:
    """Whether jobs wait although a worker answers: that of their queue may be missing, or busy with another job."""
    now = timezone.now()
    # One that trains cannot answer a question meanwhile, so its job's row tells whether it is alive.
    busy = set(
        Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__gte=now - LOST_AFTER).values_list("kind", flat=True)
    )
    waiting = list(
        Job.objects.filter(state=Job.State.QUEUED, queued_at__lt=now - WAITS_LONG).values_list("kind", flat=True)
    )
    for queue, is_training in (("training", True), ("inference", False)):
        count = sum((kind == Job.Kind.TRAINING) is is_training for kind in waiting)
        if not count:
            continue
        if any((kind == Job.Kind.TRAINING) is is_training for kind in busy):
            sentence = ngettext(
                "%(count)d job waits until another is done.", "%(count)d jobs wait until another is done.", count
            )
            return sentence % {"count": count}
        sentence = ngettext(
            "%(count)d job has waited for more than a minute: is the worker “%(queue)s” running?",
            "%(count)d jobs have waited for more than a minute: is the worker “%(queue)s” running?",
            count,
        )
        return sentence % {"count": count, "queue": queue}
    return None
