"""Genres in one cell of a table: names with something between them, a list of Python or JSON, or one column a genre."""

import json
import re
from collections.abc import Mapping
from typing import Final

from movies import vocabulary

_QUOTED: Final = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_SEPARATORS: Final = re.compile(r"[|,;]")
_FLAGS: Final = {"": False, "0": False, "1": True, "0.0": False, "1.0": True, "false": False, "true": True}
_KNOWN: Final = {vocabulary.fold(name) for name in vocabulary.GENRES} | set(vocabulary.ALIASES[vocabulary.ANY_SOURCE])


def read_genre_cell(cell: str, separator: str = "") -> tuple[str, ...]:
    """Find the names in a cell.

    Args:
        cell: `Drama|War`, `drama, war`, `['Drama', 'War']` or TMDB's `[{"id": 18, "name": "Drama"}]`.
        separator: What stands between two names; by default any of | , ;

    Returns:
        The spellings in their order, each once.
    """
    text = cell.strip()
    if text.startswith("["):
        names = _read_list(text)
    else:
        names = text.split(separator) if separator else _SEPARATORS.split(text)
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip() and name.strip() != "\\N"))


def _read_list(text: str) -> list[str]:
    try:
        items = json.loads(text)
        return [str(item.get("name", "")) if isinstance(item, dict) else str(item) for item in items]
    except (ValueError, RecursionError):
        # Python's own way of writing a list; taken apart by its quotes, never evaluated.
        pairs = re.findall(r"'name':\s*(?:'([^']*)'|\"([^\"]*)\")", text) or _QUOTED.findall(text)
        return [single or double for single, double in pairs]


def find_genre_columns(head: list[str], but: set[str]) -> list[str]:
    """The columns that may each stand for a genre: all others, if at least two bear a genre's name."""
    others = [column for column in head if column and column not in but]
    return others if sum(vocabulary.fold(column) in _KNOWN for column in others) >= 2 else []


def read_flags(cells: Mapping[str, str], columns: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read one column a genre.

    Returns:
        The columns that say yes, and those whose cell is neither yes nor no.
    """
    flags = {column: _FLAGS.get(cells[column].strip().lower()) for column in columns}
    others = tuple(column for column, flag in flags.items() if flag is None)
    return tuple(column for column, flag in flags.items() if flag), others


def is_genre(name: str) -> bool:
    """Whether any source's spelling is known by this name."""
    return vocabulary.fold(name) in _KNOWN
