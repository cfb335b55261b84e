"""Predictions of a whole file: a line out for every row in, in the same order, whatever is wrong with some of them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO

from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from movies.images import MAX_BYTES
from predictor.input_files import read_rows
from predictor.models import ModelVersion
from predictor.services.row_runs import RowRun


@dataclass
class RunCounts:
    """How many rows there were, and how many of them could not be predicted."""

    rows: int = 0
    errors: int = 0


@dataclass
class FileRun:
    """How the rows of a file are predicted.

    Attributes:
        folder: What the posters' paths start from. The shell is the reader's own: a path may lead out of it.
        kind: What every row is predicted from, or None for what each row has.
        version: A version to ask instead of the active one of its kind.
        counts: What came of it.
    """

    folder: Path
    kind: str | None = None
    version: ModelVersion | None = None
    counts: RunCounts = field(default_factory=RunCounts)

    def __post_init__(self) -> None:
        """Refuse a version of another kind than the rows."""
        self._run = RowRun(self._read_file, kind=self.kind, version=self.version)

    def write(self, source: BinaryIO, name: str, output: IO[str], advance: Callable[[int], object]) -> RunCounts:
        """Predict the rows of a file.

        Args:
            source: The file, open for reading bytes.
            name: Its name.
            output: Where the lines go.
            advance: Called with the number of rows after each batch.

        Returns:
            How many rows there were, and how many failed.

        Raises:
            InvalidInput: The file as a whole cannot be read.
            Unavailable: A model that is needed is not there.
        """
        for batch in self._run.answer(read_rows(source, name=name)):
            output.writelines(json.dumps(line.as_dict(), ensure_ascii=False) + "\n" for line in batch)
            self.counts.rows += len(batch)
            self.counts.errors += sum(line.error is not None for line in batch)
            advance(len(batch))
        return self.counts

    def _read_file(self, name: str) -> bytes:
        """The bytes of a poster's file, at most one more than is allowed: a huge one must not fill the memory."""
        try:
            path = self.folder / name
            if not path.is_file():
                raise InvalidInput(
                    _("There is no poster file %(name)r.") % {"name": name[:200]}, code="poster_not_found"
                )
            with path.open("rb") as stream:
                return stream.read(MAX_BYTES + 1)
        except (OSError, ValueError) as exc:
            raise InvalidInput(
                _("The poster file %(name)r cannot be read.") % {"name": name[:200]}, code="poster_unreadable"
            ) from exc
