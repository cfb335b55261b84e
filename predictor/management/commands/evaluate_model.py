"""Measure a model version on a data folder."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from predictor.management.domain_command import DomainCommand
from predictor.management.version_option import VersionOption
from predictor.services.training import measure_from_folder


class Command(DomainCommand, VersionOption):
    """Prints the figures of a version beside those of the answers that need no model."""

    help = "Measure a model version on a split of a data folder; with --store keep the figures in its manifest."
    # It looks at one bundle and verifies it itself.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--version", type=Path, required=True, dest="folder", help="the bundle's folder")
        parser.add_argument("--data", type=Path, required=True, help="the data folder")
        parser.add_argument("--split", choices=("validation", "test"), default="test")
        parser.add_argument(
            "--custom",
            default="",
            help="whose list of genres the version is told to match: imdb, tmdb, …; own for that of each film's "
            "source, catalogue for that of the catalogue which the source follows",
        )
        parser.add_argument("--store", action="store_true", help="keep the figures in manifest and model card")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure and print the table."""
        names = ("folder", "data", "split", "custom", "store")
        self.stdout.write(measure_from_folder(**{name: options[name] for name in names}))
