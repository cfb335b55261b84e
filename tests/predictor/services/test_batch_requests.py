"""Giving files in: limits, names, what is left on the disk."""

from pathlib import Path

import pytest
from kombu.exceptions import OperationalError

from genresite.errors import Conflict, Forbidden, InvalidInput, TooLarge, Unavailable
from predictor import tasks
from predictor.models import Batch, Job
from predictor.services import batch_plans
from predictor.services.batch_requests import cancel_batch, delete_batch, retry_batch
from tests.predictor.batch_maker import CSV, give_in, make_csv, make_zip


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


def test_a_queue_that_is_away_can_be_tried_again(ann, fake_models, monkeypatch):
    def fail(job_id):
        raise OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(tasks.read_batch, "delay_on_commit", fail)
        with pytest.raises(Unavailable):
            give_in(ann)
    batch = Batch.objects.select_related("job").get()
    assert batch.job.state == "failed"
    assert retry_batch(batch=batch).job.state == "queued"


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
