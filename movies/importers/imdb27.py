"""The IMDb set of 27 genres: `id ::: title ::: genre ::: plot`, or without the genre in its test file.

Source: kaggle.com, "Genre Classification Dataset IMDb".
"""

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from movies.importers.files import Source, read_lines
from movies.importers.titles import read_imdb_title
from movies.rows import MovieRow, RowError, RowSkipped, parse_row

_SEPARATOR: Final = " ::: "
# The longest name of a genre; what is longer is the start of a plot that has the separator in it.
_GENRE_MAX_CHARS: Final = 40


def read(source: Source) -> Iterator[MovieRow | RowError | RowSkipped]:
    """Read the file line by line; the first number is the line's own and no film's id."""
    name = source.name_of(source.path)
    for line in read_lines(source, source.path):
        yield line if isinstance(line, RowError) else _read_line(name, *line)


def _read_line(name: str, number: int, text: str) -> MovieRow | RowError | RowSkipped:
    parts = text.split(_SEPARATOR, 3)
    if len(parts) == 4 and len(parts[2].strip()) > _GENRE_MAX_CHARS:
        parts = text.split(_SEPARATOR, 2)
    if len(parts) < 3:
        message = _("The line must be: id ::: title ::: genre ::: plot, and has {count} parts.")
        return RowError(name, number, "parts_missing", message.format(count=len(parts)))
    film = read_imdb_title(parts[1])
    if film.skip:
        return RowSkipped(film.skip)
    genres = [parts[2]] if len(parts) == 4 else []
    return parse_row({**film.as_values(), "genres": genres, "plot": parts[-1]}, file=name, line=number)
