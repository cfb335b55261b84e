"""Real services for the journeys that ask for them."""

import pytest


@pytest.fixture
def services(transactional_db, settings, tmp_path, monkeypatch):
    """A Redis, and the means to start workers; jobs are queued for real."""
    from datetime import timedelta

    from genresite.celery import app
    from predictor.services import job_states, reaping
    from tests.journeys.workers import LOST_SECONDS, Services

    settings.MODELS_DIR = tmp_path / "models"
    settings.MODELS_DIR.mkdir()
    settings.MEDIA_ROOT = str(tmp_path / "media")
    for module in (job_states, reaping):
        monkeypatch.setattr(module, "LOST_AFTER", timedelta(seconds=LOST_SECONDS))
    app.conf.task_always_eager = False
    started = Services(tmp_path)
    try:
        started.start_redis()
        yield started
    finally:
        started.stop()
        app.conf.task_always_eager = True
