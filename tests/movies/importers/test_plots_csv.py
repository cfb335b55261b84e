"""Plots in CSV files."""

import pytest

from genresite.errors import InvalidInput
from movies.importers import Options
from movies.rows import RowSkipped

PLOT = "A keeper of a lighthouse finds a message in a bottle."


def test_columns_are_found_by_their_usual_names(read) -> None:
    head = "Release Year,Title,Director,Genre,Plot"
    (film,) = read("plots-csv", {"f.csv": f'{head}\n1999,Light,Someone,"drama, war",{PLOT}\n'}, "f.csv")
    assert (film.title, film.year, film.genres, film.ignored) == ("Light", 1999, ("drama", "war"), ("Director",))


def test_columns_may_be_named(read) -> None:
    options = Options(
        {"title": "Name_EN", "plot": "Story", "genres": "Tags", "year": "", "imdb_id": "Key"}, separator="/"
    )
    (film,) = read(
        "plots-csv", {"f.csv": f"Name_EN,Story,Tags,Key\nLight,{PLOT},Sci-Fi/War,tt0000001\n"}, "f.csv", options
    )
    assert (film.title, film.genres, film.imdb_id) == ("Light", ("Sci-Fi", "War"), "tt0000001")
    with pytest.raises(InvalidInput) as caught:
        read("plots-csv", {"f.csv": "title,plot,genre\n"}, "f.csv", Options({"plot": "Story"}))
    assert caught.value.code == "columns_missing"
    assert "title, plot, genre" in caught.value.message


def test_one_column_a_genre(read) -> None:
    head = "\ttitle\tplot\tDrama\tWar\tLifestyle\tstars"
    rows = f'0\t"""Light"" (2009)"\t{PLOT}\t1\t0\t1\t7\n1\t"""Light"" (2009) {{Pilot (#1.1)}}"\t{PLOT}\t1\t0\t0\t7\n'
    film, episode = read("plots-csv", {"movies_genres.csv": f"{head}\n{rows}"}, "movies_genres.csv")
    assert (film.title, film.year, film.kind) == ("Light", 2009, "show")
    assert film.genres == ("Drama", "Lifestyle")  # a genre that nobody knows is counted, not dropped
    assert film.ignored == ("stars",)
    assert episode == RowSkipped("episode")


def test_genre_column_that_is_neither_yes_nor_no_is_an_error(read) -> None:
    (error,) = read("plots-csv", {"f.csv": f"title,plot,Drama,War\nLight,{PLOT},maybe,1\n"}, "f.csv")
    assert error.code == "genre_flag_invalid"


def test_kind_and_nothing_are_understood(read) -> None:
    content = f"title,type,year,plot,genres\nA,TV Show,\\N,{PLOT},\nB,Movie,,{PLOT},\n"
    show, movie = read("plots-csv", {"f.csv": content}, "f.csv")
    assert (show.kind, show.year, movie.kind) == ("show", None, "movie")
