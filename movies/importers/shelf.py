"""A look-up on disk for joining two files of any size: its memory stays flat."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import islice

_BATCH = 5_000


class Shelf:
    """Values under keys, kept in SQLite's own temporary file, which vanishes when it is closed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute("CREATE TABLE shelf (key TEXT NOT NULL, value TEXT NOT NULL)")

    def fill(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Put all values in, and then make them findable."""
        rows = iter(pairs)
        self._connection.execute("BEGIN")
        while batch := list(islice(rows, _BATCH)):
            self._connection.executemany("INSERT INTO shelf VALUES (?, ?)", batch)
        self._connection.execute("CREATE INDEX shelf_key ON shelf (key)")
        self._connection.execute("COMMIT")

    def get(self, key: str) -> list[str]:
        """The values under a key, in the order in which they came."""
        found = self._connection.execute("SELECT value FROM shelf WHERE key = ? ORDER BY rowid", (key,))
        return [value for (value,) in found]

    def count_keys(self) -> int:
        """How many keys there are."""
        return int(self._connection.execute("SELECT count(DISTINCT key) FROM shelf").fetchone()[0])


@contextmanager
def open_shelf() -> Iterator[Shelf]:
    """An empty shelf, gone afterwards."""
    # An empty name is a database of its own on disk, deleted when it is closed.
    with closing(sqlite3.connect("", isolation_level=None)) as connection:
        yield Shelf(connection)
