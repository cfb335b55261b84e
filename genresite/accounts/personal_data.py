"""What every app keeps about people: it says so here, so that nothing is left out of a download or a deletion.

An app registers its sections when it starts. This way the account knows of everything without importing any app.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genresite.accounts.models import User

Row = Mapping[str, Any]


def _nothing(user: "User") -> list[str]:
    return []


@dataclass(frozen=True)
class Section:
    """One kind of thing that is kept about a person.

    Args:
        name: What it is; the name of its file in the download.
        read: The person's rows, as plain values.
        files: Names of the person's files in the storage, for the download.
        forget: What is done before the person's row is deleted, in the same transaction: it lets go of what stays
            without the name, and returns the names of the stored files whose rows go. What hangs on the person by
            `CASCADE` needs nothing done.
    """

    name: str
    read: "Callable[[User], Iterable[Row]]"
    files: "Callable[[User], Iterable[str]]" = _nothing
    forget: "Callable[[User], Iterable[str]]" = _nothing


_SECTIONS: dict[str, Section] = {}


def register(*sections: Section) -> None:
    """Let the account know of what an app keeps about people.

    Args:
        *sections: One for each kind of thing.
    """
    _SECTIONS.update({section.name: section for section in sections})


def list_sections() -> list[Section]:
    """Everything that is kept, by name."""
    return [_SECTIONS[name] for name in sorted(_SECTIONS)]
