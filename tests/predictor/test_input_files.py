"""Files as people have them."""

import csv
import io

import pytest

from genresite.errors import InvalidInput
from predictor import input_files
from predictor.input_files import InputRow, RowError, find_layout, read_rows


def read(data: bytes, name: str = "films.csv") -> list[InputRow | RowError]:
    return list(read_rows(io.BytesIO(data), name=name))


def codes(rows) -> list[str]:
    return [row.code if isinstance(row, RowError) else "ok" for row in rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_in_the_usual_shapes(delimiter, mark, end):
    text = end.join(["ID,Plot,Poster", 'a,"One, two; ""three"" é",p/1.jpg', "b,x,", ""]).replace(",", delimiter)
    text = text.replace(f'"One{delimiter} two', '"One, two') if delimiter != "," else text
    rows = read(mark + text.encode())
    assert rows == [InputRow(2, "a", 'One, two; "three" é', "p/1.jpg"), InputRow(3, "b", "x", "")]


def test_columns_in_any_order_and_others_beside_them():
    rows = read(b"title,poster,id\nX,p.png,7\n")
    assert rows == [InputRow(2, "7", "", "p.png")]


def test_text_over_several_lines_and_empty_lines():
    rows = read(b'id,plot\n1,"two\nlines"\n\n ,\n2,x\n')
    assert rows == [InputRow(2, "1", "two\nlines", ""), InputRow(6, "2", "x", "")]


def test_bad_bytes_make_an_error_row_that_names_its_line():
    rows = read(b"id,plot\n1,caf\xe9\n2,fine\n\xff,x\n")
    assert codes(rows) == ["wrong_encoding", "ok", "wrong_encoding"]
    assert rows[0].id == "1" and rows[0].message.startswith("Line 2:") and rows[2].id is None


def test_a_row_with_too_many_cells_is_an_error_and_one_with_few_is_short():
    rows = read(b"id,plot,poster\n1,a, b,c\n2\n")
    assert codes(rows) == ["too_many_cells", "ok"] and rows[1].plot == ""


def test_a_row_without_an_id_is_an_error():
    assert codes(read(b"id,plot\n,x\n")) == ["id_missing"]


def test_a_line_that_is_too_long_is_an_error_and_the_rest_goes_on(monkeypatch):
    monkeypatch.setattr(input_files, "MAX_LINE_BYTES", 50)
    rows = read(b"id,plot\n1," + b"x" * 500 + b"\n2,y\n")
    assert codes(rows) == ["line_too_long", "ok"]
    rows = read(b'{"id": 1, "plot": "' + b"x" * 500 + b'"}\n{"id": 2}\n', "films.jsonl")
    assert codes(rows) == ["line_too_long", "ok"]


def test_a_quote_that_is_never_closed_does_not_fill_the_memory(request):
    usual = csv.field_size_limit(60)
    request.addfinalizer(lambda: csv.field_size_limit(usual))
    rows = read(b'id,plot\n1,"never closed\n' + b"2,some more words of text\n" * 6)
    assert "not_csv" in codes(rows) and codes(rows)[-1] in ("ok", "not_csv")


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"", "file_empty", "empty"),
        (b"\xef\xbb\xbf \n\n", "file_empty", "empty"),
        ("id,plot\n1,x".encode("utf-16"), "wrong_encoding", "UTF-16"),
        (b"plot,poster\nx,y\n", "wrong_columns", "lacks id"),
        (b"id,title\n1,y\n", "wrong_columns", "lacks plot, poster"),
        (b"id,plot,plot\n1,y,z\n", "wrong_columns", "more than once: plot"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(data, code, words):
    with pytest.raises(InvalidInput, match=words) as caught:
        read(data)
    assert caught.value.code == code


def test_json_lines_by_name_and_by_content():
    data = b'\xef\xbb\xbf{"id": 1, "plot": "x", "more": []}\n\n{"id": "b", "plot": null, "poster": "p.png"}'
    expected = [InputRow(1, 1, "x", ""), InputRow(3, "b", "", "p.png")]
    assert read(data, "films.jsonl") == expected == read(data, "films.txt")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[1]", "not_an_object"),
        (b'{"plot": "x"}', "id_missing"),
        (b'{"id": true}', "id_missing"),
        (b'{"id": 1.5}', "id_missing"),
        (b'{"id": ""}', "id_missing"),
        (b'{"id": 1, "plot": 5}', "plot_not_text"),
        (b'{"id": 1, "poster": ["a"]}', "poster_not_text"),
        (b'{"id": 1, "plot": "caf\xe9"}', "wrong_encoding"),
    ],
)
def test_bad_json_lines_are_error_rows(line, code):
    rows = read(line + b'\n{"id": 2}\n', "films.jsonl")
    assert codes(rows) == [code, "ok"] and rows[0].message.startswith("Line 1:")


def test_lines_of_the_imdb_set_with_and_without_a_genre():
    rows = read(b"1 ::: Edgar (1999) ::: A joke.\n\n2 ::: X (2001) ::: drama ::: A ghost ::: twice.\r\n", "test.txt")
    assert rows == [InputRow(1, "1", "A joke.", ""), InputRow(3, "2", "A ghost ::: twice.", "")]


def test_plot_of_the_imdb_set_may_hold_the_separator():
    plot = "A plot that is much longer than any genre could be ::: and goes on."
    assert read(f"7 ::: X ::: {plot}\n".encode(), "films")[0] == InputRow(1, "7", plot, "")


def test_broken_lines_of_the_imdb_set_are_errors():
    rows = read(b"1 ::: X ::: fine\n2 ::: no plot\n ::: X ::: no id\n3 ::: X ::: caf\xe9\n", "films.txt")
    assert codes(rows) == ["ok", "parts_missing", "id_missing", "wrong_encoding"]
    assert "id ::: title ::: plot" in rows[1].message


def test_csv_whose_head_has_the_separator_stays_csv():
    assert read(b"id,plot,a ::: b\n1,x,y\n") == [InputRow(2, "1", "x", "")]


def test_a_first_line_that_is_no_csv_is_refused_in_words() -> None:
    with pytest.raises(InvalidInput, match="first line cannot be read as CSV") as refused:
        find_layout(io.BytesIO(b"id,plot\rx\n1,A ghost\n"), name="films.csv")
    assert refused.value.code == "wrong_columns"
