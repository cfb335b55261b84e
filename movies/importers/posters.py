"""Finding a film's poster beside a file: only inside the folder of the import, whatever names and links say."""

from pathlib import Path
from typing import Final

SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".webp")


def find_poster(folder: Path, *stems: str) -> Path | None:
    """Look for a picture by its name without ending.

    Args:
        folder: Where it must lie, directly.
        *stems: Names in order of preference; one that leads elsewhere finds nothing.

    Returns:
        The file, or None.
    """
    for stem in stems:
        if not stem or stem != Path(stem).name or stem in {".", ".."}:
            continue
        for suffix in SUFFIXES:
            path = folder / f"{stem}{suffix}"
            if path.is_file() and path.resolve().parent == folder.resolve():
                return path
    return None
