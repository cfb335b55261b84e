"""Cells that a spreadsheet would run."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from movies.cells import escape_cell, restore_cell

SIGNS = tuple("=+-@\t\r\n\0＝＋－＠")


@pytest.mark.parametrize(
    ("cell", "escaped"),
    [
        ("=1+1", "'=1+1"),
        ("'=1+1", "''=1+1"),
        ("-30-", "'-30-"),
        ("'Tis", "'Tis"),
        ("''", "''"),
        ("", ""),
        ("a=b", "a=b"),
        ("\t=x", "'\t=x"),
    ],
)
def test_known_cells(cell, escaped):
    assert (escape_cell(cell), restore_cell(escaped)) == (escaped, cell)


@given(st.text(alphabet=st.one_of(st.sampled_from("=+-@'\t\r\n"), st.characters(codec="utf-8"))))
def test_every_cell_comes_back_and_none_is_run(cell):
    escaped = escape_cell(cell)
    assert restore_cell(escaped) == cell
    assert not escaped.startswith(SIGNS)


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\r")), min_size=1))
def test_a_row_survives_a_file(cells):
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow([escape_cell(cell) for cell in cells])
    (row,) = csv.reader(io.StringIO(buffer.getvalue(), newline=""))
    assert [restore_cell(cell) for cell in row] == cells
