"""Broken files: told with file and line, never a crash, never a film that is not there."""

import gzip
from pathlib import Path

import pytest

from genresite.errors import InvalidInput
from movies.byte_lines import MAX_LINE_BYTES
from movies.importers import Options, measure_bytes, read_films
from movies.importers.files import Source
from movies.rows import MovieRow, RowError

PLOT = "A keeper of a lighthouse finds a message in a bottle."
HEAD = "title,year,plot,genre\n"


def titles(rows: list) -> list[str]:
    return [row.title if isinstance(row, MovieRow) else row.code for row in rows]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_dialect_and_byte_order_mark_are_understood(read, separator: str, start: str) -> None:
    head, row = separator.join(["title", "year", "plot", "genre"]), separator.join(["Æther", "1999", PLOT, "Drama"])
    (film,) = read("plots-csv", {"f.csv": f"{start}{head}\r\n{row}\r\n"}, "f.csv")
    assert (film.title, film.year, film.genres, film.line) == ("Æther", 1999, ("Drama",), 2)


def test_line_of_another_encoding_is_an_error_and_the_rest_is_read(read) -> None:
    content = f"{HEAD}Amélie,2001,{PLOT},Comedy\nLighthouse,1999,{PLOT},Drama\n".encode("latin-1")
    bad, good = read("plots-csv", {"f.csv": content}, "f.csv")
    assert (bad.code, bad.file, bad.line) == ("wrong_encoding", "f.csv", 2)
    assert "latin-1" in bad.message
    assert good.title == "Lighthouse"
    first, _second = read("plots-csv", {"f.csv": content}, "f.csv", Options(encoding="latin-1"))
    assert first.title == "Amélie"


def test_utf_16_is_refused_as_a_whole(read) -> None:
    with pytest.raises(InvalidInput) as caught:
        read("plots-csv", {"f.csv": HEAD.encode("utf-16")}, "f.csv")
    assert caught.value.code == "wrong_encoding"


@pytest.mark.parametrize("name", ["utf-16", "no-such", "rot13", "idna"])
def test_encoding_that_has_no_lines_is_refused(read, name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read("plots-csv", {"f.csv": HEAD}, "f.csv", Options(encoding=name))
    assert caught.value.code == "encoding_unknown"


@pytest.mark.parametrize(
    ("content", "code"),
    [("", "head_missing"), ("a\rb,c\n", "head_missing"), ("\n\n", "head_missing"), ("a,b\n", "columns_missing")],
)
def test_file_without_its_columns_is_refused(read, content: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read("plots-csv", {"f.csv": content}, "f.csv")
    assert caught.value.code == code


def test_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for call in (
        lambda: measure_bytes("imdb27", tmp_path / "x"),
        lambda: list(read_films("imdb27", Source(tmp_path / "x"))),
    ):
        with pytest.raises(InvalidInput) as caught:
            call()
        assert caught.value.code == "file_missing"


def test_folder_in_place_of_a_file_is_refused(read) -> None:
    with pytest.raises(InvalidInput) as caught:
        read("imdb27", {}, "")
    assert caught.value.code == "file_unreadable"


def test_rows_with_too_few_and_too_many_cells_are_errors(read) -> None:
    rows = read("plots-csv", {"f.csv": f"{HEAD}A,1999\nB,1999,{PLOT},Drama,more\nC,1999,{PLOT},Drama\n"}, "f.csv")
    assert titles(rows) == ["cells_miscounted", "cells_miscounted", "C"]


def test_huge_line_is_an_error_and_the_rest_is_read(read) -> None:
    huge = "x" * (MAX_LINE_BYTES * 2 + 7)
    rows = read("plots-csv", {"f.csv": f"{HEAD}A,1999,{huge},Drama\nB,1999,{PLOT},Drama\n"}, "f.csv")
    assert titles(rows) == ["line_too_long", "B"]
    rows = read("imdb27", {"f.txt": f"1 ::: A ::: drama ::: {huge}\n2 ::: B (1999) ::: drama ::: {PLOT}\n"}, "f.txt")
    assert titles(rows) == ["line_too_long", "B"]


def test_quote_that_is_never_closed_ends_the_reading(read) -> None:
    lines = "".join(f"A{number},1999,{'x' * 900},Drama\n" for number in range(1_200))
    rows = read("plots-csv", {"f.csv": f'{HEAD}Good,1999,{PLOT},Drama\nBad,1999,"{PLOT},Drama\n{lines}'}, "f.csv")
    assert titles(rows) == ["Good", "row_not_csv"]
    assert rows[-1].fatal
    assert rows[-1].line == 3


def test_plot_over_several_lines_keeps_the_line_numbers(read) -> None:
    rows = read("plots-csv", {"f.csv": f'{HEAD}A,1999,"{PLOT}\n{PLOT}",Drama\nB,1776,{PLOT},Drama\n'}, "f.csv")
    assert rows[0].plot == f"{PLOT}\n{PLOT}"
    assert (rows[1].code, rows[1].line) == ("year_out_of_range", 4)


def test_gz_is_known_by_its_content_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "films.txt"
    path.write_bytes(gzip.compress(f"1 ::: A (1999) ::: drama ::: {PLOT}\n".encode()))
    seen: list[int] = []
    (film,) = read_films("imdb27", Source(path, Options(), seen.append))
    assert film.title == "A"
    assert sum(seen) == measure_bytes("imdb27", path)


def test_gz_cut_off_gives_what_came_before(read) -> None:
    lines = "".join(
        f"{number} ::: Film {number} (1999) ::: drama ::: {PLOT} {number * 7919}\n" for number in range(4_000)
    )
    whole = gzip.compress(lines.encode())
    rows = read("imdb27", {"f.txt.gz": whole[: len(whole) // 2]}, "f.txt.gz")
    assert sum(isinstance(row, MovieRow) for row in rows) > 100
    assert isinstance(rows[-1], RowError)
    assert (rows[-1].code, rows[-1].fatal) == ("file_truncated", True)


def test_gz_that_is_none_is_told(read) -> None:
    (error,) = read("imdb27", {"f.txt.gz": b"\x1f\x8b" + b"rubbish" * 10}, "f.txt.gz")
    assert error.fatal


def test_control_characters_are_refused(read) -> None:
    rows = read("imdb27", {"f.txt": f"1 ::: A\x00 (1999) ::: drama ::: {PLOT}\n"}, "f.txt")
    assert titles(rows) == ["title_invalid_characters"]
