"""Reading a file of films line by line, UTF-8, whatever is wrong with single rows.

A file is CSV, JSON lines, or of the form of the IMDb 27-genre set: `id ::: title ::: plot`, with or without a genre.
"""

import csv
import json
from collections.abc import Callable, Iterator
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
SEPARATOR: Final = " ::: "
# The longest name of a genre; what is longer is the start of a plot that has the separator in it.
GENRE_MAX_CHARS: Final = 40


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


@dataclass(frozen=True)
class Layout:
    """How the rows of a file are written, and where the first one begins.

    Attributes:
        form: `csv`, `jsonl` or `imdb27`.
        offset: Bytes before the first row.
        line: The number of the line that begins there.
        delimiter: What stands between the cells of a CSV file.
        columns: The names in its head, in lower case.
    """

    form: str
    offset: int
    line: int
    delimiter: str = ""
    columns: tuple[str, ...] = ()


def find_layout(stream: BinaryIO, *, name: str) -> Layout:
    """Look at the beginning of a file.

    Args:
        stream: The file, open for reading bytes; must be seekable.
        name: Its name, whose ending says what it is; else its first character does.

    Returns:
        How its rows are written.

    Raises:
        InvalidInput: The file as a whole cannot be read: no text, wrong encoding, no head, a head without the columns.
    """
    stream.seek(0)
    start = stream.read(4096)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InvalidInput(_("The file is in UTF-16; it must be in UTF-8."), code="wrong_encoding", field="file")
    # A single NUL is one broken row; many are a picture, a program, or UTF-16 without its mark.
    if start.count(b"\0") > len(start) // 20:
        raise InvalidInput(
            _("The file is no text: it must be CSV or JSON lines in UTF-8."), code="not_text", field="file"
        )
    offset = 3 if start.startswith(b"\xef\xbb\xbf") else 0
    text = start[offset:].strip(b" \t\r\n")
    if not text:
        message = _("The file is empty: it needs rows with id, plot and poster.")
        raise InvalidInput(message, code="file_empty", field="file")
    suffix = Path(name).suffix.lower()
    if suffix in JSON_SUFFIXES or (suffix not in CSV_SUFFIXES and text.startswith(b"{")):
        return Layout("jsonl", offset, 1)
    if suffix not in CSV_SUFFIXES and SEPARATOR.encode() in text.split(b"\n", 1)[0]:
        return Layout("imdb27", offset, 1)
    stream.seek(offset)
    return _find_csv_layout(stream)


class RowReader:
    """The rows of a file from some place on; between two rows it knows the place where the next one begins.

    Attributes:
        line: The number of the line where the next row begins.
    """

    def __init__(self, stream: BinaryIO, layout: Layout, *, offset: int | None = None, line: int | None = None) -> None:
        """Go to a place.

        Args:
            stream: The file, open for reading bytes; must be seekable.
            layout: What `find_layout` returned for it.
            offset: Bytes before the first row to read; by default that of the layout.
            line: The number of the line that begins there.
        """
        self._stream = stream
        self._layout = layout
        self._start = layout.offset if offset is None else offset
        self.line = layout.line if line is None else line

    @property
    def offset(self) -> int:
        """Bytes before the next row."""
        return self._stream.tell()

    def __iter__(self) -> Iterator[InputRow | RowError]:
        """A row, or what is wrong with it, in their order. Empty lines are no rows."""
        self._stream.seek(self._start)
        if self._layout.form == "csv":
            return self._read_csv()
        return self._read_lines(_parse_json if self._layout.form == "jsonl" else _parse_imdb27)

    def _lines(self) -> Iterator[tuple[int, bytes | None]]:
        before = self.line - 1
        for number, line in read_byte_lines(self._stream, max_bytes=MAX_LINE_BYTES):
            self.line = before + number + 1
            yield before + number, line

    def _read_lines(self, parse: Callable[[int, bytes], InputRow | RowError]) -> Iterator[InputRow | RowError]:
        for number, line in self._lines():
            if line is None:
                yield _too_long(number)
            elif line.strip():
                yield parse(number, line)

    def _read_csv(self) -> Iterator[InputRow | RowError]:
        lines = CsvLines(self._lines())
        reader = csv.reader(lines, delimiter=self._layout.delimiter)
        while True:
            first = self.line
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
                yield _parse_cells(first, self._layout.columns, cells)


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
    yield from RowReader(stream, find_layout(stream, name=name))


def _too_long(line: int) -> RowError:
    return _error(line, "line_too_long", _("it is longer than %(limit)d bytes.") % {"limit": MAX_LINE_BYTES})


# --- JSON lines -------------------------------------------------------------------------------
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


# --- The form of the IMDb 27-genre set --------------------------------------------------------
def _parse_imdb27(number: int, line: bytes) -> InputRow | RowError:
    text = line.decode("utf-8", errors="surrogateescape").rstrip("\r\n")
    parts = text.split(SEPARATOR, 3)
    row_id = parts[0].strip()
    clean_id = row_id if row_id and is_decoded(row_id) else None
    if not is_decoded(text):
        return _error(number, "wrong_encoding", _("it has bytes that are not UTF-8."), clean_id)
    if len(parts) < 3:
        message = _("it must be id ::: title ::: plot, and has %(parts)d parts.")
        return _error(number, "parts_missing", message % {"parts": len(parts)}, clean_id)
    if clean_id is None:
        return _error(number, "id_missing", _("it has no id."))
    has_genre = len(parts) == 4 and len(parts[2].strip()) <= GENRE_MAX_CHARS
    return InputRow(number, clean_id, parts[3] if has_genre else SEPARATOR.join(parts[2:]), "")


# --- CSV --------------------------------------------------------------------------------------
def _find_csv_layout(stream: BinaryIO) -> Layout:
    lines = CsvLines(read_byte_lines(stream, max_bytes=MAX_LINE_BYTES))
    head = next((line for line in lines if line.strip()), "")
    if not is_decoded(head):
        message = _("The first line has bytes that are not UTF-8; the file must be in UTF-8.")
        raise InvalidInput(message, code="wrong_encoding", field="file")
    delimiter = find_delimiter(head, DELIMITERS)
    try:
        columns = tuple(name.strip().lower() for name in next(csv.reader([head], delimiter=delimiter), []))
    except csv.Error as exc:
        message = _("The first line cannot be read as CSV (%(reason)s).") % {"reason": exc}
        raise InvalidInput(message, code="wrong_columns", field="file") from exc
    _check_header(columns)
    return Layout("csv", stream.tell(), lines.number + 1, delimiter, columns)


def _check_header(header: tuple[str, ...]) -> None:
    missing = [name for name in ("id",) if name not in header]
    if not missing and not {"plot", "poster"} & set(header):
        missing = ["plot", "poster"]
    repeated = sorted({name for name in header if name in COLUMNS and header.count(name) > 1})
    if missing or repeated:
        # What came may be anything; a control character would not pass through pages and databases.
        found = "".join(sign if sign.isprintable() else " " for sign in ", ".join(header)[:200])
        words = _("lacks %(names)s") if missing else _("names more than once: %(names)s")
        raise InvalidInput(
            _("The first line must name the columns id, plot and poster; it %(words)s. It names: %(found)s.")
            % {"words": words % {"names": ", ".join(missing or repeated)}, "found": found},
            code="wrong_columns",
            field="file",
        )


def _parse_cells(line: int, header: tuple[str, ...], cells: list[str]) -> InputRow | RowError:
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
