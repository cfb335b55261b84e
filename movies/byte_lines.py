"""Lines of files that may be broken: of any length, with bytes that their encoding does not know, CSV among them."""

import csv
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

# A plot may have 20,000 characters; a line of fifty times that is no film, and must not fill the memory.
MAX_LINE_BYTES: Final = 1_000_000
# Bytes that the encoding does not know, as the decoder's "surrogateescape" leaves them.
_UNDECODED: Final = re.compile("[\udc80-\udcff]")

# The module's own limit (131,072 characters) would end a row whose plot is only too long.
csv.field_size_limit(MAX_LINE_BYTES)


def read_byte_lines(stream: BinaryIO, *, max_bytes: int = MAX_LINE_BYTES) -> Iterator[tuple[int, bytes | None]]:
    """Lines with their numbers; None for one that is too long, which is passed over to its end.

    Args:
        stream: A file open for reading bytes.
        max_bytes: How long a line may be, its end included.

    Yields:
        The number, from 1, and the line with its end, or None.
    """
    number = 0
    while line := stream.readline(max_bytes + 1):
        number += 1
        if len(line) <= max_bytes:
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(max_bytes)
        yield number, None


def is_decoded(text: str) -> bool:
    """Whether every byte of the text was known to its encoding."""
    return not _UNDECODED.search(text)


def find_delimiter(head: str, delimiters: str) -> str:
    """What stands between the cells of a head: of several signs, the one that it has most of."""
    return max(delimiters, key=head.count)


class CsvLines:
    """Feeds the CSV reader with text and counts lines; bytes that are not of the encoding become lone surrogates.

    Attributes:
        number: The number of the line that was read last.
        too_long: Whether a line was too long since somebody last set this to False; it reads as an empty one.
    """

    def __init__(self, lines: Iterator[tuple[int, bytes | None]], encoding: str = "utf-8") -> None:
        self._lines = lines
        self._encoding = encoding
        self.number = 0
        self.too_long = False

    def __iter__(self) -> "CsvLines":
        """The lines themselves."""
        return self

    def __next__(self) -> str:
        """The next line with its end."""
        self.number, line = next(self._lines)
        if line is None:
            self.too_long = True
            return "\n"
        return line.decode(self._encoding, errors="surrogateescape")
