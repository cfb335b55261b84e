"""Bring a site up to date before it starts: database, genres, demo catalogue, models, static files."""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser


@contextmanager
def _without_cache() -> Iterator[None]:
    """Says nothing of the cache: `make run` starts Redis after this, so that it is away is no news."""
    log = logging.getLogger("genresite.cache")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


class Command(BaseCommand):
    """What `make run` and `make setup` do first; running it again changes nothing."""

    help = "Migrate, load the genres and the demo catalogue, register the shipped models, collect static files."
    # The checks of the model bundles need the tables that this command makes.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--bare", action="store_true", help="only migrate and load the genres and the models")
        parser.add_argument("--port", type=int, help="refuse to go on if this port is in use")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do each step in turn.

        Raises:
            CommandError: The port is in use.
            SystemCheckError: A setting or a model bundle is not as it should be.
        """
        if options["port"]:
            self._require_free_port(options["port"])
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        call_command("load_genres", verbosity=0)
        call_command("register_models", verbosity=1, stdout=self.stdout, stderr=self.stderr)
        # Now that the tables are there: a model bundle whose files do not match stops the start here.
        call_command("check", stdout=StringIO(), stderr=self.stderr)
        if options["bare"]:
            return
        with _without_cache():
            call_command("load_demo", verbosity=0)
            # So that similar films are found from the first minute; many films are left to the workers.
            call_command("compare_films", at_most=200, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)

    def _require_free_port(self, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as exc:
                raise CommandError(
                    f"Port {port} is in use: stop what listens there, or choose another with PORT={port + 1} make run."
                ) from exc
