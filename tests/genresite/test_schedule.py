"""What the site does by the clock."""

import importlib

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from genresite.schedule import beat_schedule

TRAININGS = {"train-on-schedule", "train-on-new-labels"}


def test_by_default_lost_jobs_are_looked_for_and_nothing_is_trained():
    assert "reap-jobs" in settings.CELERY_BEAT_SCHEDULE
    assert not TRAININGS & set(settings.CELERY_BEAT_SCHEDULE)


def test_every_task_of_the_schedule_exists_and_has_its_queue():
    schedule = beat_schedule("0 3 * * 0", watch_labels=True)
    assert set(schedule) >= TRAININGS
    for entry in schedule.values():
        module, name = entry["task"].rsplit(".", 1)
        assert getattr(importlib.import_module(module), name).name == entry["task"]
        assert settings.CELERY_TASK_ROUTES[entry["task"]] == {"queue": "chores"}


@pytest.mark.parametrize("rubbish", ["sundays", "0 3 *", "0 99 * * *"])
def test_a_schedule_that_is_none_is_told_at_start(rubbish):
    with pytest.raises(ImproperlyConfigured, match="TRAIN_SCHEDULE"):
        beat_schedule(rubbish, watch_labels=False)
