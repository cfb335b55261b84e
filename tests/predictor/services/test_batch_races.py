"""Batches and imports, pressed twice at the very same moment; each test's threads have connections of their own."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from genresite.errors import Conflict
from movies.importers.files import Source
from predictor.history_files import read_history
from predictor.models import Batch, BatchRow, Feedback, Job, Prediction
from predictor.services import batch_plans
from predictor.services.batch_requests import cancel_batch, retry_batch
from predictor.services.batch_rescue import take_back_silent
from predictor.services.batch_runs import work_batch
from predictor.services.history_imports import import_history
from tests.predictor.batch_maker import give_in, make_csv
from tests.predictor.test_history_rows import GOOD, WORD
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def planned(ann, fake_models, queue_away, monkeypatch) -> Batch:
    """Twelve rows in four chunks, of which two rows fail; nobody works on it."""
    monkeypatch.setattr(batch_plans, "CHUNK_ROWS", 3)
    batch = give_in(ann, make_csv(12, bad=(4, 10)))
    batch_plans.read_batch(job_id=batch.job_id)
    return batch


def reload(batch: Batch) -> Batch:
    return Batch.objects.select_related("job", "owner").get(pk=batch.pk)


def test_a_form_sent_twice_at_once_makes_one_batch(ann, fake_models, queue_away, settings):
    key = uuid4()
    first, again = at_once(*[lambda: give_in(ann, submission=key)] * 2)
    assert first == again and Batch.objects.count() == Job.objects.count() == 1
    assert len([path for path in Path(settings.MEDIA_ROOT).rglob("batches/**/*") if path.is_file()]) == 1


def test_two_workers_share_the_chunks_without_doubles(planned):
    at_once(*[lambda name=name: work_batch(job_id=planned.job_id, worker=name) for name in ("w1", "w2", "w3")])
    batch = reload(planned)
    assert (batch.job.state, batch.job.done, batch.failed_rows) == ("succeeded", 12, 2)
    assert list(BatchRow.objects.order_by("line").values_list("line", flat=True)) == list(range(2, 14))


def test_another_try_pressed_twice_at_once_is_one(planned):
    work_batch(job_id=planned.job_id, worker="w")
    results = at_once(*[lambda: retry_batch(batch=reload(planned))] * 2)
    refused = [result for result in results if isinstance(result, Conflict)]
    assert len(refused) == 1 and refused[0].code == "batch_unfinished"
    assert Job.objects.count() == 2 and reload(planned).job.total == 2


def test_cancel_pressed_twice_at_once_while_two_work(planned):
    at_once(
        lambda: cancel_batch(batch=reload(planned), person=planned.owner),
        lambda: cancel_batch(batch=reload(planned), person=planned.owner),
        lambda: work_batch(job_id=planned.job_id, worker="w1"),
        lambda: work_batch(job_id=planned.job_id, worker="w2"),
    )
    batch = reload(planned)
    assert batch.job.state in ("cancelled", "succeeded")
    lines = list(BatchRow.objects.values_list("line", flat=True))
    assert len(lines) == len(set(lines)) == batch.job.done
    if batch.job.state == "cancelled":
        again = retry_batch(batch=batch)
        work_batch(job_id=again.job_id, worker="w3")
    assert BatchRow.objects.count() == 12


def test_a_batch_that_waits_for_the_queue_is_handed_over_once(planned, ann):
    waiting = give_in(ann, make_csv(2))
    handed = at_once(*[take_back_silent] * 4)
    assert [pk for found in handed for pk, _kind in found].count(waiting.job_id) == 1


def test_one_history_brought_in_twice_at_once_comes_in_once(ann, fake_models, tmp_path):
    path = tmp_path / "history.jsonl"
    lines = [{**GOOD, "created_at": f"2026-01-01T{hour:02}:00:00+00:00", "corrections": [WORD]} for hour in range(20)]
    path.write_text("\n".join(json.dumps(line) for line in lines))

    def bring_in():
        return import_history(rows=read_history(Source(path)), person=None, file_name="history.jsonl")

    summaries = at_once(bring_in, bring_in, bring_in)
    assert sorted(summary.made for summary in summaries) == [0, 0, 20]
    assert Prediction.objects.count() == Feedback.objects.count() == 20
