"""Titles with years in brackets."""

import pytest

from movies.importers.titles import NamedFilm, read_imdb_title, read_movielens_title


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Oscar et la dame rose (2009)", NamedFilm("Oscar et la dame rose", 2009)),
        ('"Mixed Up" (2020)', NamedFilm("Mixed Up", 2020, "show")),
        ("Dawn (1999/II) (TV)", NamedFilm("Dawn", 1999)),
        ("Dawn (????) (V)", NamedFilm("Dawn", None)),
        ("Pong (1972) (VG)", NamedFilm("Pong", 1972, "movie", "video game")),
        ('"Friends" (1994) {The One (#1.1)}', NamedFilm("Friends", 1994, "show", "episode")),
        ("2001: A Space Odyssey (1968)", NamedFilm("2001: A Space Odyssey", 1968)),
        ("No year", NamedFilm("No year")),
        ("(1999)", NamedFilm("(1999)")),
        ('"Quoted" and not', NamedFilm('"Quoted" and not')),
        ("", NamedFilm("")),
    ],
)
def test_imdb_title_is_taken_apart(text: str, expected: NamedFilm) -> None:
    assert read_imdb_title(text) == expected


@pytest.mark.parametrize(
    ("text", "title", "year"),
    [
        ("Toy Story (1995)", "Toy Story", 1995),
        ("American President, The (1995)", "The American President", 1995),
        ("City of Lost Children, The (Cité des enfants perdus, La) (1995)", "The City of Lost Children", 1995),
        ("Avventura, L' (1960)", "L'Avventura", 1960),
        ("Babylon 5", "Babylon 5", None),
    ],
)
def test_movielens_title_is_put_in_order(text: str, title: str, year: int | None) -> None:
    assert read_movielens_title(text) == NamedFilm(title, year)
