"""Plots in a CSV file: title, plot and genres in columns of any name, or one column a genre (`movies_genres.csv`).

Comma, semicolon, tab or bar between the cells; with or without a byte order mark.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from movies.importers.files import Options, Source, Table, open_table
from movies.importers.genre_cells import find_genre_columns, is_genre, read_flags, read_genre_cell
from movies.importers.titles import read_imdb_title
from movies.rows import MovieRow, RowError, RowSkipped, parse_row


@dataclass(frozen=True)
class _Columns:
    """Where things stand; an empty name is not in the file."""

    title: str
    plot: str
    genres: str
    year: str
    kind: str
    imdb_id: str
    tmdb_id: str
    flags: list[str]
    ignored: list[str]


def _find_columns(table: Table, options: Options) -> _Columns:
    title = table.find("title", options, "title", "movie_title", "movie title", "name", "original_title")
    table.require(title, "title")
    plot = table.find("plot", options, "plot", "overview", "description", "synopsis", "plot_synopsis", "summary")
    genres = table.find("genres", options, "genres", "genre", "listed_in")
    found = {
        "title": title,
        "plot": plot,
        "genres": genres,
        "year": table.find("year", options, "year", "release_year", "release year", "startyear"),
        "kind": table.find("kind", options, "kind", "type"),
        "imdb_id": table.find("imdb_id", options, "imdb_id", "imdbid", "imdb id", "tconst"),
        "tmdb_id": table.find("tmdb_id", options, "tmdb_id", "tmdbid", "tmdb id"),
    }
    used = {column for column in found.values() if column}
    flags = [] if genres else find_genre_columns(table.head, used)
    if not flags and not plot:
        table.require(genres, "genres")
    ignored = [column for column in table.head if column and column not in used and column not in flags]
    return _Columns(**found, flags=flags, ignored=ignored)


def read(source: Source) -> Iterator[MovieRow | RowError | RowSkipped]:
    """Read the file; titles written as IMDb does, with the year in brackets, are taken apart."""
    with open_table(source, source.path) as table:
        columns = _find_columns(table, source.options)
        for record in table.rows:
            if isinstance(record, RowError):
                yield record
            else:
                yield _read_record(table.name, *record, columns, source.options.separator)


def _read_record(
    name: str, line: int, cells: dict[str, str], columns: _Columns, separator: str
) -> MovieRow | RowError | RowSkipped:
    film = read_imdb_title(cells[columns.title])
    if film.skip:
        return RowSkipped(film.skip)
    values: dict[str, Any] = dict(film.as_values())
    for key in ("plot", "year", "imdb_id", "tmdb_id"):
        column = getattr(columns, key)
        if column and cells[column].strip() not in {"", "\\N"}:
            values[key] = cells[column].strip()
    if columns.kind and cells[columns.kind].strip():
        values["kind"] = (
            "show" if "show" in cells[columns.kind].lower() or "tv" in cells[columns.kind].lower() else "movie"
        )
    yes, others = read_flags(cells, columns.flags)
    wrong = [column for column in others if is_genre(column)]
    if wrong:
        message = _("The columns {names} must be 0 or 1.").format(names=", ".join(wrong[:5]))
        return RowError(name, line, "genre_flag_invalid", message, "genres")
    listed = read_genre_cell(cells[columns.genres], separator) if columns.genres else yes
    values["genres"] = list(listed)
    # A column that is no genre's and holds no yes or no is one of those that the catalogue has no place for.
    values.update(dict.fromkeys([*columns.ignored, *others]))
    return parse_row(values, file=name, line=line)
