"""Stable splits: the same film stands in the same part for ever, on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from predictor.ml.errors import MLError

SPLITS: Final[tuple[str, ...]] = ("train", "validation", "test")
DEFAULT_SHARES: Final[Mapping[str, float]] = {"train": 0.8, "validation": 0.1, "test": 0.1}


def assign_split(key: str, shares: Mapping[str, float] = DEFAULT_SHARES, *, seed: int = 0) -> str:
    """Puts a film into a split by the SHA-256 of its key.

    Rows with one key (a film's plot and its poster, its two translations) always land together, and adding
    rows moves none of the old ones.

    Args:
        key: what must not be torn apart, for instance an IMDb id.
        shares: the share of each split; they sum to 1.
        seed: another seed gives another, equally stable assignment.

    Returns:
        The name of the split.

    Raises:
        MLError: the shares do not sum to 1.
    """
    if abs(sum(shares.values()) - 1.0) > 1e-9 or min(shares.values()) < 0:
        raise MLError(f"Shares must be at least 0 and sum to 1, not {dict(shares)}.")
    digest = hashlib.sha256(f"{seed}:{key}".encode()).digest()
    position = int.from_bytes(digest[:8], "big") / 2**64
    reached = 0.0
    for name, share in shares.items():
        reached += share
        if position < reached:
            return name
    return next(reversed(list(shares)))


def find_leaks(keys: Mapping[str, Iterable[str]]) -> dict[str, Sequence[str]]:
    """Finds keys that stand in more than one split.

    Args:
        keys: the film keys of each split.

    Returns:
        For each key that leaks the names of its splits; empty if nothing leaks.
    """
    places: dict[str, list[str]] = {}
    for split, members in keys.items():
        for key in set(members):
            places.setdefault(key, []).append(split)
    return {key: splits for key, splits in sorted(places.items()) if len(splits) > 1}


def fingerprint(rows: Iterable[tuple[str, ...]]) -> str:
    """SHA-256 over sorted training rows: equal for equal data in any order, different for any other data.

    Args:
        rows: for instance (film id, plot, genres joined, source) of each row.

    Returns:
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for line in sorted("\x1f".join(row) for row in rows):
        digest.update(line.encode("utf-8", "surrogatepass"))
        digest.update(b"\x1e")
    return digest.hexdigest()
