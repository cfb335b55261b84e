"""Lines of data sets."""

from pathlib import Path

import pytest

from movies.rows import MovieRow, RowError, parse_row, read_rows

PLOT = "A keeper of a lighthouse finds a message in a bottle."


def write(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_json_line_becomes_a_row(tmp_path: Path) -> None:
    line = f'{{"title": " Lighthouse ", "year": 1999, "genres": ["Drama"], "plot": "{PLOT}", "stars": 5}}\n'
    (row,) = read_rows(write(tmp_path, "films.jsonl", line))
    assert row == MovieRow("films.jsonl", 1, "Lighthouse", 1999, genres=("Drama",), plot=PLOT)
    assert row.ignored == ("stars",)


def test_cells_of_a_table_become_a_row() -> None:
    cells = {"title": "Lighthouse", "year": "1999.0", "kind": "Show", "imdb_id": "tt0000001", "tmdb_id": "7"}
    row = parse_row({**cells, "genres": "Drama|Sci-Fi", "plot": PLOT, "may_train": "yes"}, file="films.csv", line=2)
    assert isinstance(row, MovieRow)
    assert (row.title, row.year, row.kind, row.imdb_id, row.tmdb_id) == ("Lighthouse", 1999, "show", "tt0000001", 7)
    assert (row.genres, row.may_train) == (("Drama", "Sci-Fi"), True)


@pytest.mark.parametrize("nothing", ["", None, "\\N"])
def test_nothing_is_understood_as_nothing(nothing) -> None:
    row = parse_row({"title": "X", "year": nothing, "tmdb_id": nothing}, file="f", line=1)
    assert isinstance(row, MovieRow)
    assert (row.year, row.tmdb_id) == (None, None)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "title_missing"),
        ({"title": 7}, "title_invalid"),
        ({"title": "X", "year": "soon"}, "year_invalid"),
        ({"title": "X", "year": "1999.5"}, "year_invalid"),
        ({"title": "X", "year": float("inf")}, "year_invalid"),
        ({"title": "X", "year": True}, "year_invalid"),
        ({"title": "X", "year": 30}, "year_out_of_range"),
        ({"title": "X", "kind": "opera"}, "kind_unknown"),
        ({"title": "X", "imdb_id": "7"}, "imdb_id_invalid"),
        ({"title": "X", "genres": {"a": 1}}, "genres_invalid"),
        ({"title": "X", "genres": [1]}, "genres_invalid"),
        ({"title": "X", "plot": "short"}, "plot_too_short"),
        ({"title": "X", "plot": [PLOT]}, "plot_invalid"),
    ],
)
def test_bad_values_become_an_error_with_file_and_line(values: dict, code: str) -> None:
    error = parse_row(values, file="films.jsonl", line=12)
    assert isinstance(error, RowError)
    assert error.code == code
    assert str(error).startswith("films.jsonl:12: ")


def test_bad_lines_do_not_stop_the_file(tmp_path: Path) -> None:
    content = b'{"title": "A"}\nnot json\n[1]\n\n{"title": "B\xff"}\n' + b"[" * 100_000 + b'\n{"title": "C"}\n'
    rows = list(read_rows(write(tmp_path, "films.jsonl", content)))
    assert [getattr(row, "code", "") for row in rows] == [
        "", "row_not_json", "row_not_object", "title_invalid_characters", "row_not_json", "",
    ]  # fmt: skip
    assert [row.line for row in rows] == [1, 2, 3, 5, 6, 7]
