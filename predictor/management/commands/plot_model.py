"""Draw the pictures of a model version."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from predictor.management.domain_command import DomainCommand
from predictor.management.version_option import VersionOption
from predictor.services.training import plot_from_folder


class Command(DomainCommand, VersionOption):
    """Writes precision and recall per genre, reliability and the learning curve as SVG files."""

    help = "Draw precision-recall, reliability and learning curve of a model version as SVG files."
    # It looks at one bundle and verifies it itself.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--version", type=Path, required=True, dest="folder", help="the bundle's folder")
        parser.add_argument("--data", type=Path, required=True, help="the data folder")
        parser.add_argument("--split", choices=("validation", "test"), default="test")
        parser.add_argument("--output", type=Path, default=Path(settings.MODEL_PLOTS_DIR), help="where the files go")
        parser.add_argument("--work", type=Path, default=Path("var/training"), help="where checkpoints are kept")

    def handle(self, *args: Any, **options: Any) -> None:
        """Draw and name the files."""
        names = ("folder", "data", "split", "output", "work")
        for path in plot_from_folder(**{name: options[name] for name in names}):
            self.stdout.write(str(path))
