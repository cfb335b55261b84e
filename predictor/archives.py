"""ZIP files that people send: looked at by their directory before anything in them is unpacked.

Nothing is ever unpacked to a path of the archive's own: posters are read into memory one by one, up to the size that a
poster may have, and the list goes to a name that this site makes.
"""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, BinaryIO, Final, NoReturn

from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from movies.importers.posters import SUFFIXES as POSTER_SUFFIXES
from predictor.input_files import CSV_SUFFIXES, JSON_SUFFIXES

ZIP_MAGIC: Final = (b"PK\x03\x04", b"PK\x05\x06")
# 100,000 posters, and as many of the hidden files that some systems put beside each.
MAX_ENTRIES: Final = 200_000
# What 200,000 names take; a directory is held in memory as a whole.
MAX_DIRECTORY_BYTES: Final = 64_000_000
# Pictures hardly shrink and text shrinks to a tenth; a hundredth is made to fill a disk.
MAX_RATIO: Final = 100
MAX_UNPACKED_BYTES: Final = 4 << 30
# Small files of one repeated letter are no harm.
_RATIO_FROM_BYTES: Final = 1 << 20
_NESTED: Final = {".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".zst", ".lz4"}
_METHODS: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_DAMAGE: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError,
)  # fmt: skip
# Without what a full disk would raise as well.
_DAMAGE_INSIDE: Final = (zipfile.BadZipFile, zlib.error, struct.error, EOFError)
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_END64: Final = b"PK\x06\x06"
_LOCATOR64: Final = b"PK\x06\x07"
_LOCATOR64_BYTES: Final = 20


@dataclass(frozen=True)
class Contents:
    """What an archive holds.

    Attributes:
        posters: Names of its pictures, in the order of the archive.
        list_name: The CSV or JSON lines file, if there is one.
        ignored: How many other files it has.
    """

    posters: list[str]
    list_name: str
    ignored: int


def _refuse(code: str, message: str) -> NoReturn:
    raise InvalidInput(message, code=code, field="file")


def is_zip(start: bytes) -> bool:
    """Whether a file that begins like this says that it is a ZIP."""
    return start.startswith(ZIP_MAGIC)


@contextmanager
def open_archive(stream: BinaryIO) -> Iterator["Archive"]:
    """Open a ZIP whose directory is small enough to be read.

    Args:
        stream: The file, open for reading bytes; must be seekable.

    Raises:
        InvalidInput: It is no ZIP, or its directory is damaged or too large.
    """
    _check_directory(stream)
    try:
        archive = zipfile.ZipFile(stream)
    except _DAMAGE as exc:
        raise InvalidInput(_("The ZIP is damaged or cut off."), code="archive_damaged", field="file") from exc
    with archive:
        yield Archive(archive)


def _check_directory(stream: BinaryIO) -> None:
    """Refuse a directory that would fill the memory, by the numbers at the archive's end.

    Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.14 to 4.3.16.
    """
    size = stream.seek(0, 2)
    tail_start = max(0, size - _END_BYTES - 0xFFFF)
    stream.seek(tail_start)
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        _refuse("archive_damaged", _("The ZIP is damaged or cut off."))
    entries, directory_bytes = struct.unpack("<HI", tail[at + 10 : at + 16])
    if (entries == 0xFFFF or directory_bytes == 0xFFFFFFFF) and at >= _LOCATOR64_BYTES:
        locator = tail[at - _LOCATOR64_BYTES : at]
        if locator.startswith(_LOCATOR64):
            stream.seek(min(struct.unpack("<Q", locator[8:16])[0], size))
            record = stream.read(48)
            if len(record) == 48 and record.startswith(_END64):
                entries, directory_bytes = struct.unpack("<QQ", record[32:48])
    if entries > MAX_ENTRIES or directory_bytes > MAX_DIRECTORY_BYTES:
        message = _("The ZIP has too many files: at most {most:,} may come, and it tells of {count:,}.")
        _refuse("archive_too_many", message.format(most=MAX_ENTRIES, count=entries))


