"""What this site writes itself: the catalogue or its labelled films, as CSV or JSON lines.

A film with two plots is two lines. Where the genres, plots and licences came from is told in columns of its own and
left behind here: what is brought in has the source and the terms that are named for the import.
"""

import json
from collections.abc import Iterator

from django.utils.translation import gettext as _

from movies.cells import restore_cell
from movies.importers.files import Source, open_table, read_lines
from movies.rows import MovieRow, RowError, parse_row


def read(source: Source) -> Iterator[MovieRow | RowError]:
    """Read the file; its first character says which of the two it is."""
    with source.open(source.path) as stream:
        is_json = stream.peek(4096).lstrip()[:1] == b"{"  # type: ignore[attr-defined]  # a BufferedReader
    yield from _read_json_lines(source) if is_json else _read_csv(source)


def _read_csv(source: Source) -> Iterator[MovieRow | RowError]:
    with open_table(source, source.path, delimiter=",") as table:
        table.require(table.find("title", source.options, "title"), "title")
        for record in table.rows:
            if isinstance(record, RowError):
                yield record
                continue
            line, cells = record
            values = {column: restore_cell(cell) for column, cell in cells.items()}
            yield parse_row(values, file=table.name, line=line)


def _read_json_lines(source: Source) -> Iterator[MovieRow | RowError]:
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
            yield parse_row(values, file=name, line=line)
        else:
            yield RowError(name, line, "row_not_object", _("The line is JSON, but not an object of names and values."))
