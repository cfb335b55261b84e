"""The catalogue app's configuration."""

from django.apps import AppConfig


class MoviesConfig(AppConfig):
    """Films, their plots and posters, and their labels with provenance."""

    name = "movies"
    verbose_name = "Catalogue"

    def ready(self) -> None:
        """Tell the account what the catalogue keeps about people."""
        from movies import personal_data

        personal_data.register_sections()
