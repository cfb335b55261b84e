"""Films and shows as TMDB's API gives them: a list, or an object a line, or pages with `results`.

Source: developer.themoviedb.org, "Details", "Discover" and "Genres".
"""

import codecs
import json
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from django.utils.translation import gettext as _

from movies.byte_lines import is_decoded
from movies.importers.files import FileBroken, Source, read_lines, tell_encoding
from movies.rows import MovieRow, RowError, parse_row

MAX_OBJECT_CHARS: Final = 1_000_000
_BLOCK_CHARS: Final = 65_536
# Source: TMDB's lists of genres for films and for shows.
GENRE_IDS: Final = {
    12: "Adventure",
    14: "Fantasy",
    16: "Animation",
    18: "Drama",
    27: "Horror",
    28: "Action",
    35: "Comedy",
    36: "History",
    37: "Western",
    53: "Thriller",
    80: "Crime",
    99: "Documentary",
    878: "Science Fiction",
    9648: "Mystery",
    10402: "Music",
    10749: "Romance",
    10751: "Family",
    10752: "War",
    10759: "Action & Adventure",
    10762: "Kids",
    10763: "News",
    10764: "Reality",
    10765: "Sci-Fi & Fantasy",
    10766: "Soap",
    10767: "Talk",
    10768: "War & Politics",
    10770: "TV Movie",
}


def read(source: Source) -> Iterator[MovieRow | RowError]:
    """Read the objects one by one: a list of any length is never held as a whole."""
    name = source.name_of(source.path)
    with source.open(source.path) as stream:
        is_list = stream.peek(4096).lstrip()[:1] == b"["  # type: ignore[attr-defined]  # a BufferedReader
        items = _read_list(stream, name, source.encoding()) if is_list else None
        if items is not None:
            for line, item in items:
                yield from _read_item(name, line, item)
            return
    for record in read_lines(source, source.path):
        if isinstance(record, RowError):
            yield record
            continue
        try:
            item = json.loads(record[1])
        except (ValueError, RecursionError) as exc:
            message = _("The line is not JSON: {reason}.").format(reason=str(exc)[:120])
            yield RowError(name, record[0], "row_not_json", message)
            continue
        yield from _read_item(name, record[0], item)


def _read_list(stream: BinaryIO, name: str, encoding: str) -> Iterator[tuple[int, Any]]:
    """The elements of one JSON list, each with the line where it begins."""
    blocks = _read_blocks(stream, name, encoding)
    decoder = json.JSONDecoder()
    buffer, line, opened = "", 1, False
    while True:
        stripped = buffer.lstrip(" \t\r\n," if opened else " \t\r\n[")
        line += buffer.count("\n", 0, len(buffer) - len(stripped))
        opened = opened or bool(stripped)
        buffer = stripped
        if buffer.startswith("]"):
            return
        try:
            item, end = decoder.raw_decode(buffer)
        except RecursionError as exc:
            raise _broken(name, line, _("the object is nested too deeply")) from exc
        except ValueError as exc:
            block = next(blocks, None)
            if block is None or len(buffer) > MAX_OBJECT_CHARS:
                reason = _("the list is not closed") if block is None else str(exc)[:120]
                raise _broken(name, line, reason) from exc
            buffer += block
            continue
        yield line, item
        line += buffer.count("\n", 0, end)
        buffer = buffer[end:]


def _broken(name: str, line: int, reason: str) -> FileBroken:
    message = _("From this line on the file is not a list in JSON: {reason}.").format(reason=reason)
    return FileBroken(RowError(name, line, "row_not_json", message, fatal=True))


def _read_blocks(stream: BinaryIO, name: str, encoding: str) -> Iterator[str]:
    """The file's text in pieces; a list may stand on one line of any length."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="surrogateescape")
    try:
        while block := stream.read(_BLOCK_CHARS):
            yield decoder.decode(block)
    except (EOFError, zlib.error, OSError) as exc:
        raise _broken(name, 1, _("the file is cut off")) from exc


def _read_item(name: str, line: int, item: Any) -> Iterator[MovieRow | RowError]:
    if isinstance(item, dict) and isinstance(item.get("results"), list):
        for result in item["results"]:
            yield _read_film(name, line, result)
    else:
        yield _read_film(name, line, item)


def _read_film(name: str, line: int, item: Any) -> MovieRow | RowError:
    if not isinstance(item, dict):
        return RowError(name, line, "row_not_object", _("The item is JSON, but not an object of TMDB."))
    if not is_decoded(json.dumps(item, ensure_ascii=False)):
        return tell_encoding(name, line, "utf-8")
    is_show = item.get("media_type") == "tv" or "first_air_date" in item or ("name" in item and "title" not in item)
    date = item.get("first_air_date" if is_show else "release_date") or ""
    outside = item.get("external_ids")
    values = {
        "title": item.get("title") or item.get("name") or item.get("original_title") or item.get("original_name"),
        "year": date[:4] if isinstance(date, str) else date,
        "kind": "show" if is_show else "movie",
        "tmdb_id": item.get("id"),
        "imdb_id": item.get("imdb_id") or (outside.get("imdb_id") if isinstance(outside, dict) else None),
        "plot": item.get("overview"),
        "genres": _read_genres(item),
    }
    return parse_row(values, file=name, line=line)


def _read_genres(item: dict[str, Any]) -> Any:
    """Names of objects, or of numbers; what is neither is refused by `parse_row`."""
    genres = item.get("genres")
    if isinstance(genres, list):
        return [genre.get("name") if isinstance(genre, dict) else genre for genre in genres]
    numbers = item.get("genre_ids") or []
    if not isinstance(numbers, list):
        return numbers
    return [GENRE_IDS.get(number, f"TMDB genre {number}") if isinstance(number, int) else number for number in numbers]
