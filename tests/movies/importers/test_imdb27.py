"""The IMDb set of 27 genres."""

from movies.rows import RowError, RowSkipped

PLOT = "A keeper of a lighthouse finds a message in a bottle."


def test_line_with_genre(read) -> None:
    (film,) = read("imdb27", {"f.txt": f'1 ::: "Light" (2009) ::: reality-tv ::: {PLOT} \r\n'}, "f.txt")
    assert (film.title, film.year, film.kind, film.genres, film.plot) == ("Light", 2009, "show", ("reality-tv",), PLOT)


def test_line_without_genre(read) -> None:
    (film,) = read("imdb27", {"f.txt": f"7 ::: Light (2009) ::: {PLOT}\n"}, "f.txt")
    assert (film.genres, film.plot) == ((), PLOT)


def test_separator_inside_a_plot_belongs_to_it(read) -> None:
    with_genre, without = read(
        "imdb27",
        {"f.txt": f"1 ::: A (1) ::: drama ::: {PLOT} ::: {PLOT}\n2 ::: B (2001) ::: {PLOT} ::: {PLOT}\n"},
        "f.txt",
    )
    assert with_genre.plot == without.plot == f"{PLOT} ::: {PLOT}"
    assert (with_genre.genres, without.genres) == (("drama",), ())


def test_bad_lines_are_told_and_games_left_out(read) -> None:
    content = f"nonsense\n\n2 ::: A (1999) ::: drama ::: short\n3 ::: Pong (1972) (VG) ::: drama ::: {PLOT}\n"
    first, second, third = read("imdb27", {"f.txt": content}, "f.txt")
    assert isinstance(first, RowError)
    assert (first.code, first.line) == ("parts_missing", 1)
    assert (second.code, second.line) == ("plot_too_short", 3)
    assert third == RowSkipped("video game")
