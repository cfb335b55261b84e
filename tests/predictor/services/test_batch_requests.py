"""Giving files in: limits, names, what is left on the disk."""

from pathlib import Path
from uuid import uuid4

import pytest

from genresite.errors import Conflict, Forbidden, InvalidInput, TooLarge
from predictor import tasks
from predictor.models import Batch, Job
from predictor.services import batch_plans, batch_requests
from predictor.services.batch_requests import cancel_batch, delete_batch, retry_batch
from predictor.services.batch_rescue import take_back_silent
from predictor.services.batch_runs import work_batch
from tests.predictor.batch_maker import CSV, give_in, make_csv, make_zip
from tests.predictor.fakes import make_version


def stored_files(settings) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("batches/**/*") if path.is_file()]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("films.csv", "films.csv"),
        ("C:\\Users\\ann\\films.csv", "films.csv"),
        ("a\u202eb.csv", "ab.csv"),
        ("x" * 300 + ".csv", "x" * 116 + ".csv"),
    ],
)
def test_a_name_is_for_showing_only(ann, settings, given, kept):
    batch = give_in(ann, name=given)
    assert batch.name == kept
    assert Path(batch.source.name).name != kept and stored_files(settings) == [Path(batch.source.path)]


def test_a_refused_file_leaves_nothing(ann, settings):
    with pytest.raises(InvalidInput):
        give_in(ann, b"\xff\xfe")
    settings.BATCHES_UNFINISHED = 0
    with pytest.raises(Conflict) as caught:
        give_in(ann)
    assert caught.value.code == "batches_unfinished"
    assert stored_files(settings) == [] and not Job.objects.exists()


def test_a_file_over_the_limit_is_refused(ann, settings):
    settings.MAX_BATCH_BYTES = len(CSV) - 1
    with pytest.raises(TooLarge, match="at most"):
        give_in(ann)


def test_what_one_person_keeps_has_a_limit(ann, ben, settings):
    settings.BATCH_QUOTA_BYTES = len(CSV) * 2
    first = give_in(ann)
    give_in(ann)
    with pytest.raises(Conflict) as caught:
        give_in(ann)
    assert caught.value.code == "batch_quota"
    give_in(ben)
    delete_batch(batch=first, person=ann)
    give_in(ann)


def test_too_many_rows_fail_the_batch_in_words(ann, fake_models, settings):
    settings.BATCH_MAX_ROWS = 5
    batch = give_in(ann, make_csv(6))
    batch_plans.read_batch(job_id=batch.job_id)
    job = Job.objects.get(pk=batch.job_id)
    assert job.state == "failed" and "more than 5 rows" in job.failure and not batch.chunks.exists()


def test_a_head_alone_is_no_batch(ann, fake_models):
    batch = give_in(ann, b"id,plot\n\n\n")
    batch_plans.read_batch(job_id=batch.job_id)
    assert "no rows" in Job.objects.get(pk=batch.job_id).failure


def test_reading_twice_makes_no_second_set_of_chunks(ann, fake_models):
    batch = give_in(ann)
    assert batch_plans.read_batch(job_id=batch.job_id).value == "ours"
    assert batch_plans.read_batch(job_id=batch.job_id).value == "busy"
    Job.objects.filter(pk=batch.job_id).update(state="queued")
    assert batch_plans.read_batch(job_id=batch.job_id).value == "ours"
    assert batch.chunks.count() == 1


def test_a_batch_waits_for_a_queue_that_is_away_and_starts_by_itself(ann, fake_models, queue_away):
    batch = give_in(ann)
    assert batch.job.state == "queued" and batch.job.waits_for_queue and batch.source
    queue_away.undo()
    tasks.rescue_batches()  # what the clock does, once the queue brings it to a worker
    batch.job.refresh_from_db()
    assert (batch.job.state, batch.job.waits_for_queue, batch.results.count()) == ("succeeded", False, 4)


