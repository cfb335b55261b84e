"""MovieLens: `movies.csv` (movieId, title, genres), with the IMDb and TMDB ids of `links.csv` if it lies beside.

Source: grouplens.org/datasets/movielens.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from movies.importers.files import Source, open_table
from movies.importers.genre_cells import read_genre_cell
from movies.importers.shelf import Shelf, open_shelf
from movies.importers.titles import read_movielens_title
from movies.rows import MovieRow, RowError, parse_row


def find_files(path: Path) -> list[Path]:
    """The films, and the links where they are there."""
    movies = path / "movies.csv" if path.is_dir() else path
    links = movies.with_name("links.csv")
    return [movies, links] if links.is_file() else [movies]


def read(source: Source) -> Iterator[MovieRow | RowError]:
    """Read the films with their ids; without links they are recognised by title and year."""
    movies, *links = find_files(source.path)
    with open_shelf() as shelf:
        errors: list[RowError] = []
        shelf.fill(pair for path in links for pair in _read_links(source, path, errors))
        yield from errors
        with open_table(source, movies) as table:
            columns = [table.find("", source.options, name) for name in ("movieid", "title", "genres")]
            for column, name in zip(columns, ("movieId", "title", "genres"), strict=True):
                table.require(column, name)
            for record in table.rows:
                if isinstance(record, RowError):
                    yield record
                else:
                    line, cells = record
                    yield _read_record(table.name, line, [cells[column] for column in columns], shelf)


def _read_links(source: Source, path: Path, errors: list[RowError]) -> Iterator[tuple[str, str]]:
    with open_table(source, path) as table:
        columns = [table.find("", source.options, name) for name in ("movieid", "imdbid", "tmdbid")]
        for column, name in zip(columns, ("movieId", "imdbId", "tmdbId"), strict=True):
            table.require(column, name)
        for record in table.rows:
            if isinstance(record, RowError):
                errors.append(record)
            else:
                number, imdb, tmdb = (record[1][column].strip() for column in columns)
                yield number, f"{imdb}|{tmdb}"


def _read_record(name: str, line: int, cells: list[str], shelf: Shelf) -> MovieRow | RowError:
    number, title, genres = cells
    imdb, _bar, tmdb = next(iter(shelf.get(number.strip())), "").partition("|")
    values: dict[str, Any] = dict(read_movielens_title(title).as_values())
    # IMDb's number comes without "tt" and without its zeros.
    values["imdb_id"] = f"tt{imdb.zfill(7)}" if imdb else ""
    values["tmdb_id"] = tmdb
    values["genres"] = list(read_genre_cell(genres, "|"))
    return parse_row(values, file=name, line=line)
