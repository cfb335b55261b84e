"""Bring predictions and corrections in that this site, or one like it, has exported."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from tqdm import tqdm

from genresite.errors import DomainError
from movies.importers.files import Source
from movies.management.error_lines import write_errors
from movies.rows import RowError
from predictor.history_files import read_history
from predictor.services.history_imports import SOURCE, HistorySummary, import_history

UNREADABLE = 2
SHOWN_ERRORS = 20


class Command(BaseCommand):
    """Imports an export of history or of corrections; running it again changes nothing."""

    help = (
        "Bring in the predictions or corrections of PATH, an export of this site as CSV or JSON lines. Running it "
        "again changes nothing. People are matched by name; what belongs to nobody here is kept without a person. "
        "Exit status 0 if the file could be read to its end, else 2."
    )
    # Pages and models have nothing to do with it; checking them costs a second and a hundred megabytes.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """PATH, --source, --dry-run, --errors."""
        parser.add_argument("path", metavar="PATH", type=Path)
        parser.add_argument("--source", default=SOURCE, help="The site that it comes from, kept as provenance.")
        parser.add_argument("--dry-run", action="store_true", help="Only tell what would happen.")
        parser.add_argument("--errors", metavar="FILE", type=Path, help="Write every error as a JSON line.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and say what came of it.

        Raises:
            CommandError: The file cannot be read to its end, or the database is not set up (status 2).
        """
        try:
            with write_errors(options["errors"]) as report:
                summary = self._import(options, report)
        except DomainError as exc:
            raise CommandError(exc.message, returncode=UNREADABLE) from exc
        except DatabaseError as exc:
            message = f"The database refused ({str(exc)[:100]}); is it set up? Run manage.py migrate first."
            raise CommandError(message, returncode=UNREADABLE) from exc
        except OSError as exc:
            raise CommandError(f"{exc.filename or options['path']}: {exc.strerror}.", returncode=UNREADABLE) from exc
        self._tell(summary, dry_run=options["dry_run"])
        if not summary.whole:
            raise CommandError("The file could not be read to its end.", returncode=UNREADABLE)

    def _import(self, options: dict[str, Any], report: Callable[[RowError], object]) -> HistorySummary:
        path: Path = options["path"]
        total = path.stat().st_size
        with tqdm(total=total, unit="B", unit_scale=True, desc=path.name, file=sys.stderr, mininterval=0.5) as bar:
            return import_history(
                rows=read_history(Source(path, advance=bar.update)),
                person=None,
                file_name=path.name,
                source=options["source"],
                dry_run=options["dry_run"],
                report=report,
                advance=lambda summary: bar.set_postfix_str(f"{summary.rows} rows", refresh=False),
            )

    def _tell(self, summary: HistorySummary, *, dry_run: bool) -> None:
        for error in summary.first_errors[:SHOWN_ERRORS]:
            self.stderr.write(str(error))
        if summary.errors > SHOWN_ERRORS:
            self.stderr.write(f"… and {summary.errors - SHOWN_ERRORS} more errors (--errors FILE has all of them)")
        self.stdout.write(
            f"{'Dry run, nothing is written: ' if dry_run else ''}{summary.rows} rows: {summary.made} predictions "
            f"made, {summary.completed} completed, {summary.unchanged} unchanged, {summary.errors} errors "
            f"({summary.corrections} corrections; {summary.without_person} without a person, {summary.without_film} "
            f"without their film, {summary.without_version} with a version that is not here)"
        )