class Archive:
    """An open ZIP."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names: set[str] | None = None

    def check(self) -> Contents:
        """Look at every file's entry in the directory.

        Returns:
            What it holds.

        Raises:
            InvalidInput: It is made to do harm (sizes, paths, links), holds other archives, needs a password, or has
                nothing to predict.
        """
        entries = [entry for entry in self._archive.infolist() if not entry.is_dir()]
        _check_sizes(entries)
        names = {entry.filename for entry in entries}
        if len(names) < len(entries):
            _refuse("archive_name_doubled", _("The ZIP has two files of the same name."))
        for entry in entries:
            _check_entry(entry)
        wanted = [entry.filename for entry in entries if not _is_hidden(entry.filename)]
        posters = self.list_posters()
        lists = [name for name in wanted if _suffix(name) in CSV_SUFFIXES | JSON_SUFFIXES]
        if len(lists) > 1:
            message = _("The ZIP has {count} lists, such as {first} and {second}; only one may come.")
            _refuse("archive_lists", message.format(count=len(lists), first=_show(lists[0]), second=_show(lists[1])))
        if not posters and not lists:
            _refuse("archive_empty", _("The ZIP has no poster (.jpg, .png, .webp) and no list (.csv, .jsonl)."))
        return Contents(posters, lists[0] if lists else "", len(entries) - len(posters) - len(lists))

    def list_posters(self) -> list[str]:
        """Names of the pictures, in the order of the archive."""
        names = (entry.filename for entry in self._archive.infolist() if not entry.is_dir())
        return [name for name in names if _suffix(name) in POSTER_SUFFIXES and not _is_hidden(name)]

    def find_poster(self, name: str, *, beside: str = "") -> str | None:
        """The full name of a poster that a list names: from the list's own folder, or from the archive's root."""
        if self._names is None:
            self._names = set(self._archive.namelist())
        plain = name.replace("\\", "/").removeprefix("./")
        near = str(PurePosixPath(beside).parent / plain) if beside else plain
        return next((known for known in (near, plain) if known in self._names), None)

    @contextmanager
    def open_list(self, name: str) -> Iterator[IO[bytes]]:
        """The list's bytes; as many as its checked entry tells of, or `zipfile` raises.

        Raises:
            InvalidInput: The list cannot be unpacked, now or while it is being read.
        """
        message = _("The list in the ZIP is damaged: it cannot be unpacked.")
        try:
            stream = self._archive.open(name)
        except _DAMAGE as exc:
            raise InvalidInput(message, code="archive_damaged", field="file") from exc
        try:
            with stream:
                yield stream
        except _DAMAGE_INSIDE as exc:
            raise InvalidInput(message, code="archive_damaged", field="file") from exc

    def read_poster(self, name: str, *, most_bytes: int, beside: str = "") -> bytes:
        """A poster's bytes.

        Args:
            name: As the list names it: from the archive's root, or from the list's own folder.
            most_bytes: The most to read; one byte more tells that it is larger.
            beside: The list's name.

        Raises:
            InvalidInput: There is no such file, or it is damaged.
        """
        found = self.find_poster(name, beside=beside)
        if found is None:
            message = _("There is no poster file %(name)r in the ZIP.") % {"name": name[:200]}
            raise InvalidInput(message, code="poster_not_found")
        try:
            with self._archive.open(found) as stream:
                return stream.read(most_bytes + 1)
        except _DAMAGE as exc:
            message = _("The poster file %(name)r cannot be unpacked.") % {"name": name[:200]}
            raise InvalidInput(message, code="poster_unreadable") from exc


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _show(name: str) -> str:
    return ascii(name)[:80]


def _is_hidden(name: str) -> bool:
    """What systems put beside the files that a person sees."""
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse bombs: too large unpacked, packed too tightly, or made of the same bytes again and again."""
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES:
        message = _("Unpacked, the ZIP has {size:,} bytes; at most {most:,} are accepted.")
        _refuse("archive_too_large", message.format(size=unpacked, most=MAX_UNPACKED_BYTES))
    for entry in entries:
        if entry.file_size > max(_RATIO_FROM_BYTES, MAX_RATIO * entry.compress_size):
            message = _("The file {name} in the ZIP would grow more than {ratio}-fold; that is not accepted.")
            _refuse("archive_bomb", message.format(name=_show(entry.filename), ratio=MAX_RATIO))
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            message = _("The file {name} in the ZIP shares its bytes with another; that is not accepted.")
            _refuse("archive_bomb", message.format(name=_show(entry.filename)))
        end = entry.header_offset + entry.compress_size


def _check_entry(entry: zipfile.ZipInfo) -> None:
    """Refuse names that lead elsewhere, links, other archives, and what cannot be unpacked."""
    name, shown = entry.orig_filename.replace("\\", "/"), _show(entry.filename)
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or _DRIVE.match(name) or "\0" in name:
        message = _("The file {name} in the ZIP has a path that leads out of it; that is not accepted.")
        _refuse("archive_path", message.format(name=shown))
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        _refuse("archive_link", _("{name} in the ZIP is a link or a device, not a file.").format(name=shown))
    if entry.flag_bits & 0x1:
        _refuse("archive_encrypted", _("The ZIP needs a password; send it without one."))
    if _suffix(name) in _NESTED:
        message = _("The ZIP has another archive in it ({name}); only posters and one list may come.")
        _refuse("archive_nested", message.format(name=shown))
    if entry.compress_type not in _METHODS:
        message = _("The file {name} is packed in a way that is not read here; use the usual one (Deflate).")
        _refuse("archive_method", message.format(name=shown))
