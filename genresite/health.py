"""Whether each part that the site needs is there: database, Redis, workers, models."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import gettext_noop
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from genresite.celery import app

WORKER_ANSWER_SECONDS = 1.0


@dataclass(frozen=True)
class HealthReport:
    """The state of each part: None where all is well, else what is wrong in one sentence."""

    problems: dict[str, str | None] = field(default_factory=dict)

    @property
    def healthy(self) -> bool:
        """Whether no part has a problem."""
        return not any(self.problems.values())

    def as_dict(self) -> dict[str, Any]:
        """For the JSON answer of `/health/`."""
        parts = {name: {"ok": problem is None, "problem": problem} for name, problem in self.problems.items()}
        return {"healthy": self.healthy, "parts": parts}


def _check_database() -> str | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "The database does not answer."
    return None


def _check_redis() -> str | None:
    try:
        with Redis.from_url(settings.CACHE_URL, socket_connect_timeout=WORKER_ANSWER_SECONDS) as client:
            client.ping()
    except RedisError:
        return "Redis does not answer: slow work cannot be queued and rate limits are off."
    return None


def find_worker_problem() -> str | None:
    """What keeps slow work from being done, if anything: no Redis, or no worker that answers.

    In English, as programs that watch the site read it; a page translates it.
    """
    try:
        answers = app.control.ping(timeout=WORKER_ANSWER_SECONDS)
    except (OperationalError, RedisError, OSError):
        return gettext_noop("The queue cannot be reached.")
    return None if answers else gettext_noop("No worker is running: jobs wait until one is started.")


def check_health() -> HealthReport:
    """Look at each part once.

    Returns:
        The report; the workers are asked only when Redis is there.
    """
    redis_problem = _check_redis()
    workers = "Cannot be asked while Redis is away." if redis_problem else find_worker_problem()
    return HealthReport({"database": _check_database(), "redis": redis_problem, "workers": workers})
