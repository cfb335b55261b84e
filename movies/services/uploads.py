"""A data set that came as an upload: small enough to be brought in while the person waits."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final, TypeVar

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from movies.importers import read_films
from movies.importers.files import GZIP_MAGIC, Source
from movies.rows import RowError
from movies.services.imports import ImportSummary, Terms, import_films

Row = TypeVar("Row")
# About ten seconds of work; more is for the command.
MAX_UPLOAD_ROWS: Final = 20_000
# A gz file may grow to four times the size that an upload may have, so that none can fill the disk.
UNPACKED_FACTOR: Final = 4
_BLOCK_BYTES: Final = 1 << 20


def import_upload(*, upload: UploadedFile, format_name: str, terms: Terms, dry_run: bool = False) -> ImportSummary:
    """Bring in the films of an uploaded file.

    Args:
        upload: The file; its name is for the report, and an .nfo's or gz's content tells what it is.
        format_name: Its format, one that comes in a single file.
        terms: What `movies.services.imports.check_terms` returned.
        dry_run: Whether to find out only what would happen.

    Returns:
        What came of it; where the file as a whole cannot be read, that is its only error.
    """
    try:
        with unpack_upload(upload) as path:
            rows = limit_rows(read_films(format_name, Source(path)), path.name)
            return import_films(rows=rows, terms=terms, dry_run=dry_run)
    except InvalidInput as exc:
        error = RowError(name_upload(upload), 0, exc.code, exc.message, exc.field, fatal=True)
        return ImportSummary(errors=1, first_errors=[error], whole=False)


def name_upload(upload: UploadedFile) -> str:
    """What an uploaded file is called in a report."""
    return get_valid_filename(Path(upload.name or "").name or "upload")[-100:]


@contextmanager
def unpack_upload(upload: UploadedFile) -> Iterator[Path]:
    """An uploaded file on the disk, unpacked if it is gz, for as long as it is read.

    Args:
        upload: The file.

    Yields:
        Its path; the name is that of the upload.

    Raises:
        InvalidInput: It is damaged, or larger than an upload may be once it is unpacked.
    """
    with TemporaryDirectory(prefix="genresite-import-") as folder:
        path = Path(folder) / name_upload(upload)
        with path.open("wb") as copy:
            _copy(upload, copy)
        yield path


def _copy(upload: UploadedFile, copy: IO[bytes]) -> None:
    """Copy the upload, unpacked if it is gz, up to the limit."""
    stream: Any = upload.file if upload.file is not None else upload
    stream.seek(0)
    packed = stream.read(2) == GZIP_MAGIC
    stream.seek(0)
    limit = settings.MAX_REQUEST_BYTES * (UNPACKED_FACTOR if packed else 1)
    if packed:
        stream = gzip.GzipFile(fileobj=stream)
    try:
        while block := stream.read(_BLOCK_BYTES):
            copy.write(block)
            if copy.tell() > limit:
                message = _("The file is too large for an upload: unpacked it may have {limit:,} bytes.")
                raise InvalidInput(message.format(limit=limit), code="upload_too_large", field="file")
    except (EOFError, zlib.error, gzip.BadGzipFile) as exc:
        message = _("The gz file is cut off or damaged; nothing of it was taken.")
        raise InvalidInput(message, code="file_truncated", field="file") from exc


def limit_rows(rows: Iterable[Row], name: str) -> Iterator[Row | RowError]:
    """The first rows of an upload, and the word that there are more.

    Args:
        rows: What a reader yields.
        name: The file's name, for the report.
    """
    for count, row in enumerate(rows, start=1):
        if count > MAX_UPLOAD_ROWS:
            message = _("Only the first {most:,} rows were read; the command brings in files of any length.")
            line = getattr(row, "line", 0)
            yield RowError(name, line, "rows_left", message.format(most=MAX_UPLOAD_ROWS), fatal=True)
            return
        yield row
