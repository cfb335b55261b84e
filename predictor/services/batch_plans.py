"""Reading the file of a batch once from end to end: how many rows it has, and which chunk each belongs to."""

import time
from collections.abc import Iterator
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from genresite.errors import DomainError, InvalidInput
from predictor.archives import Archive
from predictor.input_files import InputRow, RowReader
from predictor.models import Batch, BatchChunk
from predictor.services.batch_endings import fail_batch
from predictor.services.batch_sources import BatchSource
from predictor.services.job_states import Claim, claim_job, report_progress

# A second or two of work each: what a worker that dies has to leave to another.
CHUNK_ROWS = 1_000
CHUNK_POSTERS = 64
# A thousand plots of the greatest length would be 20 MB in memory several times over.
CHUNK_BYTES = 4_000_000
# Far below the silence after which a job counts as lost.
_BEAT_SECONDS = 5.0


class _Stopped(Exception):
    """Somebody cancelled the job, or it belongs to another worker by now."""


def read_batch(*, job_id: int) -> Claim:
    """Read the file of a batch and split it into chunks, unless another worker does or that has been done.

    Args:
        job_id: The job's number.

    Returns:
        What came of the claim: with `OURS` the chunks are there to be worked off, with `BUSY` look again later.
    """
    claim, attempt = claim_job(job_id)
    batch = Batch.objects.select_related("job").filter(job=job_id).first()
    if claim is not Claim.OURS or batch is None:
        return claim if batch else Claim.OVER
    if batch.chunks.exists():
        return claim
    try:
        _Plan(batch, attempt).make()
    except _Stopped:
        return Claim.OVER
    except DomainError as exc:
        fail_batch(job_id=job_id, attempt=attempt, failure=exc.message)
        return Claim.OVER
    except Exception:
        fail_batch(job_id=job_id, attempt=attempt, failure=_("Something went wrong on our side; please try again."))
        raise
    return claim


class _Plan:
    """One reading of a file."""

    def __init__(self, batch: Batch, attempt: int) -> None:
        self._batch = batch
        self._attempt = attempt
        self._rows = 0
        self._named: set[str] = set()
        self._beaten_at = 0.0

    def make(self) -> None:
        """Write the chunks, all of them or none.

        Raises:
            InvalidInput: The file has no rows or too many, or it cannot be read.
        """
        with BatchSource(self._batch) as source:
            if source.archive and source.layout:
                self._unpack_list(source.archive, source.list_name, source.layout.form)
            chunks = list(self._split_posters(source) if source.layout is None else self._split_rows(source))
            ignored = self._count_ignored(source)
        if self._rows == 0:
            raise InvalidInput(_("The file has no rows: only its first line is there."), code="no_rows")
        with transaction.atomic():
            if not self._report(total=self._rows):
                raise _Stopped
            BatchChunk.objects.bulk_create(chunks)
            Batch.objects.filter(pk=self._batch.pk).update(rows=self._rows, failed_rows=0, files_ignored=ignored)

    def _report(self, total: int = 0) -> bool:
        return report_progress(job_id=self._batch.job_id, attempt=self._attempt, done=0, total=total, outcome={})

    def _count_row(self) -> None:
        """Keep the limit, and tell now and then that somebody is at work."""
        self._rows += 1
        if self._rows > settings.BATCH_MAX_ROWS:
            message = _("The file has more than {most:,} rows. Please split it.").format(most=settings.BATCH_MAX_ROWS)
            raise InvalidInput(message, code="too_many_rows")
        if self._rows % 100 == 0 and time.monotonic() - self._beaten_at > _BEAT_SECONDS:
            self._beaten_at = time.monotonic()
            if not self._report():
                raise _Stopped

    def _unpack_list(self, archive: Archive, name: str, form: str) -> None:
        """Write the ZIP's list to a file of its own, for chunks begin anywhere in it."""
        if self._batch.rows_file:
            return
        with archive.open_list(name) as stream:
            self._batch.rows_file.save(f"{uuid4().hex}.{form}", File(stream), save=False)
        Batch.objects.filter(pk=self._batch.pk).update(rows_file=self._batch.rows_file.name)

    def _split_posters(self, source: BatchSource) -> Iterator[BatchChunk]:
        for start in range(0, len(source.posters), CHUNK_POSTERS):
            count = len(source.posters[start : start + CHUNK_POSTERS])
            for _row in range(count):
                self._count_row()
            yield self._make_chunk(start // CHUNK_POSTERS, start + 1, start, count)

    def _split_rows(self, source: BatchSource) -> Iterator[BatchChunk]:
        layout = source.layout
        if layout is None:
            return
        reader = RowReader(source.open_rows(), layout)
        number, offset, line, count, posters = 0, layout.offset, layout.line, 0, 0
        for row in reader:
            self._count_row()
            count += 1
            if source.names_poster(row):
                posters += 1
                self._note_poster(source, row)
            if count >= CHUNK_ROWS or posters >= CHUNK_POSTERS or reader.offset - offset >= CHUNK_BYTES:
                yield self._make_chunk(number, line, offset, count)
                number, offset, line, count, posters = number + 1, reader.offset, reader.line, 0, 0
        if count:
            yield self._make_chunk(number, line, offset, count)

    def _make_chunk(self, number: int, line: int, offset: int, rows: int) -> BatchChunk:
        return BatchChunk(batch=self._batch, number=number, first_line=line, offset=offset, rows=rows)

    def _note_poster(self, source: BatchSource, row: object) -> None:
        if source.archive and isinstance(row, InputRow):
            found = source.archive.find_poster(row.poster, beside=source.list_name)
            self._named |= {found} if found else set()

    def _count_ignored(self, source: BatchSource) -> int:
        """How many files of a ZIP nobody asks about."""
        if source.archive is None:
            return 0
        unnamed = 0 if source.layout is None else sum(name not in self._named for name in source.posters)
        return source.archive.check().ignored + unnamed
