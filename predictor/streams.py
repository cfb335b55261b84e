"""Files that are written while they are sent."""

from collections.abc import Iterable

from django.core.files.base import File
from django.http import FileResponse, Http404, StreamingHttpResponse

from predictor.models import Batch, Export
from predictor.selectors.batches import write_csv, write_json_lines

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "imdb27": "text/plain; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}


def stream_file(parts: Iterable[str] | Iterable[bytes], *, name: str, form: str) -> StreamingHttpResponse:
    """An answer that a browser saves under a name.

    Args:
        parts: Its content, piece by piece.
        name: The file's name; letters, digits, dots and hyphens.
        form: A key of `TYPES`.
    """
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return StreamingHttpResponse(parts, content_type=TYPES[form], headers=headers)


def stream_result(batch: Batch, form: str, state: str = "") -> StreamingHttpResponse:
    """The result of a batch as a file.

    Raises:
        Http404: There is no such form.
    """
    writers = {"csv": write_csv, "jsonl": write_json_lines}
    if form not in writers:
        raise Http404
    return stream_file(writers[form](batch, state), name=f"batch-{batch.pk}.{form}", form=form)


def send_export(export: Export, stream: File) -> FileResponse:
    """The file of an export, to be saved.

    Args:
        export: The export.
        stream: Its file, open for reading bytes.
    """
    ending = "txt" if export.form == Export.Form.TRIPLE_COLON else export.form
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    return FileResponse(
        stream,
        as_attachment=True,
        filename=f"genresite-{export.subject}-{export.pk}.{ending}",
        content_type=TYPES[export.form],
        headers=headers,
    )
