"""What the site does by the clock, as Celery's beat wants it told."""

from typing import Any

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured

REAP_SECONDS = 10.0
LOOK_FOR_LABELS_SECONDS = 300.0
LOOK_FOR_FILMS_SECONDS = 300.0
DUE_SECONDS = 60.0
TIDY_SECONDS = 3600.0


def beat_schedule(train_at: str, *, watch_labels: bool) -> dict[str, dict[str, Any]]:
    """The tasks that are sent by the clock.

    Args:
        train_at: When to train, as the five fields of a crontab; empty for never.
        watch_labels: Whether to train when enough corrections were accepted.

    Returns:
        Celery's `beat_schedule`. A task that was not taken before it is sent anew is dropped, so that a site without a
        worker does not pile them up.

    Raises:
        ImproperlyConfigured: `train_at` is no crontab.
    """
    reap = {"task": "predictor.tasks.reap_jobs", "schedule": REAP_SECONDS, "options": {"expires": REAP_SECONDS}}
    rescue = {"task": "predictor.tasks.rescue_batches", "schedule": REAP_SECONDS, "options": {"expires": REAP_SECONDS}}
    schedule: dict[str, dict[str, Any]] = {"reap-jobs": reap, "rescue-batches": rescue, **_webhooks()}
    schedule["make-films-comparable"] = {
        "task": "predictor.tasks.make_films_comparable",
        "schedule": LOOK_FOR_FILMS_SECONDS,
        "options": {"expires": LOOK_FOR_FILMS_SECONDS},
    }
    if watch_labels:
        schedule["train-on-new-labels"] = {
            "task": "predictor.tasks.train_on_new_labels",
            "schedule": LOOK_FOR_LABELS_SECONDS,
            "options": {"expires": LOOK_FOR_LABELS_SECONDS},
        }
    if train_at:
        schedule["train-on-schedule"] = {"task": "predictor.tasks.train_on_schedule", "schedule": _read(train_at)}
    return schedule


def _webhooks() -> dict[str, dict[str, Any]]:
    """Deliveries that were queued while the queue was away, and the end of what is kept for a time only."""
    due = {"task": "genresite.hooks.tasks.deliver_due", "schedule": DUE_SECONDS, "options": {"expires": DUE_SECONDS}}
    tidy = {"task": "genresite.hooks.tasks.tidy", "schedule": TIDY_SECONDS, "options": {"expires": TIDY_SECONDS}}
    return {"webhooks-that-are-due": due, "tidy-webhooks-and-keys": tidy}


def _read(train_at: str) -> crontab:
    """A crontab of five fields."""
    try:
        return crontab.from_string(train_at)
    except ValueError as exc:
        raise ImproperlyConfigured(
            f"TRAIN_SCHEDULE must be five fields such as '0 3 * * 0' (Sunday, 03:00), not {train_at!r}: {exc}"
        ) from exc
