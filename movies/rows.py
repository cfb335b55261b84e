"""One line of a data set -> MovieRow, RowError or RowSkipped. Knows files and rules, no database."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TextIO

from genresite.errors import InvalidInput
from movies import validators

KNOWN_COLUMNS: Final = frozenset(
    {"title", "year", "kind", "imdb_id", "tmdb_id", "genres", "plot", "language", "source", "licence", "may_train"}
)


@dataclass(frozen=True)
class LabelRow:
    """A genre as the row itself says where it comes from."""

    genre: str
    source: str
    licence: str
    may_train: bool
    labelled_at: datetime


@dataclass(frozen=True)
class MovieRow:
    """One film as a data set tells it; every value has passed the catalogue's rules.

    Attributes:
        genres: Spellings of the source, not resolved yet.
        plot_source: Where the plot comes from, if the row says so itself; then `licence` and `may_train` hold for it.
        labels: Where its genres come from, for those of which the row says so itself.
        decided_at: When a person last said what all its genres are.
        poster: The file of its poster, not read yet.
        ignored: Names of columns that the catalogue has no place for.
    """

    file: str
    line: int
    title: str
    year: int | None = None
    kind: str = "movie"
    imdb_id: str | None = None
    tmdb_id: int | None = None
    genres: tuple[str, ...] = ()
    plot: str = ""
    language: str = "en"
    licence: str = ""
    may_train: bool = False
    plot_source: str = ""
    labels: tuple[LabelRow, ...] = ()
    decided_at: datetime | None = None
    poster: Path | None = None
    ignored: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class RowError:
    """A line that is no film, and why.

    Attributes:
        fatal: Whether the rest of the file cannot be read either.
    """

    file: str
    line: int
    code: str
    message: str
    field: str | None = None
    fatal: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True)
class RowSkipped:
    """Lines that are fine but name nothing that the catalogue holds, such as single episodes of a show."""

    reason: str
    count: int = 1


def _read_whole_number(value: Any, name: str) -> int | None:
    if value is None or value == "" or value == "\\N":  # IMDb writes \N for nothing
        return None
    try:
        number = float(value)
        if isinstance(value, bool) or not number.is_integer():
            raise ValueError
    except (TypeError, ValueError, OverflowError) as exc:
        message = f"The {name} must be a whole number, and {str(value)[:40]!r} came."
        raise InvalidInput(message, code=f"{name}_invalid", field=name) from exc
    return int(number)


def _read_text(values: Mapping[str, Any], name: str, default: str = "") -> str:
    value = values.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        message = f"The {name} must be a text, and {str(value)[:40]!r} came."
        raise InvalidInput(message, code=f"{name}_invalid", field=name)
    return value.strip() or default


def _read_genres(value: Any) -> tuple[str, ...]:
    spellings = value.split("|") if isinstance(value, str) else value or []
    if not isinstance(spellings, list) or not all(isinstance(spelling, str) for spelling in spellings):
        message = "The genres must be a list of names, or names with | between them."
        raise InvalidInput(message, code="genres_invalid", field="genres")
    return tuple(spelling.strip() for spelling in spellings if spelling.strip())


def _read_flag(value: Any) -> bool:
    return value is True or str(value).strip().lower() in {"1", "true", "yes"}


def parse_row(values: Mapping[str, Any], *, file: str, line: int, poster: Path | None = None) -> MovieRow | RowError:
    """Check one line's values.

    Args:
        values: Column or key -> value, as CSV (all texts) or JSON gave them.
        file: The file's name, for the report.
        line: The line's number, from 1.
        poster: The file of the film's poster, if there is one.

    Returns:
        The film, or what is wrong with the line.
    """
    try:
        plot = _read_text(values, "plot")
        return MovieRow(
            file=file,
            line=line,
            title=validators.clean_title(_read_text(values, "title")),
            year=validators.clean_year(_read_whole_number(values.get("year"), "year")),
            kind=validators.clean_kind(_read_text(values, "kind", "movie").lower()),
            imdb_id=validators.clean_imdb_id(_read_text(values, "imdb_id")),
            tmdb_id=validators.clean_tmdb_id(_read_whole_number(values.get("tmdb_id"), "tmdb_id")),
            genres=_read_genres(values.get("genres")),
            plot=validators.clean_plot(plot) if plot else "",
            language=validators.clean_language(_read_text(values, "language", "en")),
            licence=validators.clean_licence(_read_text(values, "licence")),
            may_train=_read_flag(values.get("may_train")),
            poster=poster,
            ignored=tuple(sorted(str(name) for name in values if name not in KNOWN_COLUMNS)),
        )
    except InvalidInput as exc:
        return RowError(file=file, line=line, code=exc.code, message=exc.message, field=exc.field)


def _read_json_lines(lines: TextIO, file: str) -> Iterator[MovieRow | RowError]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as exc:
            yield RowError(file, number, "row_not_json", f"The line is not JSON: {exc}.")
            continue
        if isinstance(values, dict):
            yield parse_row(values, file=file, line=number)
        else:
            yield RowError(file, number, "row_not_object", "The line is JSON, but not an object of names and values.")


def read_rows(path: Path) -> Iterator[MovieRow | RowError]:
    """Read a list of films line by line; a bad line becomes a RowError and the reading goes on.

    Args:
        path: A file with one JSON object a line.

    Yields:
        A MovieRow or a RowError per line that is not empty.
    """
    # Bytes that are not UTF-8 become lone surrogates, which the validators refuse in the line that has them.
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as lines:
        yield from _read_json_lines(lines, path.name)
