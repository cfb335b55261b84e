"""Names of genres in one text, which the database can compare: alphabetical, one form for one set."""

from collections.abc import Iterable

SEPARATOR = "|"


def join_names(names: Iterable[str]) -> str:
    """One text for a set of names, whatever their order."""
    return SEPARATOR.join(sorted(set(names)))


def split_names(text: str) -> list[str]:
    """The names of such a text, alphabetical."""
    return text.split(SEPARATOR) if text else []
