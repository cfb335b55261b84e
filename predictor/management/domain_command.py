"""The base of commands whose services may refuse: one sentence instead of a traceback."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from genresite.errors import DomainError


class DomainCommand(BaseCommand):
    """A command that tells a DomainError as Django tells a CommandError."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run the command.

        Raises:
            CommandError: A service refused.
        """
        try:
            return super().execute(*args, **options)
        except DomainError as exc:
            raise CommandError(exc.message) from exc
