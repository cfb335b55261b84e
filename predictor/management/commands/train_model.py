"""Train a model version from a data folder."""

import json
import shlex
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from predictor.management.domain_command import DomainCommand
from predictor.services.training import TrainingOrder, train_from_folder

PATHS = ("data", "output", "work", "glove", "backbone_weights", "encoder_weights", "plot_bundle", "poster_bundle")
PASSED = ("kind", "recipe", "name", "seed", *PATHS)


class Command(DomainCommand):
    """Trains a version; the same command goes on where a killed run stopped."""

    help = "Train a model version from a data folder (docs/data.md) and write its bundle."
    # It must run where the system check complains about a bundle: a new one is the remedy.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--kind", choices=("plot", "poster", "both"), required=True)
        parser.add_argument("--recipe", default="", help="default: the usual one of the kind")
        parser.add_argument("--data", type=Path, required=True, help="the data folder")
        parser.add_argument("--output", type=Path, default=Path(settings.MODELS_DIR), help="the folder of models")
        parser.add_argument("--name", default="", help="name of the version (default: the next free one)")
        parser.add_argument("--work", type=Path, default=Path("var/training"), help="where checkpoints are kept")
        parser.add_argument("--glove", type=Path, help="GloVe text file")
        parser.add_argument("--backbone-weights", type=Path, help="weights that a poster network starts from")
        parser.add_argument(
            "--encoder-weights", type=Path, help="folder of the weights that a text encoder starts from"
        )
        parser.add_argument("--plot-bundle", type=Path, help="for kind both (default: the newest in --output)")
        parser.add_argument("--poster-bundle", type=Path, help="for kind both (default: the newest in --output)")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--set", type=json.loads, default={}, metavar="JSON", help="settings of the recipe")

    def handle(self, *args: Any, **options: Any) -> None:
        """Train and print where the version lies."""
        order = TrainingOrder(
            **{name: options[name] for name in PASSED},
            overrides=options["set"],
            command=shlex.join(_portable(word) for word in sys.argv),
        )
        self.stdout.write(str(train_from_folder(order=order)))


def _portable(word: str) -> str:
    """A word of the command line; of an absolute path only the last part, for the manifest is published."""
    return Path(word).name if Path(word).is_absolute() else word
