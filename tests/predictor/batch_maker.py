"""Files of films as people give them in, and files that they take out."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile

from predictor.models import Batch
from tests.factories import make_poster_bytes
from tests.predictor.fakes import FUNNY, GREEN, RED, SCARY

CSV = f'id,plot\na,"{FUNNY}"\nb,"{SCARY}"\nc,short\nd,"{SCARY}"\n'.encode()
# Of every entry of an archive, so that the same files make the same bytes whenever the clock is asked.
MADE = (2026, 1, 1, 0, 0, 0)


def make_csv(count: int, *, bad: tuple[int, ...] = ()) -> bytes:
    """So many rows, numbered from 1; those named are too short."""
    rows = (f'{number},"{"short" if number in bad else SCARY}"\n' for number in range(1, count + 1))
    return ("id,plot\n" + "".join(rows)).encode()


def make_zip(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, MADE), content, compress_type=method)
    return buffer.getvalue()


def make_posters() -> dict[str, bytes]:
    return {"green.png": make_poster_bytes(colour=GREEN), "deep/red.jpg": make_poster_bytes("JPEG", colour=RED)}


def give_in(owner, data: bytes = CSV, name: str = "films.csv", **options) -> Batch:
    """Through the service; the test decides whether the queue runs."""
    from predictor.services.batch_requests import request_batch

    return request_batch(owner=owner, upload=SimpleUploadedFile(name, data), **options)


def make_export(owner, subject: str = "history", form: str = "csv", **filters):
    """A file that lies ready."""
    from predictor.services.exports import open_export, order_export, write_export

    order = order_export(person=owner, subject=subject, form=form, filters=filters)
    export = open_export(order=order, person=owner)
    write_export(job_id=export.job_id)
    export.refresh_from_db()
    return export
