"""Reads for batches: what came of each row, page by page or as a file."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import QuerySet

from movies.cells import escape_cell
from predictor.models import Batch, BatchChunk, BatchRow, Kind
from predictor.services.predictions import SCORE_DIGITS

_READ_AT_ONCE = 2_000


@dataclass(frozen=True)
class ResultRow:
    """What came of one row of a file."""

    line: int
    id: str | int | None
    kind: str
    genres: list[str]
    scores: dict[str, float]
    models: dict[str, str]
    unsure: bool
    error_code: str
    message: str

    @property
    def kind_label(self) -> str:
        """What it was made from, as a page calls it."""
        return str(Kind(self.kind).label) if self.kind else ""

    @property
    def error(self) -> dict[str, str] | None:
        """Why there are no scores, if there are none."""
        return {"code": self.error_code, "message": self.message} if self.error_code else None

    @property
    def top(self) -> list[tuple[str, float]]:
        """The three likeliest genres."""
        return sorted(self.scores.items(), key=lambda item: -item[1])[:3]

    def as_dict(self) -> dict[str, Any]:
        """As `predict_file` writes a line."""
        return {
            "id": self.id,
            "genres": self.genres,
            "scores": self.scores,
            "model": self.models,
            "error": self.error,
        }


def select_rows(batch: Batch, state: str = "") -> QuerySet[BatchRow]:
    """The rows of a batch in the order of the file.

    Args:
        batch: The batch.
        state: `failed`, `predicted` or `unsure`; anything else means all.
    """
    rows = BatchRow.objects.filter(batch=batch).order_by("line")
    if state == "failed":
        return rows.exclude(error_code="")
    if state == "predicted":
        return rows.filter(error_code="")
    return rows.filter(error_code="", unsure=True) if state == "unsure" else rows


class RowDecoder:
    """Turns stored rows of one batch into what people read; looks up who answered once a chunk."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._answers: dict[int, list[dict[str, Any]]] = {}

    def decode_page(self, rows: list[BatchRow]) -> list[ResultRow]:
        """The rows of a page, with one query for who answered."""
        wanted = {row.chunk_id for row in rows} - self._answers.keys()
        if wanted:
            self._answers.update(BatchChunk.objects.filter(pk__in=wanted).values_list("pk", "answers"))
        return [self._decode(row) for row in rows]

    def _decode(self, row: BatchRow) -> ResultRow:
        film_id = json.loads(row.film_id)
        if row.error_code:
            return ResultRow(row.line, film_id, "", [], {}, {}, False, row.error_code, row.error)
        answer = self._answers[row.chunk_id][row.answer]
        names = answer["genres"]
        values = np.frombuffer(row.scores, dtype="<f4").tolist()
        scores = {name: round(value, SCORE_DIGITS) for name, value in zip(names, values, strict=True)}
        genres = [names[place] for place in bytes(row.decided)]
        return ResultRow(row.line, film_id, answer["kind"], genres, scores, answer["models"], row.unsure, "", "")


def read_results(batch: Batch, state: str = "") -> Iterator[ResultRow]:
    """Every row of a batch, so many at a time that the memory stays flat.

    Args:
        batch: The batch.
        state: As for `select_rows`.

    Yields:
        The rows in the order of the file; of one that is not finished, those that are there.
    """
    decoder = RowDecoder(batch)
    last = 0
    # Page by page instead of one long cursor: a slow reader must not hold a transaction open for minutes.
    while rows := list(select_rows(batch, state).filter(line__gt=last)[:_READ_AT_ONCE]):
        yield from decoder.decode_page(rows)
        last = rows[-1].line


def write_json_lines(batch: Batch, state: str = "") -> Iterator[str]:
    """The result as JSON lines, as `predict_file` writes them."""
    for row in read_results(batch, state):
        yield json.dumps(row.as_dict(), ensure_ascii=False).encode("utf-8", "backslashreplace").decode() + "\n"


CSV_HEAD = ("line", "id", "genres", "unsure", "scores", "models", "error_code", "error")


def write_csv(batch: Batch, state: str = "") -> Iterator[str]:
    """The result as CSV; no cell of it can be run by a spreadsheet."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(CSV_HEAD)
    for row in read_results(batch, state):
        writer.writerow([escape_cell(cell) for cell in _csv_cells(row)])
        if buffer.tell() > 1 << 16:
            yield _drain(buffer)
    yield _drain(buffer)


def _csv_cells(row: ResultRow) -> list[str]:
    film_id = "" if row.id is None else str(row.id)
    scores = "|".join(f"{name}={value:g}" for name, value in sorted(row.scores.items(), key=lambda item: -item[1]))
    models = "|".join(f"{kind}={name}" for kind, name in row.models.items())
    unsure = "" if row.error_code else str(int(row.unsure))
    return [str(row.line), film_id, "|".join(row.genres), unsure, scores, models, row.error_code, row.message]


def _drain(buffer: io.StringIO) -> str:
    text = buffer.getvalue().encode("utf-8", "backslashreplace").decode()
    buffer.seek(0)
    buffer.truncate()
    return text
