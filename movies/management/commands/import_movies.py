"""Bring films of a data set into the catalogue."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from tqdm import tqdm

from genresite.errors import DomainError
from movies.importers import FORMATS, Options, measure_bytes, read_films
from movies.importers.files import Source
from movies.management.error_lines import write_errors
from movies.rows import RowError
from movies.services.imports import ImportSummary, check_terms, import_films

UNREADABLE = 2
SHOWN_ERRORS = 20
SHOWN_NAMES = 40
COLUMNS = {
    "title": "title",
    "plot": "plot",
    "genres": "genre",
    "year": "year",
    "imdb_id": "imdb",
    "tmdb_id": "tmdb",
}


class Command(BaseCommand):
    """Imports a file or folder; running it again changes nothing."""

    help = (
        "Bring the films at PATH into the catalogue. Running it again changes nothing. A wrong row is told with "
        "its file and line and left out whole. Exit status 0 if the data set could be read to its end, else 2."
    )

    # Pages and models have nothing to do with it; checking them costs a second and a hundred megabytes.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """PATH, --format, the terms of the data set, and how to read it."""
        parser.add_argument("path", metavar="PATH", type=Path)
        parser.add_argument("--format", required=True, choices=FORMATS)
        parser.add_argument("--source", help="Where it comes from; by default the format's name.")
        parser.add_argument("--licence", default="", help="The licence it is under, such as CC0-1.0.")
        parser.add_argument("--may-train", action="store_true", help="Models may learn from these films.")
        parser.add_argument("--dry-run", action="store_true", help="Only tell what would happen.")
        parser.add_argument("--errors", metavar="FILE", type=Path, help="Write every error as a JSON line.")
        parser.add_argument("--posters", metavar="FOLDER", type=Path, help="Where the posters are (kaggle-posters).")
        parser.add_argument("--encoding", default="", help="Of the texts; by default UTF-8, Latin-1 for imdb-list.")
        parser.add_argument("--genre-separator", default="", help="Between genres in a cell; by default | , or ;")
        for name in COLUMNS.values():
            parser.add_argument(f"--{name}-column", default="", metavar="NAME", help="Its column (plots-csv).")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and say what came of it.

        Raises:
            CommandError: The data set cannot be read to its end, or the database is not set up (status 2).
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
            raise CommandError("The data set could not be read to its end.", returncode=UNREADABLE)

    def _import(self, options: dict[str, Any], report: Callable[[RowError], object]) -> ImportSummary:
        name, path = options["format"], options["path"]
        known = FORMATS[name]
        terms = check_terms(
            source=name if options["source"] is None else options["source"],
            licence=options["licence"],
            may_train=options["may_train"],
            spellings=known.spellings,
        )
        columns = {meaning: options[f"{option}_column"] for meaning, option in COLUMNS.items()}
        reading = Options(columns, options["genre_separator"], options["encoding"], options["posters"])
        total = measure_bytes(name, path)
        with tqdm(total=total, unit="B", unit_scale=True, desc=path.name, file=sys.stderr, mininterval=0.5) as bar:
            rows = read_films(name, Source(path, reading, bar.update))
            return import_films(
                rows=rows,
                terms=terms,
                dry_run=options["dry_run"],
                report=report,
                advance=lambda summary: bar.set_postfix_str(f"{summary.rows} rows", refresh=False),
            )

    def _tell(self, summary: ImportSummary, *, dry_run: bool) -> None:
        for error in summary.first_errors[:SHOWN_ERRORS]:
            self.stderr.write(str(error))
        if summary.errors > SHOWN_ERRORS:
            self.stderr.write(f"… and {summary.errors - SHOWN_ERRORS} more errors (--errors FILE has all of them)")
        if summary.unknown:
            self.stdout.write(f"Genres that nothing is known of: {_list_counts(summary.unknown.most_common())}")
        if summary.skipped:
            self.stdout.write(f"Left out on purpose: {_list_counts(summary.skipped.most_common())}")
        if summary.ignored:
            self.stdout.write(f"Columns not read: {', '.join(sorted(summary.ignored)[:SHOWN_NAMES])}")
        self.stdout.write(
            f"{'Dry run, nothing is written: ' if dry_run else ''}{summary.rows} rows: {summary.made} films made, "
            f"{summary.completed} completed, {summary.unchanged} unchanged, {summary.errors} errors, "
            f"{sum(summary.unknown.values())} unknown genres "
            f"({summary.labels} labels, {summary.plots} plots, {summary.posters} posters)"
        )


def _list_counts(counts: list[tuple[str, int]]) -> str:
    shown = ", ".join(f"{name} ({count})" for name, count in counts[:SHOWN_NAMES])
    return f"{shown} … and {len(counts) - SHOWN_NAMES} more" if len(counts) > SHOWN_NAMES else shown
