"""Reading what this site exports as history or as corrections: CSV or JSON lines, plain or gz."""

import json
from collections.abc import Iterator
from typing import Any, Final

from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from movies.cells import restore_cell
from movies.importers.files import FileBroken, Source, holds_json_lines, open_table, read_json_rows
from movies.rows import RowError
from predictor.history_rows import HistoryRow, parse_history

_JSON_CELLS: Final = frozenset({"film", "scores", "models", "parts", "corrections"})
_NAME_CELLS: Final = frozenset({"genres", "authors_genres", "predicted"})
_NUMBER_CELLS: Final = frozenset({"poster_width", "poster_height", "duration_ms"})
_FLAGS: Final = {"true": True, "false": False}


def read_history(source: Source) -> Iterator[HistoryRow | RowError]:
    """Read an export of predictions or of corrections; its first character and its columns say which of them it is.

    Args:
        source: The file.

    Yields:
        Predictions with what people said of them, and what is wrong with other lines; a fatal RowError is the last.

    Raises:
        InvalidInput: The file as a whole cannot be read.
    """
    if not source.path.is_file():
        raise InvalidInput(_("There is no {path}.").format(path=source.path), code="file_missing", field="file")
    try:
        yield from read_json_rows(source, _parse) if holds_json_lines(source) else _read_csv(source)
    except FileBroken as exc:
        yield exc.error


def _parse(values: dict[str, Any], file: str, line: int) -> HistoryRow | RowError:
    return parse_history(values, file=file, line=line)


def _read_csv(source: Source) -> Iterator[HistoryRow | RowError]:
    with open_table(source, source.path, delimiter=",") as table:
        for column in ("made_from", "scores", "origin"):
            table.require(column if column in table.head else "", column)
        for record in table.rows:
            if isinstance(record, RowError):
                yield record
                continue
            line, cells = record
            try:
                values = {name: _read_cell(name, restore_cell(cell)) for name, cell in cells.items()}
            except (ValueError, RecursionError) as exc:
                message = _("A cell of this line cannot be read: {reason}.").format(reason=str(exc)[:120])
                yield RowError(table.name, line, "cell_unreadable", message)
                continue
            yield parse_history(values, file=table.name, line=line)


def _read_cell(name: str, cell: str) -> Any:
    """A cell as the value that it was written from."""
    if name in _NAME_CELLS:
        return cell.split("|") if cell else []
    if not cell:
        return None
    if name in _JSON_CELLS:
        return json.loads(cell)
    if name in _NUMBER_CELLS:
        return float(cell) if name == "duration_ms" else int(cell)
    return _FLAGS.get(cell, cell) if name == "unsure" else cell
