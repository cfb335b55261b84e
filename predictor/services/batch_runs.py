"""Working off the chunks of a batch: any number of workers at once, each chunk claimed by one conditional update."""

import json
import time
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from genresite.errors import DomainError
from predictor.input_files import InputRow, RowError
from predictor.models import Batch, BatchChunk, BatchRow, Job, ModelVersion
from predictor.pipelines import Answer
from predictor.services.batch_endings import announce_end, fail_batch
from predictor.services.batch_files import drop_files
from predictor.services.batch_pins import find_pinned
from predictor.services.batch_sources import BatchSource
from predictor.services.job_states import LOST_AFTER, finish_job
from predictor.services.row_runs import Line, RowRun

# A worker says after every few seconds of work that it lives; one that is silent so long has left its chunk.
CHUNK_LOST_AFTER = LOST_AFTER
_BEAT_SECONDS = 5.0
# After so long a worker goes to the end of the queue, so that a large batch leaves room for others.
TURN_SECONDS = 10.0
# Plots of like length share a network's batch: the more there are to choose from, the less is spent on padding.
ROWS_TOGETHER = 256
# A row that brings its worker down would do so for ever.
MAX_ATTEMPTS = 3
ERROR_MAX_CHARS = 500


class Turn(Enum):
    """What is left after a worker's turn at a batch."""

    MORE = "more"
    BUSY = "busy"
    OVER = "over"


def work_batch(*, job_id: int, worker: str) -> Turn:
    """Work off chunks of a batch for some seconds.

    Args:
        job_id: The number of the batch's job.
        worker: The number of the message that asked for this. The queue delivers one twice only if its first receiver
            died, so that a chunk claimed under it is free.

    Returns:
        `MORE` if chunks wait, `BUSY` if all that is left is with other workers, who may be lost; `OVER` else.
    """
    batch = Batch.objects.select_related("job", "version").filter(job=job_id).first()
    if batch is None or not _is_wanted(batch):
        return Turn.OVER
    end = time.monotonic() + TURN_SECONDS
    versions = find_pinned(batch.versions)
    try:
        with BatchSource(batch) as source:
            # One chunk at least: on a machine that is too busy to open the file in time a batch would never end.
            while True:
                chunk = claim_chunk(batch, worker)
                if chunk is None:
                    return close_batch(batch)
                if not _ChunkRun(batch, source, chunk, versions).work():
                    return Turn.OVER
                if time.monotonic() >= end:
                    break
    except DomainError as exc:
        fail_batch(job_id=job_id, attempt=_read_attempt(batch), failure=exc.message)
        return Turn.OVER
    return Turn.MORE if _claimable(batch, worker).exists() else close_batch(batch)


def _is_wanted(batch: Batch) -> bool:
    """Whether nobody has cancelled the batch, and it is not over."""
    return Job.objects.filter(pk=batch.job_id, cancel_requested=False).unfinished().exists()


def _read_attempt(batch: Batch) -> int:
    return Job.objects.only("attempt").get(pk=batch.job_id).attempt


def _claimable(batch: Batch, worker: str) -> QuerySet[BatchChunk]:
    lost = Q(worker=worker) | Q(heartbeat_at__lt=timezone.now() - CHUNK_LOST_AFTER)
    free = Q(state=BatchChunk.State.OPEN) | Q(lost, state=BatchChunk.State.RUNNING)
    return BatchChunk.objects.filter(free, batch=batch)


def claim_chunk(batch: Batch, worker: str) -> BatchChunk | None:
    """Take the next chunk that nobody has, or whose worker is lost.

    Args:
        batch: The batch.
        worker: The number of the message under which the caller works.

    Returns:
        The chunk, or None if there is none.
    """
    while _is_wanted(batch):
        found = _claimable(batch, worker).order_by("number").first()
        if found is None:
            return None
        claimed = _claimable(batch, worker).filter(pk=found.pk, attempt=found.attempt)
        values = {"state": BatchChunk.State.RUNNING, "worker": worker, "heartbeat_at": timezone.now()}
        if claimed.update(attempt=F("attempt") + 1, **values) == 1:
            found.refresh_from_db()
            return found
    return None


def close_batch(batch: Batch) -> Turn:
    """End the job of a batch if every chunk is done.

    Args:
        batch: The batch.

    Returns:
        `BUSY` if some are not, `OVER` else.
    """
    # Asked after the last chunk's transaction: of two workers that end at once, the later one sees both done.
    if batch.chunks.exclude(state=BatchChunk.State.DONE).exists():
        return Turn.BUSY if _is_wanted(batch) else Turn.OVER
    with transaction.atomic():
        if finish_job(job_id=batch.job_id, attempt=_read_attempt(batch)):
            announce_end(job_id=batch.job_id)
    over = Batch.objects.select_related("job").get(pk=batch.pk)
    if over.failed_rows == 0 and over.job.state == Job.State.SUCCEEDED:
        drop_files(batch=over)
    return Turn.OVER


