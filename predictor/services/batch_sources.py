"""The file of a batch: what kind it is, its rows from any place on, its posters by name."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, Final

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from movies.images import MAX_BYTES
from predictor.archives import Archive, Contents, is_zip, open_archive
from predictor.input_files import InputRow, Layout, RowError, RowReader, find_layout
from predictor.models import Batch, BatchChunk, Kind

ID_MAX_CHARS: Final = 200


@dataclass(frozen=True)
class Inspection:
    """What a look at an uploaded file tells.

    Attributes:
        form: One of `Batch.Form`.
        layout: How its rows are written; None for a ZIP without a list.
        contents: What a ZIP holds.
    """

    form: str
    layout: Layout | None
    contents: Contents | None = None

    def as_json(self) -> dict[str, Any]:
        """What `Batch.layout` keeps."""
        list_name = self.contents.list_name if self.contents else ""
        return {"list_name": list_name, "rows": asdict(self.layout) if self.layout else None}


def inspect_file(stream: BinaryIO, *, name: str) -> Inspection:
    """Look at a file without reading its rows.

    Args:
        stream: The file, open for reading bytes; must be seekable.
        name: What it is called.

    Returns:
        What it is.

    Raises:
        InvalidInput: It cannot be read as a whole, or it is a ZIP that is made to do harm.
    """
    stream.seek(0)
    if not is_zip(stream.read(4)):
        layout = find_layout(stream, name=name)
        return Inspection(Batch.Form.JSON_LINES if layout.form == "jsonl" else Batch.Form.CSV, layout)
    with open_archive(stream) as archive:
        contents = archive.check()
        if not contents.list_name:
            return Inspection(Batch.Form.ZIP, None, contents)
        with archive.open_list(contents.list_name) as rows:
            # zipfile's streams seek, slowly; a look at the beginning needs no more.
            return Inspection(Batch.Form.ZIP, find_layout(rows, name=contents.list_name), contents)  # type: ignore[arg-type]


class BatchSource:
    """The opened file of a batch; a context manager, so that many chunks share one look at a ZIP's directory."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._stack = ExitStack()
        self._posters: list[str] | None = None
        self._rows: BinaryIO | None = None
        kept = batch.layout["rows"]
        self.layout = Layout(**{**kept, "columns": tuple(kept["columns"])}) if kept else None
        self.list_name: str = batch.layout["list_name"]
        self.archive: Archive | None = None

    def __enter__(self) -> "BatchSource":
        """Open the files.

        Raises:
            InvalidInput: They are gone, or the ZIP cannot be read.
        """
        if self._batch.form == Batch.Form.ZIP:
            self.archive = self._stack.enter_context(open_archive(self._open(str(self._batch.source.name))))
        return self

    def __exit__(self, *_problem: object) -> None:
        """Close them."""
        self._stack.close()

    def _open(self, name: str) -> BinaryIO:
        try:
            # `Any`: what storages open is wrapped, and the wrapper's type does not say what is inside.
            opened: Any = self._stack.enter_context(default_storage.open(name, "rb"))
        except OSError as exc:
            raise InvalidInput(_("The file of this batch is gone."), code="file_missing") from exc
        stream: BinaryIO = opened.file
        return stream

    def open_rows(self) -> BinaryIO:
        """The bytes of the list: the file itself, or what was unpacked from the ZIP."""
        if self._rows is None:
            in_zip = self._batch.form == Batch.Form.ZIP
            self._rows = self._open(str((self._batch.rows_file if in_zip else self._batch.source).name))
        return self._rows

    @property
    def posters(self) -> list[str]:
        """Names of a ZIP's posters, in its order."""
        if self._posters is None:
            self._posters = self.archive.list_posters() if self.archive else []
        return self._posters

    def read_chunk(self, chunk: BatchChunk) -> Iterator[InputRow | RowError]:
        """The rows of a chunk, with what is wrong with some of them."""
        if self.layout is None:
            names = self.posters[chunk.offset : chunk.offset + chunk.rows]
            rows: Iterator[InputRow | RowError] = (
                InputRow(chunk.first_line + place, name, "", name) for place, name in enumerate(names)
            )
        else:
            rows = iter(RowReader(self.open_rows(), self.layout, offset=chunk.offset, line=chunk.first_line))
        for row, _count in zip(rows, range(chunk.rows), strict=False):
            yield _limit_id(row)

    def read_poster(self, name: str) -> bytes:
        """A poster's bytes, at most one more than a poster may have.

        Raises:
            InvalidInput: There is no such file in the ZIP, or there is no ZIP.
        """
        if self.archive is None:
            message = _("Posters come in a ZIP, with the list beside them; this file has no poster %(name)r.")
            raise InvalidInput(message % {"name": name[:200]}, code="poster_not_found")
        return self.archive.read_poster(name, most_bytes=MAX_BYTES, beside=self.list_name)

    def names_poster(self, row: InputRow | RowError) -> bool:
        """Whether a poster has to be read for a row, which takes far longer than a plot."""
        return isinstance(row, InputRow) and bool(row.poster) and self._batch.kind != Kind.PLOT


def _limit_id(row: InputRow | RowError) -> InputRow | RowError:
    if row.id is None or len(str(row.id)) <= ID_MAX_CHARS:
        return row
    message = _("Line %(line)d: its id is longer than %(most)d characters.") % {"line": row.line, "most": ID_MAX_CHARS}
    return RowError(row.line, str(row.id)[:ID_MAX_CHARS], "id_too_long", message)
