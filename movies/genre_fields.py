"""Genres to choose from in forms and filters, under the names that people read and in the order of these."""

from collections.abc import Iterator
from typing import Any

import django_filters
from django import forms
from django_filters.fields import ModelChoiceField, ModelChoiceIterator

from movies.genre_names import show_genre, sort_key


class _Sorted:
    """An iterator of choices that puts them in the order of their words, the empty one first.

    A field asks for the first choice alone to see whether it may be left empty; that costs no query.
    """

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        choices = super().__iter__()  # type: ignore[misc]
        for choice in choices:
            if choice[0] != "":
                yield from sorted([choice, *choices], key=lambda one: sort_key(one[1]))
                return
            yield choice


class _FormIterator(_Sorted, forms.models.ModelChoiceIterator):  # type: ignore[type-arg]
    pass


class _FilterIterator(_Sorted, ModelChoiceIterator):  # type: ignore[misc]
    pass


class GenresField(forms.ModelMultipleChoiceField):
    """Any number of genres."""

    iterator = _FormIterator

    def label_from_instance(self, obj: Any) -> str:
        """The genre's name in the reader's language."""
        return show_genre(obj.name)


class GenreFilterField(ModelChoiceField):  # type: ignore[misc]
    """One genre to narrow a list by."""

    iterator = _FilterIterator

    def label_from_instance(self, obj: Any) -> str:
        """The genre's name in the reader's language."""
        return show_genre(obj.name)


class GenreFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]
    """Narrows a list by one genre, named by its slug."""

    field_class = GenreFilterField
