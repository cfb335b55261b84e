"""What the commands share whose option --version names a model version."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser


class VersionOption(BaseCommand):
    """A command that takes --version for itself; Django's own would print Django's."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Let a later option of the same name win."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)
