"""The vectors of the catalogue's films in memory: one matrix per process, kept in step with the table.

A film takes 284 bytes for its vector and some 150 to be found by its number: 200,000 films take 86 MB, as measured, and
`SIMILAR_FILMS` bounds it. Each question asks the table for its latest `made_at`, by an index; only rows that are newer
than what was read are read again.
"""

import threading
from datetime import datetime, timedelta

import numpy as np
from django.conf import settings

from predictor.ml.similar import LAYOUT, VECTOR_BYTES, Int8Array, Int64Array, Query, search_nearest, unpack_vectors
from predictor.models import FilmVector

# A transaction that wrote a little earlier may be seen a little later.
OVERLAP = timedelta(minutes=2)
_READ_ROWS = 2_000


class FilmIndex:
    """The matrix, the films' numbers, and how far the table was read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Let go of everything; the next question reads the table anew."""
        self._seen: datetime | None = None
        self._places: dict[int, int] = {}
        self._numbers: Int64Array = np.zeros(0, np.int64)
        self._matrix: Int8Array = np.zeros((0, VECTOR_BYTES), np.int8)

    @property
    def size(self) -> int:
        """Films in the matrix."""
        return len(self._places)

    def count(self) -> int:
        """Films that can be found, those included that were made comparable a moment ago."""
        with self._lock:
            self._refresh()
            return self.size

    def search(self, query: Query, count: int) -> list[tuple[int, Int8Array]]:
        """The films that are nearest to what is looked for, the nearest first.

        Args:
            query: What is looked for.
            count: Films wanted.

        Returns:
            Each film's number and its vector. A film that was deleted meanwhile may be among them.
        """
        with self._lock:
            self._refresh()
            matrix, numbers = self._matrix[: self.size], self._numbers[: self.size]
        places, _scores = search_nearest(matrix, query, count)
        return [(int(numbers[place]), matrix[place]) for place in places]

    def _refresh(self) -> None:
        rows = FilmVector.objects.filter(layout=LAYOUT)
        latest = rows.order_by("-made_at").values_list("made_at", flat=True).first()
        if latest is None:
            self.forget()
        if latest is None or latest == self._seen:
            return
        if self._seen is None:
            self._reserve(min(rows.count(), settings.SIMILAR_FILMS))
        else:
            rows = rows.filter(made_at__gte=self._seen - OVERLAP)
        chunk: list[tuple[int, bytes | memoryview]] = []
        # The latest first: where there is no room for all, the oldest are left out.
        for row in rows.order_by("-made_at").values_list("movie_id", "vector").iterator(_READ_ROWS):
            chunk.append(row)
            if len(chunk) == _READ_ROWS:
                self._put(chunk)
                chunk = []
        self._put(chunk)
        self._seen = latest

    def _reserve(self, films: int) -> None:
        """Make room: twice in steps, lest each new film copy the whole matrix. Who searches keeps the old one."""
        if films <= len(self._matrix):
            return
        room = min(max(films, len(self._matrix) + len(self._matrix) // 8, 256), settings.SIMILAR_FILMS)
        matrix, numbers = np.zeros((room, VECTOR_BYTES), np.int8), np.zeros(room, np.int64)
        matrix[: self.size], numbers[: self.size] = self._matrix[: self.size], self._numbers[: self.size]
        self._matrix, self._numbers = matrix, numbers

    def _put(self, rows: list[tuple[int, bytes | memoryview]]) -> None:
        """Write rows at their films' places; a new film takes the next one as long as there is room."""
        self._reserve(min(self.size + len(rows), settings.SIMILAR_FILMS))
        vectors = unpack_vectors([vector for _number, vector in rows])
        for (number, _packed), vector in zip(rows, vectors, strict=True):
            place = self._places.get(number, self.size)
            if place < len(self._matrix):
                self._places[number] = place
                self._matrix[place], self._numbers[place] = vector, number


index = FilmIndex()
