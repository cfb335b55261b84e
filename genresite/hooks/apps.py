"""The webhooks app's configuration."""

from django.apps import AppConfig


class HooksConfig(AppConfig):
    """Telling people's own programs what has happened."""

    name = "genresite.hooks"
    label = "hooks"
    verbose_name = "Webhooks"

    def ready(self) -> None:
        """Tell the account what webhooks keep about people."""
        from genresite.hooks import personal_data

        personal_data.register_sections()
