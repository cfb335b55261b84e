"""Rows as CSV, JSON lines, `:::` lines and Parquet."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from genresite.errors import Unavailable
from movies.cells import escape_cell

Row = dict[str, Any]
_PIECE_CHARS: Final = 1 << 16
_ROW_GROUP: Final = 5_000
_TRIPLE: Final = ":::"


def write_lines(form: str, columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """Rows as text, piece by piece.

    Args:
        form: `csv`, `jsonl` or `imdb27`.
        columns: The columns in their order.
        rows: The rows.
    """
    writers = {"csv": _write_csv, "jsonl": _write_json_lines, "imdb27": _write_triple}
    return writers[form](columns, rows)


def _write_csv(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([escape_cell(_as_cell(row[column])) for column in columns])
        if buffer.tell() > _PIECE_CHARS:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _as_cell(value: Any) -> str:
    """A value as one cell: lists of names with | between them, anything deeper as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "|".join(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _write_json_lines(_columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        yield json.dumps(row, ensure_ascii=False) + "\n"


def _write_triple(_columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """`id ::: title ::: genre ::: plot`, a line per genre, as the IMDb set of 27 genres has it.

    The form has one line for a plot and no other fact, so that line breaks become spaces and the rest stays behind.
    """
    number = 0
    for row in rows:
        title = f'"{row["title"]}"' if row["kind"] == "show" else row["title"]
        if row["year"] or row["kind"] == "show":
            title = f"{title} ({row['year'] or '????'})"
        plot = " ".join(row["plot"].split()).replace(_TRIPLE, "::")
        for genre in row["genres"] or [None]:
            number += 1
            parts = [str(number), title.replace(_TRIPLE, "::"), *([genre] if genre else []), plot]
            yield " ::: ".join(parts) + "\n"


def write_parquet(path: Path, rows: Iterable[Row]) -> None:
    """Labelled films as a Parquet file, a row group at a time.

    Args:
        path: The file to write.
        rows: As `export_rows` describes labelled films.

    Raises:
        Unavailable: The package that writes it is not installed.
    """
    try:
        # Imported here because it takes 100 MB that no web process needs, and is an extra.
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as exc:
        message = _("Parquet needs the package pyarrow, which is not installed here; take CSV or JSON lines.")
        raise Unavailable(message, code="parquet_missing") from exc
    texts = {name: pa.string() for name in ("genre", "source", "licence", "labelled_at")}
    label = pa.struct([*texts.items(), ("may_train", pa.bool_())])
    kinds = {"year": pa.int16(), "tmdb_id": pa.int32(), "genres": pa.list_(pa.string()), "may_train": pa.bool_()}
    names = ("title", "year", "kind", "imdb_id", "tmdb_id", "genres", "plot", "language", "plot_source", "licence")
    fields = [(name, kinds.get(name, pa.string())) for name in (*names, "may_train")]
    schema = pa.schema([*fields, ("genres_decided_at", pa.string()), ("labels", pa.list_(label))])
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        group: list[Row] = []
        for row in rows:
            group.append(row)
            if len(group) == _ROW_GROUP:
                writer.write_table(pa.Table.from_pylist(group, schema=schema))
                group = []
        writer.write_table(pa.Table.from_pylist(group, schema=schema))
