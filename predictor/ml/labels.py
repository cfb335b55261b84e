"""Genre names and their columns; which genres a source of labels knows at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from predictor.ml.errors import MLError

Float32Array = npt.NDArray[np.float32]

GENRES: Final[tuple[str, ...]] = (
    "Action",
    "Adult",
    "Adventure",
    "Animation",
    "Biography",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Family",
    "Fantasy",
    "Film-Noir",
    "Game-Show",
    "History",
    "Horror",
    "Music",
    "Musical",
    "Mystery",
    "News",
    "Reality-TV",
    "Romance",
    "Sci-Fi",
    "Short",
    "Sport",
    "Talk-Show",
    "Thriller",
    "War",
    "Western",
)
"""The 28 genre names, alphabetical. Column order of every array here unless a bundle says otherwise."""

IMDB27: Final[tuple[str, ...]] = tuple(genre for genre in GENRES if genre != "Film-Noir")
"""The 27 names of the IMDb genre-classification set."""

POSTER25: Final[tuple[str, ...]] = tuple(genre for genre in GENRES if genre not in ("Adult", "Game-Show", "Talk-Show"))
"""The 25 outputs of the poster demo network: the 24 names of the Kaggle poster set and Film-Noir.

The set's own 25th column says "no genre known", which is no genre.
"""

MIN_EXPECTED = 3.0
"""A genre with no film in a source is unknown there if at least so many films were to be expected.

Under a Poisson count with mean 3 a source that does know the genre shows none of it in 5 % of cases.
"""


def encode(genres: Iterable[str], columns: Sequence[str] = GENRES) -> Float32Array:
    """Turns genre names into one multi-hot row.

    Args:
        genres: names, each of them one of ``columns``.
        columns: the genre of each column.

    Returns:
        float32 array of shape (G,), values 0 or 1.

    Raises:
        MLError: a name is not among the columns.
    """
    row = np.zeros(len(columns), dtype=np.float32)
    place = {name: column for column, name in enumerate(columns)}
    for name in genres:
        if name not in place:
            raise MLError(f"Unknown genre {name!r}: it must be one of {', '.join(columns)}.")
        row[place[name]] = 1.0
    return row


def encode_rows(rows: Iterable[Iterable[str]], columns: Sequence[str] = GENRES) -> Float32Array:
    """Turns many sets of genre names into a multi-hot array of shape (N, G), float32, values 0 or 1."""
    encoded = [encode(row, columns) for row in rows]
    return np.stack(encoded) if encoded else np.zeros((0, len(columns)), dtype=np.float32)


def decode(row: npt.ArrayLike, columns: Sequence[str] = GENRES) -> tuple[str, ...]:
    """Names the columns of one multi-hot row of shape (G,) that are above 0.5, in column order.

    Raises:
        MLError: the row has another length than the columns.
    """
    values = np.asarray(row)
    if values.shape != (len(columns),):
        raise MLError(f"A label row must have shape ({len(columns)},), not {values.shape}.")
    return tuple(name for name, value in zip(columns, values, strict=True) if value > 0.5)


def find_known_genres(
    genres: Sequence[Iterable[str]],
    sources: Sequence[str],
    columns: Sequence[str] = GENRES,
    *,
    min_expected: float = MIN_EXPECTED,
) -> dict[str, tuple[str, ...]]:
    """Derives from training rows which genres each source of labels uses.

    A genre is unknown in a source if no row of the source has it although the genre's share among all
    rows would let one expect at least ``min_expected`` of them. Small sources are thus believed.

    Args:
        genres: the genre names of each row, length N.
        sources: the source of each row, length N.
        columns: the genre of each column.
        min_expected: expected number of films from which on none at all means "unknown".

    Returns:
        For each source the names that it knows, in column order; sources in alphabetical order.
    """
    labels = encode_rows(genres, columns)
    shares = labels.mean(axis=0) if len(labels) else np.zeros(len(columns))
    names = np.asarray(sources)
    known: dict[str, tuple[str, ...]] = {}
    for source in sorted(set(sources)):
        rows = labels[names == source]
        believed = (rows.sum(axis=0) > 0) | (shares * len(rows) < min_expected)
        known[source] = tuple(name for name, flag in zip(columns, believed, strict=True) if flag)
    return known


def known_mask(
    source: str,
    known: Mapping[str, Iterable[str]],
    columns: Sequence[str] = GENRES,
    *,
    unknown: Iterable[str] = (),
) -> Float32Array:
    """Marks the columns that a row of the given source says something about.

    Args:
        source: where the row's labels come from; a source absent from ``known`` knows every genre.
        known: the genres each source knows, as ``find_known_genres`` returns them.
        columns: the genre of each column.
        unknown: further genres that this very row says nothing about.

    Returns:
        float32 array of shape (G,): 1 where the label counts, 0 where it is unknown.
    """
    mask = encode(known[source], columns) if source in known else np.ones(len(columns), np.float32)
    return np.asarray(mask * (1.0 - encode(unknown, columns)), dtype=np.float32)
