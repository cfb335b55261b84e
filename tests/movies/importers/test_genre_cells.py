"""Genres in cells."""

import pytest

from movies.importers.genre_cells import find_genre_columns, read_flags, read_genre_cell


@pytest.mark.parametrize(
    "cell",
    [
        "Drama|War",
        "Drama, War",
        "Drama;War;Drama",
        "['Drama', 'War']",
        '["Drama", "War"]',
        '[{"id": 18, "name": "Drama"}, {"id": 10752, "name": "War"}]',
        "[{'id': 18, 'name': 'Drama'}, {'id': 10752, 'name': \"War\"}]",
    ],
)
def test_cell_is_understood(cell: str) -> None:
    assert read_genre_cell(cell) == ("Drama", "War")


def test_separator_may_be_named() -> None:
    assert read_genre_cell("Romance, light / War", "/") == ("Romance, light", "War")


@pytest.mark.parametrize("cell", ["", " ", "[]", "\\N", "[" * 100_000])
def test_nothing_is_no_genre(cell: str) -> None:
    assert read_genre_cell(cell) == ()


def test_columns_of_genres_are_found_by_two_known_names() -> None:
    assert find_genre_columns(["title", "Drama", "War", "Slow"], {"title"}) == ["Drama", "War", "Slow"]
    assert find_genre_columns(["title", "War", "stars"], {"title"}) == []


def test_flags_are_yes_no_or_neither() -> None:
    cells = {"Drama": "1", "War": "0", "Slow": "1.0", "stars": "7"}
    assert read_flags(cells, list(cells)) == (("Drama", "Slow"), ("stars",))
