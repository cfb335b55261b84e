"""The accounts app's configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, their roles and their API tokens."""

    name = "genresite.accounts"
    label = "accounts"
    verbose_name = "Accounts"
