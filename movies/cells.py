r"""Cells of CSV files that a spreadsheet would run as a formula: escaped on the way out, restored on the way in.

An apostrophe before the cell keeps every common spreadsheet from running it. A cell that has apostrophes before such a
sign gets one more, so that taking one away always gives back what was there.

Source: OWASP, "CSV Injection"; ASVS 5.0, 1.2.10.
"""

import re
from typing import Final

# Full-width signs are run as their narrow ones by spreadsheets of some languages.
_RUNS: Final = re.compile(r"'*[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]")
_ESCAPED: Final = re.compile(r"'+[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]")


def escape_cell(cell: str) -> str:
    """The cell so that no spreadsheet runs it."""
    return f"'{cell}" if _RUNS.match(cell) else cell


def restore_cell(cell: str) -> str:
    """What `escape_cell` was given."""
    return cell[1:] if _ESCAPED.match(cell) else cell
