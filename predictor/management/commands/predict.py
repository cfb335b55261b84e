"""Predict one film and print a small table."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from genresite.errors import DomainError
from movies.images import MAX_BYTES
from predictor.pipelines import Answer
from predictor.services.predictions import predict_once

BAR_CHARS = 24


class Command(BaseCommand):
    """The likely genres of a plot, a poster, or both; nothing is kept."""

    help = "Predict the genres of a plot, a poster, or both, and print them as a small table. Nothing is kept."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--plot, --poster, --all."""
        parser.add_argument("--plot", metavar="TEXT", default="")
        parser.add_argument("--poster", metavar="FILE", type=Path)
        parser.add_argument("--all", action="store_true", help="Every genre, not only the first five and the decided.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Predict and print.

        Raises:
            CommandError: What was given breaks a rule, or a model is missing.
        """
        try:
            poster_bytes = None
            if options["poster"]:
                with options["poster"].open("rb") as stream:
                    poster_bytes = stream.read(MAX_BYTES + 1)
            answer = predict_once(plot=options["plot"], poster_bytes=poster_bytes)
        except DomainError as exc:
            raise CommandError(exc.message) from exc
        except DatabaseError as exc:
            raise CommandError("The database is not set up: run manage.py migrate first.") from exc
        except OSError as exc:
            raise CommandError(f"{options['poster']}: {exc.strerror}.") from exc
        self.stdout.write(format_answer(answer, everything=options["all"]))


def format_answer(answer: Answer, *, everything: bool = False) -> str:
    """The answer as lines of text: genre, probability, bar, and a mark at the decided ones."""
    scores = answer.scores
    rows = scores.top(len(scores.genres) if everything else max(5, len(scores.decided)))
    width = max(len(name) for name, _probability in rows)
    lines = [
        f"{name:<{width}}  {probability:>6.1%}  {'#' * round(probability * BAR_CHARS):<{BAR_CHARS}}"
        f"{'  *' if name in scores.decided else ''}".rstrip()
        for name, probability in rows
    ]
    models = ", ".join(f"{part.kind}: {part.version.name}" for part in answer.parts)
    verdict = "unsure: please decide yourself" if scores.unsure else "* decided"
    return "\n".join([*lines, f"{verdict} ({models}, {answer.duration_ms:.0f} ms)"])
