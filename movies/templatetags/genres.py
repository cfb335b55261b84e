"""Genres as pages name them: in the reader's language."""

from collections.abc import Iterable
from typing import Any

from django import template

from movies.genre_names import show_genre, show_genres, sort_key

register = template.Library()


@register.filter
def genre(name: Any) -> str:
    """A genre's name in the reader's language."""
    return show_genre(name)


@register.filter
def genre_list(names: Iterable[Any] | None) -> str:
    """Several genres in one line; "" for none."""
    return show_genres(names or [])


@register.filter
def alphabetical(genres: Iterable[Any]) -> list[Any]:
    """Things that have a genre's name, in the order of the names that are shown."""
    return sorted(genres, key=lambda thing: sort_key(thing.name))


@register.filter
def labels_alphabetical(labels: Iterable[Any]) -> list[Any]:
    """A film's labels in the order of their genres' shown names."""
    return sorted(labels, key=lambda label: sort_key(label.genre.name))
