r"""IMDb's title.basics.tsv, plain or gz: tabs, no quoting, `\N` for nothing.

Source: developer.imdb.com/non-commercial-datasets.
"""

from collections.abc import Iterator
from typing import Any, Final

from movies.importers.files import Source, open_table
from movies.importers.genre_cells import read_genre_cell
from movies.rows import MovieRow, RowError, RowSkipped, parse_row

_KINDS: Final = {
    "movie": "movie",
    "short": "movie",
    "tvMovie": "movie",
    "tvShort": "movie",
    "tvSpecial": "movie",
    "video": "movie",
    "tvSeries": "show",
    "tvMiniSeries": "show",
}


def read(source: Source) -> Iterator[MovieRow | RowError | RowSkipped]:
    """Read films and shows; episodes, games and pilots are counted by their type and left out."""
    with open_table(source, source.path, delimiter="\t", quoted=False) as table:
        columns = {}
        for name in ("tconst", "titleType", "primaryTitle", "startYear", "genres"):
            columns[name] = table.find("", source.options, name.lower())
            table.require(columns[name], name)
        for record in table.rows:
            if isinstance(record, RowError):
                yield record
                continue
            line, cells = record
            kind = _KINDS.get(cells[columns["titleType"]])
            if kind is None:
                yield RowSkipped(cells[columns["titleType"]][:40])
                continue
            values: dict[str, Any] = {
                "title": cells[columns["primaryTitle"]],
                "imdb_id": cells[columns["tconst"]],
                "year": cells[columns["startYear"]],
                "genres": list(read_genre_cell(cells[columns["genres"]], ",")),
                "kind": kind,
            }
            yield parse_row(values, file=table.name, line=line)
