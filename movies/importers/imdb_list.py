"""IMDb's old lists: `plot.list` and `genres.list`, Latin-1, joined on the title as both write it.

Source: IMDb, "Alternative Interfaces", the plain text data files (discontinued 2017; mirrors keep them).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from movies.importers.files import FileBroken, Source, read_lines
from movies.importers.shelf import open_shelf
from movies.importers.titles import read_imdb_title
from movies.rows import MovieRow, RowError, RowSkipped, parse_row

_ENCODING: Final = "latin-1"
# Before this the file tells about itself; the genres themselves follow.
_GENRES_START: Final = "8: THE GENRES LIST"
_GENRE_LINE: Final = re.compile(r"^(?P<title>\S.*?)\t+(?P<genre>[^\t]+)$")


def find_files(path: Path) -> list[Path]:
    """The two files, plain or gz, in a folder or beside the one named.

    Raises:
        InvalidInput: `file_missing`.
    """
    folder = path if path.is_dir() else path.parent
    found = []
    for name in ("plot.list", "genres.list"):
        file = next((folder / f"{name}{end}" for end in ("", ".gz") if (folder / f"{name}{end}").is_file()), None)
        if file is None:
            message = _("There is no {name} in {folder}: the two lists belong together.")
            raise InvalidInput(
                message.format(name=name, folder=folder.name or folder), code="file_missing", field="file"
            )
        found.append(file)
    return found


def read(source: Source) -> Iterator[MovieRow | RowError | RowSkipped]:
    """Read the plots, with the genres of each; titles with genres and no plot are counted as left out."""
    plots, genres = find_files(source.path)
    errors: list[RowError] = []
    with open_shelf() as shelf:
        try:
            shelf.fill(_read_genres(source, genres, errors))
        except FileBroken as exc:
            # Half of the genres would label the films wrongly: nothing is taken.
            raise InvalidInput(f"{exc.error}", code=exc.error.code, field="file") from exc
        yield from errors
        joined = 0
        for record in _read_plots(source, plots):
            if isinstance(record, RowError):
                yield record
                continue
            names = shelf.get(record.title)
            joined += bool(names)
            yield record.as_row(names)
        if alone := shelf.count_keys() - joined:
            yield RowSkipped(_("title without a plot in plot.list"), alone)


def _read_genres(source: Source, path: Path, errors: list[RowError]) -> Iterator[tuple[str, str]]:
    name = source.name_of(path)
    started = False
    for line in read_lines(source, path, _ENCODING):
        if isinstance(line, RowError):
            errors.append(line)
            continue
        number, text = line
        found = _GENRE_LINE.match(text)
        if text.startswith(_GENRES_START):
            started = True
        elif started and found:
            yield found["title"].strip(), found["genre"].strip()
        elif started and text.strip("= "):
            errors.append(RowError(name, number, "parts_missing", _("The line must be a title, tabs, and a genre.")))
    if not started:
        message = _("{name} is no genres.list: it has no line {start!r}.").format(name=name, start=_GENRES_START)
        raise InvalidInput(message, code="head_missing", field="file")


@dataclass
class _Plot:
    """One record of plot.list: a title, and the lines of its first plot."""

    file: str
    line: int
    title: str
    lines: list[str] = field(default_factory=list)
    ended: bool = False

    def as_row(self, genres: list[str]) -> MovieRow | RowError | RowSkipped:
        film = read_imdb_title(self.title)
        if film.skip:
            return RowSkipped(film.skip)
        values = {**film.as_values(), "genres": genres, "plot": " ".join(self.lines)}
        return parse_row(values, file=self.file, line=self.line)


def _read_plots(source: Source, path: Path) -> Iterator[_Plot | RowError]:
    """Records begin with "MV: title"; a plot is lines of "PL: text" up to "BY: author", and the first one is taken."""
    plot: _Plot | None = None
    name = source.name_of(path)
    for line in read_lines(source, path, _ENCODING):
        if isinstance(line, RowError):
            yield line
            continue
        number, text = line
        mark, rest = text[:3], text[3:].strip()
        if mark == "MV:":
            if plot:
                yield plot
            plot = _Plot(name, number, rest)
        elif plot and mark == "PL:" and not plot.ended:
            plot.lines.append(rest)
        elif plot and mark == "BY:":
            plot.ended = True
    if plot:
        yield plot
    else:
        message = _("{name} is no plot.list: it has no line that begins with MV:").format(name=name)
        raise InvalidInput(message, code="head_missing", field="file")
