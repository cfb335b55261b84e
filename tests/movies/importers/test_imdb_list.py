"""IMDb's old lists."""

import gzip

import pytest

from genresite.errors import InvalidInput
from movies.rows import MovieRow, RowError, RowSkipped

PLOT = "A keeper of a lighthouse finds"
RULE = "-" * 79
PLOTS = f"""CRC: 0x9AD39
PLOT SUMMARIES LIST
===================
{RULE}
MV: "Friends" (1994)

PL: Six friends live in a
PL: big city for ten years.

BY: Anonymous

PL: A second plot that is not taken.

BY: Somebody
{RULE}
MV: "Friends" (1994) {{Pilot (#1.1)}}

PL: An episode of the show, left out.

BY: Anonymous
{RULE}
MV: Amélie (2001)

PL: {PLOT} a message.

{RULE}
MV: Short (2001)

PL: x
"""
GENRES = """CRC: 0x1
  Drama      12

8: THE GENRES LIST
==================

"Friends" (1994)\t\t\tComedy
"Friends" (1994)\t\t\tRomance
Amélie (2001)\tComedy
Nobody's Film (2003)\tWar
no tabs here
"""
FILES = {"plot.list": PLOTS.encode("latin-1"), "genres.list": GENRES.encode("latin-1")}


def test_lists_are_joined_on_the_title(read) -> None:
    rows = read("imdb-list", FILES, "")
    friends, amelie = (row for row in rows if isinstance(row, MovieRow))
    assert (friends.title, friends.kind, friends.genres) == ("Friends", "show", ("Comedy", "Romance"))
    assert friends.plot == "Six friends live in a big city for ten years."
    assert (amelie.title, amelie.genres, amelie.file) == ("Amélie", ("Comedy",), "plot.list")
    assert {row.code for row in rows if isinstance(row, RowError)} == {"parts_missing", "plot_too_short"}
    assert RowSkipped("episode") in rows
    assert rows[-1] == RowSkipped("title without a plot in plot.list", 1)


def test_one_of_them_may_be_named_and_both_may_be_gz(read) -> None:
    rows = read("imdb-list", {f"{name}.gz": gzip.compress(content) for name, content in FILES.items()}, "plot.list.gz")
    assert sum(isinstance(row, MovieRow) for row in rows) == 2


@pytest.mark.parametrize("name", list(FILES))
def test_other_one_must_be_there(read, name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read("imdb-list", {name: FILES[name]}, "")
    assert caught.value.code == "file_missing"


@pytest.mark.parametrize("name", list(FILES))
def test_file_that_is_no_such_list_is_refused(read, name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read("imdb-list", {**FILES, name: "something else"}, "")
    assert caught.value.code == "head_missing"


def test_half_of_the_genres_labels_nothing(read) -> None:
    with pytest.raises(InvalidInput) as caught:
        read("imdb-list", {"plot.list": PLOTS, "genres.list.gz": gzip.compress(FILES["genres.list"])[:-20]}, "")
    assert caught.value.code == "file_truncated"
