"""Genres to choose from in forms and filters, under the names that people read and in the order of these."""

from collections.abc import Iterator
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django_filters.fields import ModelChoiceField, ModelChoiceIterator

from movies.genre_names import show_genre, sort_key
from movies.models import Genre


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


class _FilterIterator(ModelChoiceIterator):  # type: ignore[misc]
    """The same, asking the database once: the field keeps its genres, which a form goes through more than once."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from sorted((self.choice(genre) for genre in self.field.queryset), key=lambda one: sort_key(one[1]))


class GenresField(forms.ModelMultipleChoiceField):
    """Any number of genres."""

    iterator = _FormIterator

    def label_from_instance(self, obj: Any) -> str:
        """The genre's name in the reader's language."""
        return show_genre(obj.name)


class GenreFilterField(ModelChoiceField):  # type: ignore[misc]
    """One genre to narrow a list by."""

    iterator = _FilterIterator

    def to_python(self, value: Any) -> Genre | None:
        """The genre of a slug, found among the choices: they are all shown beside the list anyway."""
        if value in self.empty_values:
            return None
        slug = value.slug if isinstance(value, Genre) else str(value)
        found = next((genre for genre in self.queryset if genre.slug == slug), None)
        if found is None:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value})
        return found

    def label_from_instance(self, obj: Any) -> str:
        """The genre's name in the reader's language."""
        return show_genre(obj.name)


class GenreFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]
    """Narrows a list by one genre, named by its slug."""

    field_class = GenreFilterField
