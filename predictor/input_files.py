"""Reading a file of films line by line: CSV or JSON lines, UTF-8, whatever is wrong with single rows."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from movies.byte_lines import MAX_LINE_BYTES, CsvLines, find_delimiter, is_decoded, read_byte_lines

CSV_SUFFIXES: Final = {".csv", ".tsv"}
JSON_SUFFIXES: Final = {".jsonl", ".ndjson"}
COLUMNS: Final = ("id", "plot", "poster")
DELIMITERS: Final = ",;\t"


@dataclass(frozen=True)
class InputRow:
    """One row as it stands in the file."""

    line: int
    id: str | int | None
    plot: str
    poster: str


@dataclass(frozen=True)
class RowError:
    """A row that cannot be read."""

    line: int
    id: str | int | None
    code: str
    message: str


def _error(line: int, code: str, message: str, row_id: str | int | None = None) -> RowError:
    return RowError(line, row_id, code, _("Line %(line)d: %(message)s") % {"line": line, "message": message})


def read_rows(stream: BinaryIO, *, name: str) -> Iterator[InputRow | RowError]:
    """Read the rows of a file in their order.

    Args:
        stream: The file, open for reading bytes; must be seekable.
        name: Its name, whose ending says what it is; else its first character does.

    Yields:
        A row, or what is wrong with it. Empty lines are no rows.

    Raises:
        InvalidInput: The file as a whole cannot be read: wrong encoding, no header, a header without the columns.
    """
    start = stream.read(4096)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InvalidInput(_("The file is in UTF-16; it must be in UTF-8."), code="wrong_encoding")
    stream.seek(3 if start.startswith(b"\xef\xbb\xbf") else 0)
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        raise InvalidInput(_("The file is empty: it needs rows with id, plot and poster."), code="file_empty")
    suffix = Path(name).suffix.lower()
    looks_like_json = start.strip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    if suffix in JSON_SUFFIXES or (suffix not in CSV_SUFFIXES and looks_like_json):
        yield from _read_json_lines(stream)
    else:
        yield from _read_csv(stream)


def _too_long(line: int) -> RowError:
    return _error(line, "line_too_long", _("it is longer than %(limit)d bytes.") % {"limit": MAX_LINE_BYTES})


# --- JSON lines -------------------------------------------------------------------------------
def _read_json_lines(stream: BinaryIO) -> Iterator[InputRow | RowError]:
    for number, line in read_byte_lines(stream, max_bytes=MAX_LINE_BYTES):
        if line is None:
            yield _too_long(number)
        elif line.strip():
            yield _parse_json(number, line)


def _parse_json(number: int, line: bytes) -> InputRow | RowError:
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as exc:
        return _error(number, "wrong_encoding", _("byte %(at)d is not UTF-8.") % {"at": exc.start + 1})
    except (ValueError, RecursionError) as exc:
        return _error(number, "not_json", _("it is not JSON (%(reason)s).") % {"reason": str(exc)[:120]})
    if not isinstance(row, dict):
        return _error(number, "not_an_object", _("it must be a JSON object with id, plot and poster."))
    row_id = row.get("id")
    if isinstance(row_id, bool) or not isinstance(row_id, str | int) or row_id == "":
        return _error(number, "id_missing", _("its id must be a text or a whole number."))
    texts: dict[str, str] = {}
    for field in ("plot", "poster"):
        value = row.get(field)
        if not isinstance(value, str | None):
            message = _("its %(field)s must be a text.") % {"field": field}
            return _error(number, f"{field}_not_text", message, row_id)
        texts[field] = value or ""
    return InputRow(number, row_id, texts["plot"], texts["poster"])


# --- CSV --------------------------------------------------------------------------------------
def _read_csv(stream: BinaryIO) -> Iterator[InputRow | RowError]:
    lines = CsvLines(read_byte_lines(stream, max_bytes=MAX_LINE_BYTES))
    header_line = next((line for line in lines if line.strip()), "")
    delimiter = find_delimiter(header_line, DELIMITERS)
    header = [name.strip().lower() for name in next(csv.reader([header_line], delimiter=delimiter))]
    _check_header(header)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        first = lines.number + 1
        lines.too_long = False
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            yield _error(first, "not_csv", _("it cannot be read as CSV (%(reason)s).") % {"reason": exc})
            continue
        if lines.too_long:
            yield _too_long(lines.number)
        elif any(cell.strip() for cell in cells):
            yield _parse_cells(first, header, cells)


def _check_header(header: list[str]) -> None:
    missing = [name for name in ("id",) if name not in header]
    if not missing and not {"plot", "poster"} & set(header):
        missing = ["plot", "poster"]
    repeated = sorted({name for name in header if name in COLUMNS and header.count(name) > 1})
    if missing or repeated:
        words = _("lacks %(names)s") if missing else _("names more than once: %(names)s")
        raise InvalidInput(
            _("The first line must name the columns id, plot and poster; it %(words)s. It names: %(found)s.")
            % {"words": words % {"names": ", ".join(missing or repeated)}, "found": ", ".join(header)[:200]},
            code="wrong_columns",
        )


def _parse_cells(line: int, header: list[str], cells: list[str]) -> InputRow | RowError:
    values: dict[str, Any] = dict(zip(header, cells, strict=False))
    row_id = values.get("id", "").strip()
    clean_id = None if not is_decoded(row_id) or not row_id else row_id
    if not all(is_decoded(cell) for cell in cells):
        return _error(line, "wrong_encoding", _("it has bytes that are not UTF-8."), clean_id)
    if clean_id is None:
        return _error(line, "id_missing", _("it has no id."))
    if len(cells) > len(header):
        message = _("it has %(cells)d cells under %(columns)d columns; a text with the delimiter in it needs quotes.")
        return _error(line, "too_many_cells", message % {"cells": len(cells), "columns": len(header)}, clean_id)
    return InputRow(line, clean_id, values.get("plot", ""), values.get("poster", "").strip())
