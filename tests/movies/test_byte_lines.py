"""Lines of any length and any bytes."""

import csv
import io

from movies.byte_lines import CsvLines, find_delimiter, is_decoded, read_byte_lines


def test_lines_come_with_their_numbers_and_ends() -> None:
    assert list(read_byte_lines(io.BytesIO(b"one\r\n\nthree"))) == [(1, b"one\r\n"), (2, b"\n"), (3, b"three")]


def test_line_over_the_limit_is_passed_over_to_its_end() -> None:
    stream = io.BytesIO(b"ok\n" + b"x" * 35 + b"\nfine\n" + b"y" * 40)
    assert list(read_byte_lines(stream, max_bytes=10)) == [(1, b"ok\n"), (2, None), (3, b"fine\n"), (4, None)]


def test_line_of_just_the_limit_is_kept() -> None:
    assert list(read_byte_lines(io.BytesIO(b"x" * 9 + b"\n" + b"z"), max_bytes=10)) == [
        (1, b"x" * 9 + b"\n"),
        (2, b"z"),
    ]


def test_foreign_bytes_are_told_from_text() -> None:
    assert is_decoded("Amélie, 千と千尋")
    assert not is_decoded(b"Am\xe9lie".decode("utf-8", errors="surrogateescape"))


def test_delimiter_is_what_the_head_has_most_of() -> None:
    assert [find_delimiter(head, ",;\t") for head in ("id,plot", "id;plot;a,b", "id\tplot")] == [",", ";", "\t"]


def test_csv_reader_is_fed_and_long_lines_are_told() -> None:
    lines = CsvLines(read_byte_lines(io.BytesIO(b'a,"b\nc"\n' + b"x" * 50 + b"\nd,e\n"), max_bytes=10))
    reader = csv.reader(lines)
    assert next(reader) == ["a", "b\nc"]
    assert (lines.number, lines.too_long) == (2, False)
    assert next(reader) == []
    assert (lines.number, lines.too_long) == (3, True)
    assert next(reader) == ["d", "e"]


def test_fields_longer_than_the_csv_modules_own_limit_are_read() -> None:
    assert len(next(csv.reader(["x" * 500_000]))[0]) == 500_000
