"""Kaggle's movie posters: a CSV with Id (IMDb), Genre and one column a genre, beside a folder of `<Id>.jpg`.

Source: kaggle.com, "Multi-label movie poster genre classification" (7,254 posters).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from movies import vocabulary
from movies.importers.files import Options, Source, open_table
from movies.importers.genre_cells import find_genre_columns, read_flags, read_genre_cell
from movies.importers.posters import find_poster
from movies.rows import MovieRow, RowError, parse_row

_FOLDERS: Final = ("Images", "images", "Posters", "posters")


def find_files(path: Path) -> list[Path]:
    """The CSV: the file itself, or `train.csv` or the only CSV of a folder.

    Raises:
        InvalidInput: `file_missing`.
    """
    if not path.is_dir():
        return [path]
    tables = sorted(path.glob("*.csv"))
    named = [table for table in tables if table.name == "train.csv"]
    if not named and len(tables) != 1:
        message = _("{folder} must have one CSV file, or one called train.csv, and has {count}.")
        raise InvalidInput(message.format(folder=path.name, count=len(tables)), code="file_missing", field="file")
    return named or tables


def read(source: Source) -> Iterator[MovieRow | RowError]:
    """Read the CSV; where there is a folder of posters, each film must have its own in it."""
    path = find_files(source.path)[0]
    posters = _find_folder(path, source.options)
    with open_table(source, path) as table:
        id_column = table.find("imdb_id", source.options, "id", "imdb_id", "imdbid")
        table.require(id_column, "Id")
        genre_column = table.find("genres", source.options, "genre", "genres")
        flags = find_genre_columns(table.head, {id_column, genre_column})
        if not flags:
            table.require(genre_column, "Genre")
        for record in table.rows:
            if isinstance(record, RowError):
                yield record
                continue
            line, cells = record
            yield _read_record(table.name, line, cells[id_column], cells.get(genre_column, ""), cells, flags, posters)


def _find_folder(path: Path, options: Options) -> Path | None:
    if options.posters is None:
        return next((path.parent / name for name in _FOLDERS if (path.parent / name).is_dir()), None)
    if not options.posters.is_dir():
        message = _("There is no folder of posters {path}.").format(path=options.posters)
        raise InvalidInput(message, code="file_missing", field="posters")
    return options.posters


def _read_record(
    name: str, line: int, imdb_id: str, genre: str, cells: dict[str, str], columns: list[str], posters: Path | None
) -> MovieRow | RowError:
    yes, others = read_flags(cells, columns)
    listed = read_genre_cell(genre)
    if others:
        message = _("The columns {names} must be 0 or 1.").format(names=", ".join(others[:5]))
        return RowError(name, line, "genre_flag_invalid", message, "genres")
    if listed and columns and {vocabulary.fold(item) for item in listed} != {vocabulary.fold(item) for item in yes}:
        message = _("The column Genre says {listed}, and the columns of the genres say {flags}.")
        text = message.format(listed=", ".join(listed), flags=", ".join(yes) or _("none"))
        return RowError(name, line, "genres_disagree", text, "genres")
    # The set has no titles; the id stands for it until another source tells.
    values = {"title": imdb_id, "imdb_id": imdb_id, "genres": list(listed or yes)}
    row = parse_row(values, file=name, line=line)
    if isinstance(row, RowError) or posters is None:
        return row
    if row.imdb_id is None:
        return RowError(name, line, "imdb_id_missing", _("The IMDb id is missing."), "imdb_id")
    poster = find_poster(posters, row.imdb_id)
    if poster is None:
        message = _("There is no poster {name} in the folder {folder}.").format(name=row.imdb_id, folder=posters.name)
        return RowError(name, line, "poster_not_found", message, "poster")
    return parse_row({**values, "title": row.imdb_id}, file=name, line=line, poster=poster)
