"""Predict the films of a file."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.management.base import CommandError
from django.db import DatabaseError
from tqdm import tqdm

from genresite.errors import DomainError
from predictor.management.version_option import VersionOption
from predictor.models import Kind
from predictor.services.file_runs import FileRun, RunCounts
from predictor.services.versions import find_version

UNREADABLE = 2


class Command(VersionOption):
    """One JSON line for every row of a file: CSV, JSON lines, or lines of `id ::: title ::: plot`."""

    help = (
        "Predict the films of INPUT (CSV or JSON lines with id, plot, poster; or lines of id ::: title ::: plot) and "
        "write one JSON line per row, in input order. A bad row becomes an error line. Exit status 0 if the file could "
        "be read, else 2."
    )
    # Every bundle is verified when it is loaded; the checks of pages and settings would only cost time here.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """INPUT, --output, --kind, --version."""
        parser.add_argument("input", metavar="INPUT", type=Path)
        parser.add_argument("--output", metavar="OUT.jsonl", type=Path, required=True)
        parser.add_argument("--kind", choices=Kind.values, help="By default, what each row has.")
        parser.add_argument("--version", dest="model", metavar="NAME", help="A model version; by default the active.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Predict row after row.

        Raises:
            CommandError: The input cannot be read, the output cannot be written, or a model is missing (status 2).
        """
        source: Path = options["input"]
        try:
            version = find_version(options["model"]) if options["model"] else None
            run = FileRun(folder=source.parent, kind=options["kind"], version=version)
            counts = self._run(run, source, options["output"])
        except DomainError as exc:
            raise CommandError(exc.message, returncode=UNREADABLE) from exc
        except DatabaseError as exc:
            raise CommandError(
                "The database is not set up: run manage.py migrate first.", returncode=UNREADABLE
            ) from exc
        except OSError as exc:
            raise CommandError(f"{exc.filename or source}: {exc.strerror}.", returncode=UNREADABLE) from exc
        self.stderr.write(f"{counts.rows} rows, {counts.errors} of them with an error: {options['output']}")

    def _run(self, run: FileRun, source: Path, output: Path) -> RunCounts:
        size_bytes = source.stat().st_size
        bar = tqdm(total=size_bytes, unit="B", unit_scale=True, desc=source.name, file=sys.stderr)
        with source.open("rb") as stream, open_whole(output) as lines, bar:
            rows = 0

            def advance(count: int) -> None:
                nonlocal rows
                rows += count
                bar.set_postfix_str(f"{rows} rows", refresh=False)
                bar.update(min(stream.tell(), size_bytes) - bar.n)

            return run.write(stream, source.name, lines, advance)


@contextmanager
def open_whole(path: Path) -> Iterator[IO[str]]:
    """A file that appears under its name once it is whole, and not at all if writing it fails."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # A lone surrogate in an id becomes its escape, which is what JSON calls it.
        with draft.open("x", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            yield stream
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
