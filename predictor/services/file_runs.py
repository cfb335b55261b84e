"""Predictions of a whole file: a line out for every row in, in the same order, whatever is wrong with some of them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO

from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from movies.images import MAX_BYTES, read_pixels
from movies.validators import clean_plot
from predictor import pipelines
from predictor.input_files import InputRow, RowError, read_rows
from predictor.models import Kind, ModelVersion
from predictor.pipelines import Answer, Film
from predictor.services.predictions import as_json

BATCH_ROWS = 64
# A batch of posters may take 72 MB at most, however large they are.
BATCH_PIXELS = 24_000_000


@dataclass
class RunCounts:
    """How many rows there were, and how many of them could not be predicted."""

    rows: int = 0
    errors: int = 0


@dataclass
class _Line:
    """One line of the answer: its film until it is predicted, then what came of it."""

    id: str | int | None
    film: Film | None = None
    answer: Answer | None = None
    error: dict[str, str] | None = None

    def as_dict(self) -> dict[str, Any]:
        answer = self.answer
        return {
            "id": self.id,
            "genres": list(answer.scores.decided) if answer else [],
            "scores": as_json(answer.scores) if answer else {},
            "model": {part.kind: part.version.name for part in answer.parts} if answer else {},
            "error": self.error,
        }


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
        """Refuse a version of another kind than the rows; without a kind the version's own holds for every row."""
        if self.version is None:
            return
        self.kind = self.kind or self.version.kind
        parts = {Kind.PLOT.value, Kind.POSTER.value} if self.kind == Kind.BOTH else set()
        if self.version.kind not in {self.kind, *parts}:
            raise InvalidInput(
                _("The model version %(name)s reads %(own)s and cannot be used for %(kind)s.")
                % {"name": self.version.name, "own": self.version.kind, "kind": self.kind},
                code="version_of_other_kind",
            )

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
        for batch in self._batches(read_rows(source, name=name)):
            self._predict(batch)
            output.writelines(json.dumps(line.as_dict(), ensure_ascii=False) + "\n" for line in batch)
            self.counts.rows += len(batch)
            self.counts.errors += sum(line.error is not None for line in batch)
            advance(len(batch))
        return self.counts

    def _batches(self, rows: Iterator[InputRow | RowError]) -> Iterator[list[_Line]]:
        """So many rows at a time that the networks are busy and the memory stays flat."""
        batch: list[_Line] = []
        pixels = 0
        for row in rows:
            line = self._read(row)
            batch.append(line)
            if line.film is not None and line.film.poster is not None:
                pixels += line.film.poster.shape[0] * line.film.poster.shape[1]
            if len(batch) >= BATCH_ROWS or pixels >= BATCH_PIXELS:
                yield batch
                batch, pixels = [], 0
        if batch:
            yield batch

    def _read(self, row: InputRow | RowError) -> _Line:
        """Check a row and read its poster."""
        if isinstance(row, RowError):
            return _Line(row.id, error={"code": row.code, "message": row.message})
        try:
            return _Line(row.id, film=self._build_film(row))
        except InvalidInput as exc:
            message = _("Line %(line)d: %(message)s") % {"line": row.line, "message": exc.message}
            return _Line(row.id, error={"code": exc.code, "message": message})

    def _build_film(self, row: InputRow) -> Film:
        plot = "" if self.kind == Kind.POSTER else row.plot.strip()
        poster = "" if self.kind == Kind.PLOT else row.poster
        if not plot and not poster and self.kind is None:
            raise InvalidInput(_("The row has no plot and no poster."), code="nothing_given")
        if not plot and self.kind in (Kind.PLOT, Kind.BOTH):
            raise InvalidInput(_("The row has no plot."), code="plot_missing")
        if not poster and self.kind in (Kind.POSTER, Kind.BOTH):
            raise InvalidInput(_("The row has no poster."), code="poster_missing")
        cleaned = clean_plot(plot) if plot else ""
        return Film(cleaned, read_pixels(self._read_file(poster)) if poster else None)

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

    def _predict(self, batch: list[_Line]) -> None:
        """Ask the models about the batch's films, and let go of their pixels."""
        open_lines = [line for line in batch if line.film is not None]
        answers = pipelines.predict([line.film for line in open_lines if line.film], version=self.version)
        for line, answer in zip(open_lines, answers, strict=True):
            line.answer, line.film = answer, None
