"""Folders of Kodi and Jellyfin: an .nfo file (XML) beside each film, with poster.jpg.

Source: kodi.wiki, "NFO files/Movies" and "NFO files/TV shows".
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from movies.importers.files import FileBroken, Source
from movies.importers.posters import find_poster
from movies.rows import MovieRow, RowError, RowSkipped, parse_row

MAX_NFO_BYTES: Final = 1_000_000
_KINDS: Final = {"movie": "movie", "tvshow": "show"}
# Behind the XML an address may follow, for the player's own look-up.
_BEHIND: Final = re.compile(rb"(</(?:movie|tvshow|episodedetails)>).*\Z", re.DOTALL)
_YEAR: Final = re.compile(r"^\d{4}")


def find_files(path: Path) -> list[Path]:
    """The .nfo files of a folder and those below it in order of name; links to other folders are not followed."""
    if not path.is_dir():
        return [path]
    return [
        Path(folder) / name
        for folder, folders, names in os.walk(path)
        for name in (folders.sort() or sorted(names))  # type: ignore[func-returns-value]  # sorted in place
        if name.lower().endswith(".nfo")
    ]


def read(source: Source) -> Iterator[MovieRow | RowError | RowSkipped]:
    """Read one film or show of each file."""
    for path in find_files(source.path):
        name = source.name_of(path)
        try:
            with source.open(path) as stream:
                content = stream.read(MAX_NFO_BYTES + 1)
        except (InvalidInput, FileBroken, EOFError, OSError) as exc:  # one of many: the others may be fine
            yield RowError(name, 1, "file_unreadable", str(exc))
            continue
        if len(content) > MAX_NFO_BYTES:
            message = _("The file is larger than {most:,} bytes.").format(most=MAX_NFO_BYTES)
            yield RowError(name, 1, "file_too_large", message)
            continue
        yield _read_content(name, content, path)


def _read_content(name: str, content: bytes, path: Path) -> MovieRow | RowError | RowSkipped:
    try:
        root = fromstring(_BEHIND.sub(rb"\1", content.strip()), forbid_dtd=True)
    except DefusedXmlException:
        message = _("The file has a document type or entities, which are refused: they can hide an attack.")
        return RowError(name, 1, "xml_refused", message)
    except (ParseError, LookupError, ValueError) as exc:
        line = getattr(exc, "position", (1, 0))[0]
        return RowError(name, line, "xml_broken", _("The file is not XML: {reason}.").format(reason=str(exc)[:120]))
    kind = _KINDS.get(root.tag)
    if kind is None:
        return RowSkipped(f"<{root.tag[:30]}>")
    stems = ("poster", f"{path.stem}-poster", "folder", path.stem)
    return parse_row({**_read_values(root), "kind": kind}, file=name, line=1, poster=find_poster(path.parent, *stems))


def _text(root: Element, *tags: str) -> str:
    return next((text for tag in tags if (text := (root.findtext(tag) or "").strip())), "")


def _read_values(root: Element) -> dict[str, Any]:
    ids = {(item.get("type") or "").lower(): (item.text or "").strip() for item in root.findall("uniqueid")}
    old_id = _text(root, "id")
    dated = _YEAR.match(_text(root, "premiered", "releasedate", "aired"))
    genres = [part.strip() for item in root.findall("genre") for part in re.split(r"\s+/\s+|\|", item.text or "")]
    return {
        "title": _text(root, "title", "originaltitle"),
        "year": _text(root, "year") or (dated.group() if dated else ""),
        "plot": _text(root, "plot", "outline"),
        "genres": list(dict.fromkeys(genre for genre in genres if genre)),
        "imdb_id": ids.get("imdb") or _text(root, "imdbid", "imdb_id") or (old_id if old_id.startswith("tt") else ""),
        "tmdb_id": ids.get("tmdb") or _text(root, "tmdbid"),
    }
