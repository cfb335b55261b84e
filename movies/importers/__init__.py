"""Data sets of films: one module per format, each a reader that yields rows and what is wrong with others."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genresite.errors import InvalidInput
from movies.importers import (
    imdb27,
    imdb_list,
    imdb_tsv,
    kaggle_posters,
    movielens,
    nfo,
    own_export,
    plots_csv,
    tmdb_json,
)
from movies.importers.files import FileBroken, Options, Source
from movies.rows import MovieRow, RowError, RowSkipped

__all__ = ["FORMATS", "Format", "Options", "measure_bytes", "read_films"]


def _only_itself(path: Path) -> list[Path]:
    return [path]


@dataclass(frozen=True)
class Format:
    """A form in which data sets come.

    Attributes:
        label: What people call it.
        read: Its reader.
        find_files: The files that it reads at a path.
        spellings: The source whose genre aliases hold in it.
        single: Whether one file is enough, so that it can be uploaded.
    """

    label: Any
    read: Callable[[Source], Iterator[MovieRow | RowError | RowSkipped]]
    find_files: Callable[[Path], list[Path]] = _only_itself
    spellings: str = ""
    single: bool = True


FORMATS: Final = {
    "imdb27": Format(gettext_lazy("IMDb 27 genres: id ::: title ::: genre ::: plot"), imdb27.read),
    "kaggle-posters": Format(
        gettext_lazy("Kaggle posters: CSV with Id and Genre"), kaggle_posters.read, kaggle_posters.find_files
    ),
    "plots-csv": Format(gettext_lazy("Plots: CSV with title, plot and genres"), plots_csv.read),
    "imdb-list": Format(
        gettext_lazy("IMDb lists: plot.list and genres.list"), imdb_list.read, imdb_list.find_files, single=False
    ),
    "imdb-tsv": Format(gettext_lazy("IMDb title.basics.tsv, plain or gz"), imdb_tsv.read),
    "movielens": Format(
        gettext_lazy("MovieLens: movies.csv"), movielens.read, movielens.find_files, spellings="movielens"
    ),
    "tmdb-json": Format(gettext_lazy("TMDB: JSON list or lines"), tmdb_json.read, spellings="tmdb"),
    "genresite": Format(gettext_lazy("This site's own export: CSV or JSON lines"), own_export.read),
    "nfo": Format(gettext_lazy("Kodi or Jellyfin: .nfo"), nfo.read, nfo.find_files, spellings="kodi"),
}


def _require(path: Path) -> None:
    if not path.exists():
        raise InvalidInput(_("There is no {path}.").format(path=path), code="file_missing", field="file")


def measure_bytes(name: str, path: Path) -> int:
    """How many bytes an import will read, for its progress bar.

    Raises:
        InvalidInput: `file_missing`.
    """
    _require(path)
    return sum(file.stat().st_size for file in FORMATS[name].find_files(path) if file.is_file())


def read_films(name: str, source: Source) -> Iterator[MovieRow | RowError | RowSkipped]:
    """Read the rows of a data set.

    Args:
        name: The format's name.
        source: The file or folder, and what is known of it.

    Yields:
        Films, what is wrong with lines, and what was left out; a fatal RowError is the last.

    Raises:
        InvalidInput: The file as a whole cannot be read.
    """
    _require(source.path)
    try:
        yield from FORMATS[name].read(source)
    except FileBroken as exc:
        yield exc.error
