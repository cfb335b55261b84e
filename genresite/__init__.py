"""The project: settings, routing and what every app shares."""

from genresite.celery import app as celery_app

__all__ = ["celery_app"]
