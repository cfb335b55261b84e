"""Rows of jobs that make films comparable: by a reviewer's wish, or by the clock as soon as a film needs it."""

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from genresite.errors import Conflict, Forbidden
from predictor.models import Job
from predictor.services.film_vectors import active_versions, stale_films

if TYPE_CHECKING:
    from genresite.accounts.models import User


def open_vectors(*, requested_by: "User | None" = None, trigger: str = Job.Trigger.PERSON) -> Job:
    """Make the row of a job that makes films comparable.

    Args:
        requested_by: A reviewer or a member of staff; None for the clock.
        trigger: What asked for it.

    Returns:
        The job, not yet in the queue.

    Raises:
        Forbidden: The person is no reviewer.
        Conflict: `nothing_to_do`: every film is comparable; `job_exists`: such a job waits or runs already.
    """
    if requested_by is not None and not requested_by.is_reviewer:
        raise Forbidden(_("Only reviewers start jobs over the whole catalogue."))
    total = stale_films(active_versions()).count()
    if total == 0:
        raise Conflict(_("Every film with a plot or a poster is comparable already."), code="nothing_to_do")
    try:
        with transaction.atomic():
            return Job.objects.create(kind=Job.Kind.VECTORS, requested_by=requested_by, trigger=trigger, total=total)
    except IntegrityError as exc:
        raise Conflict(_("Such a job waits or runs already."), code="job_exists") from exc


def open_due_vectors() -> list[Job]:
    """Make the row of such a job if a film needs it and none waits or runs.

    Returns:
        The job, not yet in the queue; or nothing.
    """
    if Job.objects.filter(kind=Job.Kind.VECTORS).unfinished().exists():
        return []
    if not stale_films(active_versions()).exists():
        return []
    try:
        return [open_vectors(trigger=Job.Trigger.SCHEDULE)]
    except Conflict:
        return []