def test_another_try_waits_for_the_queue_as_well(ann, fake_models, queue_away):
    batch = give_in(ann)
    assert cancel_batch(batch=batch, person=ann).job.state == "cancelled"
    again = retry_batch(batch=batch)
    assert again.job.waits_for_queue and cancel_batch(batch=again, person=ann).job.waits_for_queue is False
    assert take_back_silent() == [], "a batch that was called off was started"


def test_failed_rows_are_tried_again_once(ann, fake_models):
    batch = give_in(ann)
    batch_plans.read_batch(job_id=batch.job_id)
    work_batch(job_id=batch.job_id, worker="w")
    retry_batch(batch=batch)
    with pytest.raises(Conflict) as caught:
        retry_batch(batch=batch)
    assert caught.value.code == "batch_unfinished" and Job.objects.filter(kind="batch").count() == 2


def test_a_form_sent_twice_makes_one_batch(ann, ben, fake_models, settings):
    key = uuid4()
    first, again = give_in(ann, submission=key), give_in(ann, submission=key)
    assert first == again and len(stored_files(settings)) == 1
    # A page from the browser's memory with another file, and another person with the same key.
    assert give_in(ann, make_csv(3), submission=key) != first
    assert give_in(ben, submission=key) != first
    assert Batch.objects.count() == 3


def test_a_form_sent_twice_at_once_makes_one_batch(ann, fake_models, settings, monkeypatch):
    key, plain = uuid4(), batch_requests._find_submitted
    first = give_in(ann, submission=key)
    answers = iter([None])
    monkeypatch.setattr(batch_requests, "_find_submitted", lambda *given: next(answers, plain(*given)))
    assert give_in(ann, submission=key) == first
    assert len(stored_files(settings)) == 1 and Job.objects.count() == 1


@pytest.mark.parametrize(
    ("options", "pinned"),
    [
        ({}, {"plot": "plot-fake-1", "poster": "poster-fake-1"}),
        ({"kind": "plot"}, {"plot": "plot-fake-1"}),
        ({"kind": "both"}, {"plot": "plot-fake-1", "poster": "poster-fake-1"}),
        ({"version": "plot-old-1"}, {"plot": "plot-old-1"}),
        ({"version": "plot-old"}, {"plot": "plot-old-1"}),
    ],
)
def test_the_versions_of_the_moment_are_pinned(ann, fake_models, options, pinned):
    make_version("plot", "plot-old-1", "retired")
    assert give_in(ann, **options).versions == pinned


def test_a_version_that_cannot_be_asked_is_refused(ann, fake_models):
    make_version("plot", "plot-broken-1", "broken")
    with pytest.raises(Conflict) as caught:
        give_in(ann, version="plot-broken-1")
    assert caught.value.code == "model_broken"
    with pytest.raises(InvalidInput) as unknown:
        give_in(ann, version="nothing")
    assert (unknown.value.code, unknown.value.field) == ("version_unknown", "version")
    assert not Batch.objects.exists()


def test_deleting_removes_rows_and_files(ann, ben, sam, settings, django_capture_on_commit_callbacks):
    batch = give_in(ann)
    with pytest.raises(Forbidden):
        delete_batch(batch=batch, person=ben)
    with django_capture_on_commit_callbacks(execute=True):
        delete_batch(batch=batch, person=sam)
    assert not Batch.objects.exists() and stored_files(settings) == []
    assert Job.objects.get().state == "cancelled"


def test_cancelling_twice_is_harmless(ann, fake_models):
    batch = give_in(ann)
    assert cancel_batch(batch=batch, person=ann).job.state == "cancelled"
    assert cancel_batch(batch=batch, person=ann).job.state == "cancelled"


def test_an_archive_of_a_spreadsheet_has_no_posters(ann):
    with pytest.raises(InvalidInput) as caught:
        give_in(ann, make_zip({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "films.xlsx")
    assert caught.value.code == "archive_empty"
