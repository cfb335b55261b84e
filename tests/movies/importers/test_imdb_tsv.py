"""IMDb's title.basics.tsv."""

import gzip

import pytest

from genresite.errors import InvalidInput
from movies.rows import RowSkipped

HEAD = "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\n"


def row(number: int, kind: str, title: str = "Light", year: str = "1999", genres: str = "Drama,Short") -> str:
    return f"tt{number:07}\t{kind}\t{title}\t{title}\t0\t{year}\t\\N\t90\t{genres}\n"


def test_films_and_shows_are_read_and_episodes_left_out(read) -> None:
    content = (
        HEAD + row(1, "short", '"Q" is a letter') + row(2, "tvSeries", genres="\\N", year="\\N") + row(3, "tvEpisode")
    )
    film, show, skipped = read(
        "imdb-tsv", {"title.basics.tsv.gz": gzip.compress(content.encode())}, "title.basics.tsv.gz"
    )
    assert (film.title, film.imdb_id, film.year, film.kind) == ('"Q" is a letter', "tt0000001", 1999, "movie")
    assert film.genres == ("Drama", "Short")
    assert (show.kind, show.year, show.genres) == ("show", None, ())
    assert skipped == RowSkipped("tvEpisode")


def test_bad_rows_are_told(read) -> None:
    content = HEAD + row(1, "movie", year="soon") + "tt1\tmovie\n" + row(2, "movie", year="1066")
    assert [error.code for error in read("imdb-tsv", {"t.tsv": content}, "t.tsv")] == [
        "year_invalid", "cells_miscounted", "year_out_of_range",
    ]  # fmt: skip


def test_other_table_is_refused(read) -> None:
    with pytest.raises(InvalidInput) as caught:
        read("imdb-tsv", {"t.tsv": "tconst\taverageRating\n"}, "t.tsv")
    assert caught.value.code == "columns_missing"
