"""What a genre is called where people read it; programs, files and the API keep the canonical names.

Genres are rows of the database under their canonical, English name. The names that the site knows are translated where
they are shown; a genre that somebody added is shown as it is called.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

SHOWN: Final[dict[str, Promise]] = {
    "Action": pgettext_lazy("genre", "Action"),
    "Adult": pgettext_lazy("genre", "Adult"),
    "Adventure": pgettext_lazy("genre", "Adventure"),
    "Animation": pgettext_lazy("genre", "Animation"),
    "Biography": pgettext_lazy("genre", "Biography"),
    "Comedy": pgettext_lazy("genre", "Comedy"),
    "Crime": pgettext_lazy("genre", "Crime"),
    "Documentary": pgettext_lazy("genre", "Documentary"),
    "Drama": pgettext_lazy("genre", "Drama"),
    "Family": pgettext_lazy("genre", "Family"),
    "Fantasy": pgettext_lazy("genre", "Fantasy"),
    "Film-Noir": pgettext_lazy("genre", "Film-Noir"),
    "Game-Show": pgettext_lazy("genre", "Game-Show"),
    "History": pgettext_lazy("genre", "History"),
    "Horror": pgettext_lazy("genre", "Horror"),
    "Music": pgettext_lazy("genre", "Music"),
    "Musical": pgettext_lazy("genre", "Musical"),
    "Mystery": pgettext_lazy("genre", "Mystery"),
    "News": pgettext_lazy("genre", "News"),
    "Reality-TV": pgettext_lazy("genre", "Reality-TV"),
    "Romance": pgettext_lazy("genre", "Romance"),
    "Sci-Fi": pgettext_lazy("genre", "Sci-Fi"),
    "Short": pgettext_lazy("genre", "Short"),
    "Sport": pgettext_lazy("genre", "Sport"),
    "Talk-Show": pgettext_lazy("genre", "Talk-Show"),
    "Thriller": pgettext_lazy("genre", "Thriller"),
    "War": pgettext_lazy("genre", "War"),
    "Western": pgettext_lazy("genre", "Western"),
}


def show_genre(name: Any) -> str:
    """The genre's name in the reader's language.

    Args:
        name: A canonical name, or a genre.
    """
    return str(SHOWN.get(str(name), name))


def show_genres(names: Iterable[Any]) -> str:
    """Several genres in one line, in the order in which they come."""
    return ", ".join(map(show_genre, names))


def sort_key(name: Any) -> str:
    """By what alphabetical lists of genres are sorted: the name as it is shown."""
    return show_genre(name).casefold()
