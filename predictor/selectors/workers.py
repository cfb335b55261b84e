"""Whether somebody does the slow work, for the pages that show it."""

from django.core.cache import cache

from genresite.health import find_worker_problem

# Asking the workers takes a second; pages that are looked at again and again ask once in a while.
WORKER_ANSWER_KEPT_SECONDS = 15


def read_worker_problem() -> str | None:
    """What keeps jobs from being done, if anything; asked once in a while and kept."""
    known = cache.get("worker-problem")
    if known is None:
        known = find_worker_problem() or ""
        cache.set("worker-problem", known, WORKER_ANSWER_KEPT_SECONDS)
    return known or None