class _ChunkRun:
    """One attempt at a chunk."""

    def __init__(
        self,
        batch: Batch,
        source: BatchSource,
        chunk: BatchChunk,
        versions: dict[str, ModelVersion] | None = None,
    ) -> None:
        self._batch, self._source, self._chunk, self._versions = batch, source, chunk, versions
        self._mine = BatchChunk.objects.filter(
            pk=chunk.pk, state=BatchChunk.State.RUNNING, worker=chunk.worker, attempt=chunk.attempt
        )
        self._answers: list[dict[str, Any]] = list(chunk.answers)
        self._places: dict[tuple[Any, ...], int] = {}
        self._columns: dict[tuple[str, ...], dict[str, int]] = {}
        self._beaten_at = time.monotonic()

    def work(self) -> bool:
        """Predict the chunk's rows and keep what came of them, all of it or nothing.

        Returns:
            Whether the chunk was still ours and the batch still wanted.
        """
        rows: list[BatchRow] = []
        try:
            for lines in self._answer():
                rows += [self._make_row(line) for line in lines]
                if not self._beat():
                    return False
            return self._store(rows)
        except Exception:
            # Free for the next try at once, instead of after the silence of a lost worker.
            self._mine.update(state=BatchChunk.State.OPEN)
            raise

    def _answer(self) -> Iterator[list[Line]]:
        rows: Iterable[InputRow | RowError] = self._source.read_chunk(self._chunk)
        if self._chunk.failed_rows:
            again = set(self._failed().values_list("line", flat=True))
            rows = (row for row in rows if row.line in again)
        if self._chunk.attempt > MAX_ATTEMPTS:
            return iter([[_give_up(row) for row in rows]])
        run = RowRun(
            self._source.read_poster,
            kind=self._batch.kind or None,
            version=self._batch.version,
            batch_rows=ROWS_TOGETHER,
            keep_going=True,
            versions=self._versions,
        )
        return run.answer(rows)

    def _failed(self) -> QuerySet[BatchRow]:
        return BatchRow.objects.filter(chunk=self._chunk).exclude(error_code="")

    def _beat(self) -> bool:
        if time.monotonic() - self._beaten_at < _BEAT_SECONDS:
            return True
        self._beaten_at = time.monotonic()
        return self._mine.update(heartbeat_at=timezone.now()) == 1 and _is_wanted(self._batch)

    def _make_row(self, line: Line) -> BatchRow:
        # A lone surrogate becomes its escape, which is what JSON calls it.
        film_id = json.dumps(line.id, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
        row = BatchRow(batch_id=self._batch.pk, chunk_id=self._chunk.pk, line=line.line, film_id=film_id)
        if line.answer is None:
            error = line.error or {"code": "not_predicted", "message": ""}
            row.scores = row.decided = b""
            row.error_code, row.error = error["code"][:40], _make_storable(error["message"])
            return row
        scores = line.answer.scores
        columns = self._columns.get(scores.genres)
        if columns is None:
            columns = self._columns[scores.genres] = {name: place for place, name in enumerate(scores.genres)}
        row.answer = self._find_answer(line.answer)
        row.scores = np.asarray(scores.probabilities, dtype="<f4").tobytes()
        row.decided = bytes(columns[name] for name in scores.decided)
        row.unsure = scores.unsure
        return row

    def _find_answer(self, answer: Answer) -> int:
        """The place of who answered in the chunk's list."""
        key = (answer.kind, *((part.kind, part.version.name) for part in answer.parts))
        if key not in self._places:
            models = {part.kind: part.version.name for part in answer.parts}
            told = {"kind": answer.kind, "genres": list(answer.scores.genres), "models": models}
            if told not in self._answers:
                self._answers.append(told)
            self._places[key] = self._answers.index(told)
        return self._places[key]

    def _store(self, rows: list[BatchRow]) -> bool:
        failed = sum(bool(row.error_code) for row in rows)
        with transaction.atomic():
            unfinished = [Job.State.QUEUED, Job.State.RUNNING]
            ours = self._mine.filter(batch__job__state__in=unfinished, batch__job__cancel_requested=False).update(
                state=BatchChunk.State.DONE, failed_rows=failed, answers=self._answers
            )
            if ours != 1:
                return False
            if self._chunk.failed_rows:
                self._failed().delete()
            BatchRow.objects.bulk_create(rows)
            more_failed = failed - self._chunk.failed_rows
            Batch.objects.filter(pk=self._batch.pk).update(failed_rows=F("failed_rows") + more_failed)
            Job.objects.filter(pk=self._batch.job_id).update(done=F("done") + len(rows), heartbeat_at=timezone.now())
        return True


def _give_up(row: InputRow | RowError) -> Line:
    message = _("Line %(line)d: the worker ended again and again over this row or one near it.") % {"line": row.line}
    return Line(row.line, row.id, error={"code": "worker_lost", "message": message})


def _make_storable(text: str) -> str:
    """Without what PostgreSQL keeps in no text: NUL and lone surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()[:ERROR_MAX_CHARS]
