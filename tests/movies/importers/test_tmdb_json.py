"""TMDB's objects."""

import gzip
import json

import pytest

from movies.rows import MovieRow

PLOT = "A keeper of a lighthouse finds a message in a bottle."
FILM = {"id": 5, "title": "Light", "release_date": "1999-10-01", "overview": PLOT, "imdb_id": "tt0000001",
        "genres": [{"id": 18, "name": "Drama"}]}  # fmt: skip
SHOW = {"id": 5, "name": "Lights", "first_air_date": "", "genre_ids": [10759, 1], "external_ids": {"imdb_id": None}}


def check(rows: list) -> None:
    film, show = rows
    assert (film.title, film.year, film.kind, film.tmdb_id, film.imdb_id) == ("Light", 1999, "movie", 5, "tt0000001")
    assert (film.genres, film.plot) == (("Drama",), PLOT)
    assert (show.title, show.year, show.kind, show.tmdb_id) == ("Lights", None, "show", 5)
    assert show.genres == ("Action & Adventure", "TMDB genre 1")


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([FILM, SHOW]),
        "\ufeff  " + json.dumps([FILM, SHOW], indent=2),
        json.dumps(FILM) + "\n\n" + json.dumps(SHOW) + "\n",
        json.dumps({"page": 1, "results": [FILM, SHOW]}),
    ],
)
def test_list_lines_and_pages_are_read(read, content: str) -> None:
    check(read("tmdb-json", {"f.json": content}, "f.json"))
    check(read("tmdb-json", {"f.json": gzip.compress(content.encode())}, "f.json"))


def test_long_list_is_read_in_pieces_with_lines(read) -> None:
    films = [{**FILM, "id": number + 1, "imdb_id": None, "title": f"Film é {number}"} for number in range(2_000)]
    rows = read(
        "tmdb-json", {"f.json": "[\n" + ",\n".join(json.dumps(f, ensure_ascii=False) for f in films) + "\n]"}, "f.json"
    )
    assert [row.line for row in rows] == list(range(2, 2_002))
    assert rows[-1].title == "Film é 1999"


def test_list_that_is_not_closed_gives_what_came_before(read) -> None:
    *films, error = read("tmdb-json", {"f.json": json.dumps([FILM, SHOW])[:-1]}, "f.json")
    check(films)
    assert (error.code, error.fatal) == ("row_not_json", True)


@pytest.mark.parametrize("content", ["[" * 200_000, '[{"a": ' + "[" * 200_000, "[" + '"x' * 900_000, b"[\x1f"])
def test_rubbish_ends_the_reading(read, content: str | bytes) -> None:
    rows = read("tmdb-json", {"f.json": content}, "f.json")
    assert rows[-1].fatal


def test_bad_lines_are_told_and_the_rest_is_read(read) -> None:
    lines = [
        "{",
        "7",
        json.dumps({**FILM, "genres": [{"name": 3}]}),
        json.dumps({**FILM, "title": None}),
        json.dumps(FILM),
    ]
    rows = read("tmdb-json", {"f.json": "\n".join(lines)}, "f.json")
    assert [row.code for row in rows[:-1]] == ["row_not_json", "row_not_object", "genres_invalid", "title_missing"]
    assert isinstance(rows[-1], MovieRow)
