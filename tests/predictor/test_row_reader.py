"""The reader of rows against files of every kind: whatever is in them, rows are where they are said to be."""

import csv
import io
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from genresite.errors import InvalidInput
from predictor.input_files import InputRow, RowError, RowReader, find_layout, read_rows

TEXTS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=60)
IDS = st.text(alphabet=st.characters(categories=("L", "N", "P")), min_size=1, max_size=20)
FILMS = st.lists(st.tuples(IDS, TEXTS, TEXTS), min_size=1, max_size=12)


def write_csv(films, delimiter: str = ",", mark: bytes = b"", end: str = "\r\n") -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end)
    writer.writerows([("id", "plot", "poster"), *films])
    return mark + buffer.getvalue().encode()


def read(data: bytes, name: str) -> list[InputRow | RowError]:
    return list(read_rows(io.BytesIO(data), name=name))


@settings(max_examples=120, deadline=None)
@given(FILMS, st.sampled_from(",;\t"), st.sampled_from([b"", b"\xef\xbb\xbf"]), st.sampled_from(["\n", "\r\n"]))
def test_what_was_written_as_csv_is_read(films, delimiter, mark, end):
    rows = read(write_csv(films, delimiter, mark, end), "films.csv")
    assert [(row.id, row.plot, row.poster) for row in rows] == [(i.strip(), p, q.strip()) for i, p, q in films]


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(st.one_of(IDS, st.integers()), st.text(), st.text()), min_size=1, max_size=12))
def test_what_was_written_as_json_lines_is_read(films):
    lines = [json.dumps({"id": i, "plot": p, "poster": q}) for i, p, q in films]
    rows = read("\n".join(lines).encode(), "films.jsonl")
    assert [(row.id, row.plot, row.poster) for row in rows] == films


def check_every_place(data: bytes, name: str) -> None:
    """Read from between any two rows on, the rest is the same."""
    stream = io.BytesIO(data)
    layout = find_layout(stream, name=name)
    whole = read(data, name)
    assert len({row.line for row in whole}) == len(whole), "two rows stand on one line"
    reader = RowReader(stream, layout)
    places = [(reader.line, layout.offset)]
    places += [(reader.line, reader.offset) for _row in reader]
    for number, (line, offset) in enumerate(places):
        assert list(RowReader(io.BytesIO(data), layout, offset=offset, line=line)) == whole[number:]


@settings(max_examples=80, deadline=None)
@given(FILMS, st.sampled_from(",;\t"), st.sampled_from([b"", b"\xef\xbb\xbf"]))
def test_a_csv_can_be_read_from_between_any_two_rows(films, delimiter, mark):
    check_every_place(write_csv(films, delimiter, mark), "films.csv")


BROKEN = st.lists(
    st.one_of(
        st.binary(max_size=40), st.sampled_from([b'"', b'1,"', b"\n\n", b"\xff,x", b"1,2,3,4", b"\0", b"\r", b"{"])
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(BROKEN, st.sampled_from(["films.csv", "films.jsonl"]))
def test_a_broken_file_is_rows_and_errors_from_any_place(lines, name):
    head = b"id,plot,poster\n" if name == "films.csv" else b'{"id": 1}\n'
    data = head + b"\n".join(lines)
    try:
        find_layout(io.BytesIO(data), name=name)
    except InvalidInput as refused:
        assert refused.code == "not_text"
        return
    check_every_place(data, name)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.jsonl", "a.txt"]))
def test_any_bytes_end_in_rows_or_in_a_refusal_in_words(data, name):
    try:
        for row in read(data, name):
            assert isinstance(row, InputRow) or (row.code and row.message)
    except InvalidInput as refused:
        refused.message.encode("utf-8")
