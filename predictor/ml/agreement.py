"""How far people agree on the genres of films: Krippendorff's alpha with the MASI distance of sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from predictor.ml.errors import MLError

Names = frozenset[str]
Float64Array = npt.NDArray[np.float64]

EQUAL, SUBSET, OVERLAP = 1.0, 2.0 / 3.0, 1.0 / 3.0
"""MASI's factor of sets that are equal, of which one holds the other, and that share something.

Source: Passonneau, "Measuring agreement on set-valued items (MASI)" (2006), section 3."""

ROWS_AT_ONCE: Final = 512
"""Rows of the table of distances that are held at once: with 5,000 different sets 20 MB."""


def masi_distance(one: Collection[str], other: Collection[str]) -> float:
    """How far two sets are apart: 0 equal, 1 nothing in common.

    Args:
        one: Names.
        other: Names.

    Returns:
        1 minus Jaccard's index times MASI's factor, in [0, 1]; 0 for two empty sets.

    Source:
        Passonneau, "Measuring agreement on set-valued items (MASI)" (2006).
    """
    table = _to_table([frozenset(one), frozenset(other)])
    return float(_distances(table[:1], table[1:])[0, 0])


def krippendorff_alpha(units: Sequence[Sequence[Collection[str]]]) -> float | None:
    """Agreement of people who each gave sets of names to some of the units, corrected for chance.

    Args:
        units: What was said of each unit, one set for each person; units with fewer than two are left out.

    Returns:
        1 for full agreement, 0 for what chance would give, below 0 for less; None where nothing can be said: no unit
        with two sets, or one and the same set everywhere.

    Source:
        Krippendorff, "Content Analysis" (2004), chapter 11: 1 minus observed over expected disagreement, with the
        MASI distance as the difference of two values.
    """
    pairable = [[frozenset(names) for names in unit] for unit in units if len(unit) > 1]
    values = sum(len(unit) for unit in pairable)
    if not values:
        return None
    counts = Counter(names for unit in pairable for names in unit)
    expected = _expected(counts) / (values * (values - 1))
    if expected == 0:
        return None
    observed = sum(_within(unit) / (len(unit) - 1) for unit in pairable) / values
    return 1.0 - observed / expected


def share_equal(pairs: Sequence[tuple[Collection[str], Collection[str]]]) -> float:
    """The share of pairs of sets that are equal, in [0, 1].

    Raises:
        MLError: There is no pair.
    """
    if not pairs:
        raise MLError("A share needs at least one pair of sets, and none came.")
    return sum(frozenset(one) == frozenset(other) for one, other in pairs) / len(pairs)


def mean_jaccard(pairs: Sequence[tuple[Collection[str], Collection[str]]]) -> float:
    """The mean over pairs of sets of what they share, in [0, 1]: intersection over union; two empty sets give 1.

    Raises:
        MLError: There is no pair.
    """
    if not pairs:
        raise MLError("A mean needs at least one pair of sets, and none came.")
    sets = [(frozenset(one), frozenset(other)) for one, other in pairs]
    return sum(len(one & other) / len(one | other) if one | other else 1.0 for one, other in sets) / len(sets)


def _within(unit: Sequence[Names]) -> float:
    """The sum of the distances between all ordered pairs of a unit's sets."""
    table = _to_table(unit)
    return float(_distances(table, table).sum())


def _expected(counts: Counter[Names]) -> float:
    """The sum of the distances between all ordered pairs of sets, whatever unit they come from."""
    table = _to_table(list(counts))
    weights = np.asarray(list(counts.values()), dtype=np.float64)
    total = 0.0
    for start in range(0, len(table), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        total += float(weights[rows] @ _distances(table[rows], table) @ weights)
    return total


def _to_table(sets: Sequence[Names]) -> Float64Array:
    """Sets as rows of zeros and ones, float64 (N, names)."""
    columns = {name: column for column, name in enumerate(sorted(frozenset[str]().union(*sets)))}
    table = np.zeros((len(sets), len(columns)))
    for row, names in enumerate(sets):
        table[row, [columns[name] for name in names]] = 1.0
    return table


def _distances(rows: Float64Array, others: Float64Array) -> Float64Array:
    """MASI distances of every row to every other, float64 (N, M), in [0, 1]."""
    shared = rows @ others.T
    sizes, other_sizes = rows.sum(axis=1)[:, None], others.sum(axis=1)[None, :]
    union = sizes + other_sizes - shared
    factor = np.select(
        [(shared == sizes) & (shared == other_sizes), (shared == sizes) | (shared == other_sizes), shared > 0],
        [EQUAL, SUBSET, OVERLAP],
        default=0.0,
    )
    return np.asarray(1.0 - np.where(union > 0, shared / np.maximum(union, 1.0), 1.0) * factor)
