"""The catalogue app's configuration."""

from django.apps import AppConfig


class MoviesConfig(AppConfig):
    """Films, their plots and posters, and their labels with provenance."""

    name = "movies"
    verbose_name = "Catalogue"
