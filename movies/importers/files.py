"""Reading files that may be broken: gz or plain, any encoding, lines of any length, CSV in four dialects."""

import codecs
import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, TypeVar

from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from movies.byte_lines import MAX_LINE_BYTES, CsvLines, find_delimiter, is_decoded, read_byte_lines
from movies.rows import RowError

Row = TypeVar("Row")

DELIMITERS: Final = ",;\t|"
GZIP_MAGIC: Final = b"\x1f\x8b"
_DAMAGE: Final = (EOFError, zlib.error, gzip.BadGzipFile)


class FileBroken(Exception):
    """From some line on a file cannot be read; what came before can."""

    def __init__(self, error: RowError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(frozen=True)
class Options:
    """What a person says of a file beside its format; empty means: find out.

    Attributes:
        columns: What is in a column (title, year, plot, genres, imdb_id, tmdb_id) -> its name in the head.
        separator: What stands between two genres in one cell.
        encoding: The file's encoding.
        posters: The folder of the posters.
    """

    columns: dict[str, str] = field(default_factory=dict)
    separator: str = ""
    encoding: str = ""
    posters: Path | None = None


class _CountedFile(io.FileIO):
    """A file that tells how many bytes were read, for a progress bar."""

    def __init__(self, path: Path, advance: Callable[[int], object]) -> None:
        super().__init__(path)
        self._tell_bytes = advance

    def readinto(self, buffer: Any) -> int:
        """Read, and say how much."""
        count = super().readinto(buffer) or 0
        self._tell_bytes(count)
        return count


@dataclass(frozen=True)
class Source:
    """The file or folder of an import.

    Attributes:
        path: The file or folder.
        options: What is known of it.
        advance: Called with the number of bytes after every read.
    """

    path: Path
    options: Options = field(default_factory=Options)
    advance: Callable[[int], object] = lambda _count: None

    def name_of(self, path: Path) -> str:
        """The file's name in a report: from the folder of the import on."""
        return str(path.relative_to(self.path)) if path != self.path and self.path in path.parents else path.name

    @contextmanager
    def open(self, path: Path) -> Iterator[BinaryIO]:
        """The file's bytes behind a byte order mark, unpacked if it is gz by content.

        Raises:
            InvalidInput: `file_unreadable`, or `wrong_encoding`: it is in UTF-16.
        """
        try:
            raw = io.BufferedReader(_CountedFile(path, self.advance))
        except OSError as exc:
            message = _("{path} cannot be read: {reason}.").format(path=path.name, reason=exc.strerror)
            raise InvalidInput(message, code="file_unreadable", field="file") from exc
        with raw:
            stream: Any = gzip.GzipFile(fileobj=raw) if raw.peek(2)[:2] == GZIP_MAGIC else raw
            stream = io.BufferedReader(stream) if stream is not raw else raw
            try:
                start = stream.peek(3)[:3]
            except _DAMAGE as exc:
                raise FileBroken(_tell_damage(self.name_of(path), 0)) from exc
            if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
                message = _("{path} is in UTF-16; it must be in UTF-8 or be named by its encoding.")
                raise InvalidInput(message.format(path=path.name), code="wrong_encoding", field="file")
            if start == codecs.BOM_UTF8:
                stream.read(3)
            yield stream

    def encoding(self, default: str = "utf-8") -> str:
        """The name of the file's encoding.

        Raises:
            InvalidInput: `encoding_unknown`, also for those whose line ends are no single byte.
        """
        name = self.options.encoding or default
        try:
            known = codecs.lookup(name)
            if b"\n".decode(known.name, errors="surrogateescape") != "\n":
                raise LookupError
        except (LookupError, UnicodeError, TypeError) as exc:
            message = _("There is no encoding called {name!r} for texts by line; try utf-8, latin-1 or cp1252.")
            raise InvalidInput(message.format(name=name[:40]), code="encoding_unknown", field="encoding") from exc
        return known.name


def _tell_damage(name: str, line: int) -> RowError:
    message = _("The file is cut off or damaged: it cannot be unpacked beyond line {line}.").format(line=line)
    return RowError(name, line + 1, "file_truncated", message, fatal=True)


def tell_too_long(name: str, line: int) -> RowError:
    """The error of a line that is no film for its length."""
    message = _("The line is longer than {most:,} bytes.").format(most=MAX_LINE_BYTES)
    return RowError(name, line, "line_too_long", message)


def tell_encoding(name: str, line: int, encoding: str) -> RowError:
    """The error of a line with bytes that its encoding does not know."""
    message = _("The line is not in the encoding {encoding}; another may be named, such as latin-1.")
    return RowError(name, line, "wrong_encoding", message.format(encoding=encoding))


def _read_undamaged(stream: BinaryIO, name: str) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a file, as `read_byte_lines` gives them.

    Raises:
        FileBroken: A gz file ends too early or is damaged.
    """
    number = 0
    try:
        for number, line in read_byte_lines(stream):
            yield number, line
    except _DAMAGE as exc:
        raise FileBroken(_tell_damage(name, number)) from exc


def read_lines(source: Source, path: Path, encoding: str = "utf-8") -> Iterator[tuple[int, str] | RowError]:
    """The lines of a text file that are not empty, without their ends.

    Args:
        source: The import.
        path: The file.
        encoding: Its encoding, unless the options name another.

    Yields:
        A line's number, from 1, and its text; or what is wrong with the line.

    Raises:
        InvalidInput: The file as a whole cannot be read.
        FileBroken: The rest of the file cannot be read.
    """
    encoding, name = source.encoding(encoding), source.name_of(path)
    with source.open(path) as stream:
        for number, line in _read_undamaged(stream, name):
            if line is None:
                yield tell_too_long(name, number)
                continue
            text = line.decode(encoding, errors="surrogateescape").rstrip("\r\n")
            if not is_decoded(text):
                yield tell_encoding(name, number, encoding)
            elif text.strip():
                yield number, text


@dataclass
class Table:
    """A CSV file with a head.

    Attributes:
        name: The file's name in reports.
        head: The columns' names, trimmed.
        rows: A line's number and its cells by column, or what is wrong with the line.
    """

    name: str
    head: list[str]
    rows: Iterator[tuple[int, dict[str, str]] | RowError]

    def find(self, meaning: str, options: Options, *names: str) -> str:
        """The column that holds something: as the options name it, else the first of `names` that is there.

        Raises:
            InvalidInput: `columns_missing`: the options name one that is not there.
        """
        lowered = {column.lower(): column for column in reversed(self.head)}
        wanted = options.columns.get(meaning, "")
        if wanted:
            self.require(lowered.get(wanted.lower(), ""), wanted)
            return lowered[wanted.lower()]
        return next((lowered[name] for name in names if name in lowered), "")

    def require(self, column: str, name: str) -> None:
        """Refuse the file where a column was not found.

        Raises:
            InvalidInput: `columns_missing`, with the columns that are there.
        """
        if not column:
            message = _("{file} has no column {name!r}; its columns are: {columns}.").format(
                file=self.name, name=name[:60], columns=", ".join(self.head)[:300] or _("none")
            )
            raise InvalidInput(message, code="columns_missing", field="file", details={"columns": self.head[:100]})


@contextmanager
def open_table(source: Source, path: Path, *, delimiter: str = "", quoted: bool = True) -> Iterator[Table]:
    """Open a CSV file.

    Args:
        source: The import.
        path: The file.
        delimiter: What stands between cells; by default what the head has most of: comma, semicolon, tab or bar.
        quoted: Whether quotes hold cells together; IMDb's files use them as letters.

    Yields:
        The table; its rows can be read while it is open.

    Raises:
        InvalidInput: The file cannot be read or has no head.
    """
    encoding, name = source.encoding(), source.name_of(path)
    with source.open(path) as stream:
        lines = CsvLines(_read_undamaged(stream, name), encoding)
        first = next(lines, "")
        if not first.strip() or lines.too_long or not is_decoded(first):
            message = _("{file} has no readable line of column names at its start.").format(file=name)
            raise InvalidInput(message, code="head_missing", field="file")
        delimiter = delimiter or find_delimiter(first, DELIMITERS)
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
        try:
            head = [cell.strip() for cell in next(csv.reader([first], delimiter=delimiter, quoting=quoting))]
        except csv.Error as exc:
            message = _("{file} has no readable line of column names at its start.").format(file=name)
            raise InvalidInput(message, code="head_missing", field="file") from exc
        reader = csv.reader(lines, delimiter=delimiter, quoting=quoting)
        yield Table(name, head, _read_records(reader, lines, name, head, encoding))


def _read_records(
    reader: Any, lines: CsvLines, name: str, head: list[str], encoding: str
) -> Iterator[tuple[int, dict[str, str]] | RowError]:
    while True:
        start = lines.number + 1
        try:
            cells = next(reader, None)
        except csv.Error as exc:
            message = _("From this line on the file is not CSV: {reason}.").format(reason=exc)
            raise FileBroken(RowError(name, start, "row_not_csv", message, fatal=True)) from exc
        if cells is None:
            return
        if lines.too_long:
            lines.too_long = False
            yield tell_too_long(name, start)
        elif any(cell.strip() for cell in cells):
            yield _check_record(cells, name, start, head, encoding)


def _check_record(
    cells: list[str], name: str, line: int, head: list[str], encoding: str
) -> tuple[int, dict[str, str]] | RowError:
    if len(cells) != len(head):
        message = _("The line has {cells} cells, and the head has {columns} columns.")
        return RowError(name, line, "cells_miscounted", message.format(cells=len(cells), columns=len(head)))
    if not all(is_decoded(cell) for cell in cells):
        return tell_encoding(name, line, encoding)
    return line, dict(zip(head, cells, strict=True))


def holds_json_lines(source: Source) -> bool:
    """Whether an export's first character says JSON lines; CSV otherwise."""
    with source.open(source.path) as stream:
        return bool(stream.peek(4096).lstrip()[:1] == b"{")  # type: ignore[attr-defined]  # a BufferedReader


def read_json_rows(
    source: Source, parse: Callable[[dict[str, Any], str, int], Row | RowError]
) -> Iterator[Row | RowError]:
    """Read JSON lines, one object each.

    Args:
        source: The file.
        parse: Makes a row of an object's values, the file's name and the line.

    Yields:
        Rows, and what is wrong with other lines.
    """
    name = source.name_of(source.path)
    for record in read_lines(source, source.path):
        if isinstance(record, RowError):
            yield record
            continue
        line, text = record
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as exc:
            message = _("The line is not JSON: {reason}.").format(reason=str(exc)[:120])
            yield RowError(name, line, "row_not_json", message)
            continue
        if isinstance(values, dict):
            yield parse(values, name, line)
        else:
            yield RowError(name, line, "row_not_object", _("The line is JSON, but not an object of names and values."))
