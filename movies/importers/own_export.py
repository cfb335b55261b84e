"""What this site writes itself: the catalogue or its labelled films, as CSV or JSON lines.

A film with two plots is two lines. Where a line says where its plot and its genres come from, on what terms, and since
when, that is kept; what it does not say has the source and the terms that are named for the import.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from movies.cells import restore_cell
from movies.importers.files import Source, holds_json_lines, open_table, read_json_rows
from movies.rows import LabelRow, MovieRow, RowError, parse_row
from movies.validators import clean_licence, clean_line, clean_source

_OWN: Final = frozenset({"plot_source", "labels", "genres_decided_at"})
_LABEL_SOURCE_MAX_CHARS: Final = 40


def read(source: Source) -> Iterator[MovieRow | RowError]:
    """Read the file; its first character says which of the two it is."""
    yield from read_json_rows(source, _parse) if holds_json_lines(source) else _read_csv(source)


def _read_csv(source: Source) -> Iterator[MovieRow | RowError]:
    with open_table(source, source.path, delimiter=",") as table:
        table.require(table.find("title", source.options, "title"), "title")
        for record in table.rows:
            if isinstance(record, RowError):
                yield record
                continue
            line, cells = record
            values = {column: restore_cell(cell) for column, cell in cells.items()}
            yield _parse(values, file=table.name, line=line)


def _parse(values: dict[str, Any], file: str, line: int) -> MovieRow | RowError:
    """A line with what it says of where it comes from."""
    row = parse_row(values, file=file, line=line)
    if isinstance(row, RowError):
        return row
    try:
        told = values.get("labels")
        if isinstance(told, str):
            told = json.loads(told) if told else []
        return replace(
            row,
            plot_source=clean_source(str(values["plot_source"])) if row.plot and values.get("plot_source") else "",
            labels=tuple(_read_label(label) for label in told or []),
            decided_at=_read_moment(values["genres_decided_at"]) if values.get("genres_decided_at") else None,
            ignored=tuple(name for name in row.ignored if name not in _OWN),
        )
    except InvalidInput as exc:
        return RowError(file, line, exc.code, exc.message, exc.field)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        message = _("The labels must be a list of genres, each with its source, licence, may_train and labelled_at.")
        return RowError(file, line, "labels_invalid", message, "labels")


def _read_label(label: dict[str, Any]) -> LabelRow:
    """A label; what is not of its form raises as Python does."""
    if not isinstance(label["may_train"], bool):
        raise TypeError
    source = clean_line(label["source"], field="labels", label=_("source"), max_chars=_LABEL_SOURCE_MAX_CHARS)
    genre = clean_line(label["genre"], field="labels", label=_("genre"), max_chars=80)
    licence = clean_licence(label["licence"])
    return LabelRow(genre, source, licence, label["may_train"], _read_moment(label["labelled_at"]))


def _read_moment(value: Any) -> datetime:
    moment = parse_datetime(value)
    if moment is None or moment.tzinfo is None or not 1970 <= moment.year <= 2100:
        raise ValueError
    return moment
