"""Where a command that reads a file writes what is wrong with its lines."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from movies.rows import RowError


@contextmanager
def write_errors(path: Path | None) -> Iterator[Callable[[RowError], object]]:
    """Where errors go: a line of JSON each, or nowhere.

    Args:
        path: The file, or None.

    Yields:
        What is called with every error.
    """
    if path is None:
        yield lambda _error: None
        return
    with path.open("w", encoding="utf-8", errors="backslashreplace") as lines:
        yield lambda error: lines.write(json.dumps(asdict(error), ensure_ascii=False) + "\n")
