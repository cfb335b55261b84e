"""Data sets drawn in code."""

from collections.abc import Callable
from pathlib import Path

import pytest

from movies.importers import Options, read_films
from movies.importers.files import Source

Read = Callable[..., list]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write files, read them in a format, and get what it yields."""

    def write_and_read(
        name: str, files: dict[str, str | bytes], path: str = "", options: Options | None = None
    ) -> list:
        for file, content in files.items():
            target = tmp_path / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)
        return list(read_films(name, Source(tmp_path / path, options or Options())))

    return write_and_read
