"""MovieLens."""

import pytest

from genresite.errors import InvalidInput

MOVIES = 'movieId,title,genres\n1,Toy Story (1995),Animation|Children\n2,"Heat, The (1996)",(no genres listed)\n'
LINKS = "movieId,imdbId,tmdbId\n1,0114709,862\n2,113228,\n"


def test_films_get_their_ids_from_the_links(read) -> None:
    first, second = read("movielens", {"movies.csv": MOVIES, "links.csv": LINKS}, "")
    assert (first.title, first.year, first.imdb_id, first.tmdb_id) == ("Toy Story", 1995, "tt0114709", 862)
    assert first.genres == ("Animation", "Children")
    assert (second.title, second.imdb_id, second.tmdb_id) == ("The Heat", "tt0113228", None)


def test_films_alone_have_no_ids(read) -> None:
    first, _second = read("movielens", {"movies.csv": MOVIES}, "movies.csv")
    assert (first.imdb_id, first.tmdb_id) == (None, None)


def test_bad_link_is_told_once(read) -> None:
    rows = read("movielens", {"movies.csv": MOVIES, "links.csv": "movieId,imdbId,tmdbId\n1\n2,abc,5\n"}, "")
    assert [(row.file, row.code) for row in rows if hasattr(row, "code")] == [
        ("links.csv", "cells_miscounted"), ("movies.csv", "imdb_id_invalid"),
    ]  # fmt: skip


def test_links_without_their_columns_are_refused(read) -> None:
    with pytest.raises(InvalidInput):
        read("movielens", {"movies.csv": MOVIES, "links.csv": "a,b\n"}, "")
