"""Taking rows out: at once where they are few, else as a file that is written in the background."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from genresite.errors import Conflict, InvalidInput, NotFound
from predictor.models import Export, Job
from predictor.services.claimed_runs import run_claimed
from predictor.services.export_forms import write_lines, write_parquet
from predictor.services.export_rows import Row, Subject, find_subject, read_rows, select_rows
from predictor.services.heartbeats import JobStopped
from predictor.services.job_states import Claim, report_progress

if TYPE_CHECKING:
    from genresite.accounts.models import User

# So many rows are written while the person waits; reading them takes well under a second.
ROWS_AT_ONCE = 1_000
KEPT = 20
UNFINISHED = 3
_REPORT_ROWS = 1_000


@dataclass(frozen=True)
class Order:
    """An export that was asked for and may be made.

    Attributes:
        subject: One of `Export.Subject`.
        form: One of `Export.Form`.
        filters: How it is narrowed, by the names of the page.
        kind: What stands in it.
        rows: The rows.
    """

    subject: str
    form: str
    filters: dict[str, Any]
    kind: Subject
    rows: QuerySet[Any]

    @property
    def small(self) -> bool:
        """Whether it can be sent at once; Parquet never is, for no web process loads what writes it."""
        if self.form == Export.Form.PARQUET:
            return False
        return len(self.rows.values_list("pk", flat=True)[: ROWS_AT_ONCE + 1]) <= ROWS_AT_ONCE

    @property
    def file_name(self) -> str:
        """What the file is called where it is saved."""
        endings = {Export.Form.TRIPLE_COLON: "txt"}
        return f"genresite-{self.subject}.{endings.get(Export.Form(self.form), self.form)}"

    def write(self) -> Iterator[str]:
        """The export as text, piece by piece."""
        return write_lines(self.form, self.kind.columns, read_rows(self.kind, self.rows))


def order_export(*, person: "User", subject: str, form: str, filters: Mapping[str, Any] | None = None) -> Order:
    """Check what somebody asks for.

    Args:
        person: Who asks; the export holds what they may see.
        subject: One of `Export.Subject`.
        form: One of `Export.Form`.
        filters: How it is narrowed, by the names of the page; empty values and other names are left out.

    Returns:
        The order, to be streamed or queued.

    Raises:
        InvalidInput: There is no such export, or a filter cannot be read.
        Forbidden: It is for reviewers.
    """
    kind = find_subject(subject, form, person)
    known = kind.filter_class.base_filters if kind.filter_class else {}
    wanted = {name: value for name, value in (filters or {}).items() if name in known and value not in ("", None)}
    return Order(subject, form, wanted, kind, select_rows(kind, person, wanted))


def stream_export(*, order: Order) -> Iterator[str]:
    """The rows of a small export.

    Args:
        order: What `order_export` returned.

    Raises:
        Conflict: `export_too_large`: it has more rows, or is written in the background only.
    """
    if not order.small:
        message = _("This export has more than {most:,} rows or needs the background: ask for it as a file.")
        raise Conflict(message.format(most=ROWS_AT_ONCE), code="export_too_large")
    return order.write()


def open_export(*, order: Order, person: "User") -> Export:
    """Write down that a file is to be made; the oldest ones of this person go.

    Args:
        order: What `order_export` returned.
        person: Who asked.

    Returns:
        The export; its job waits to be queued.

    Raises:
        Conflict: Some exports of theirs are not finished yet.
    """
    own = Export.objects.filter(owner=person)
    if own.filter(job__state__in=[Job.State.QUEUED, Job.State.RUNNING]).count() >= UNFINISHED:
        message = _("%(count)d exports of yours are not finished yet; wait for one of them.")
        raise Conflict(message % {"count": UNFINISHED}, code="exports_unfinished")
    for old in own.select_related("job").order_by("-pk")[KEPT - 1 :]:
        delete_export(export=old)
    with transaction.atomic():
        job = Job.objects.create(kind=Job.Kind.EXPORT, requested_by=person)
        return Export.objects.create(
            owner=person, job=job, subject=order.subject, form=order.form, filters=order.filters
        )


def delete_export(*, export: Export) -> None:
    """Throw an export away with its file.

    Args:
        export: An export that the person may see; one that is being written is dropped when its worker looks up.
    """
    with transaction.atomic():
        if export.file:
            transaction.on_commit(partial(default_storage.delete, str(export.file.name)))
        Job.objects.filter(pk=export.job_id).delete()


def open_file(*, export: Export) -> "File[bytes]":
    """The file of a finished export.

    Raises:
        NotFound: It is not written yet, or it is gone.
    """
    try:
        return export.file.open("rb")
    except (ValueError, OSError) as exc:
        raise NotFound(_("This export has no file yet."), code="export_unfinished") from exc


def write_export(*, job_id: int) -> Claim:
    """Write the file of an export, unless another worker does or it is over.

    Args:
        job_id: The job's number.

    Returns:
        What came of the claim; `BUSY` means: look again later.
    """
    failure = _("Something went wrong on our side; please try again.")
    return run_claimed(job_id=job_id, work=_write_file, failure=failure)


def _write_file(job: Job, attempt: int) -> None:
    export = Export.objects.select_related("owner").filter(job=job).first()
    if export is not None:
        _write(export, attempt)


def _write(export: Export, attempt: int) -> None:
    order = order_export(person=export.owner, subject=export.subject, form=export.form, filters=export.filters)
    total = order.rows.count()
    rows = _watch(read_rows(order.kind, order.rows), export.job_id, attempt, total)
    with TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        path = Path(folder) / "export"
        if export.form == Export.Form.PARQUET:
            write_parquet(path, rows)
        else:
            with path.open("w", encoding="utf-8", newline="") as stream:
                stream.writelines(write_lines(export.form, order.kind.columns, rows))
        with path.open("rb") as written, contextlib.ExitStack() as undo:
            name = default_storage.save(f"exports/{uuid4().hex}.{export.form}", File(written))
            undo.callback(default_storage.delete, name)
            if not Export.objects.filter(pk=export.pk, file="").update(file=name, size_bytes=path.stat().st_size):
                raise InvalidInput(_("This export was deleted meanwhile."), code="export_gone")
            undo.pop_all()


def _watch(rows: Iterable[Row], job_id: int, attempt: int, total: int) -> Iterator[Row]:
    """The rows, saying now and then how many have gone by."""
    count = 0
    for count, row in enumerate(rows, start=1):
        if count % _REPORT_ROWS == 1 and not _report(job_id, attempt, count - 1, total):
            raise JobStopped
        yield row
    _report(job_id, attempt, count, total)


def _report(job_id: int, attempt: int, done: int, total: int) -> bool:
    return report_progress(job_id=job_id, attempt=attempt, done=done, total=max(total, done), outcome={})
