"""The accounts app's configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, their roles and their API tokens."""

    name = "genresite.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Let the API's description know the site's own kind of token, and register what is kept about people."""
        from genresite.accounts import own_data, schema  # noqa: F401 - registering is the schema's import's purpose

        own_data.register_sections()
