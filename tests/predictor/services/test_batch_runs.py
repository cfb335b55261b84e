"""Working off a batch: complete, without doubles, whatever happens to workers."""

import io
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from genresite.errors import Unavailable
from movies.services import load_genres
from predictor import pipelines
from predictor.models import Batch, BatchChunk, BatchRow, Job, ModelVersion
from predictor.selectors.batches import read_results
from predictor.services import batch_plans, batch_runs
from predictor.services.batch_requests import cancel_batch, retry_batch
from predictor.services.batch_runs import Turn, claim_chunk, work_batch
from predictor.services.file_runs import FileRun
from tests.predictor.batch_maker import CSV, give_in, make_csv, make_posters, make_zip
from tests.predictor.fakes import SCARY, FakePipeline, install_fakes, make_version


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(batch_plans, "CHUNK_ROWS", 3)
    monkeypatch.setattr(batch_plans, "CHUNK_POSTERS", 2)


@pytest.fixture
def planned(ann, fake_models, small_chunks, settings) -> Batch:
    """Ten rows in four chunks, read and not yet worked off; lines 5 and 11 are bad."""
    batch = give_in(ann, make_csv(10, bad=(4, 10)))
    batch_plans.read_batch(job_id=batch.job_id)
    return Batch.objects.select_related("job").get(pk=batch.pk)


def reload(batch: Batch) -> Batch:
    return Batch.objects.select_related("job").get(pk=batch.pk)


def lines_of(batch: Batch) -> list[int]:
    return list(BatchRow.objects.filter(batch=batch).order_by("line").values_list("line", flat=True))


def test_all_rows_are_predicted_in_chunks(planned):
    assert (planned.rows, planned.job.total, planned.chunks.count()) == (10, 10, 4)
    assert work_batch(job_id=planned.job_id, worker="w1") is Turn.OVER
    batch = reload(planned)
    assert (batch.job.state, batch.job.done, batch.failed_rows) == ("succeeded", 10, 2)
    assert lines_of(batch) == list(range(2, 12))
    failed = batch.results.exclude(error_code="")
    assert [(row.line, row.error_code) for row in failed] == [(5, "plot_too_short"), (11, "plot_too_short")]
    assert failed[0].error.startswith("Line 5:")


def promote_another() -> None:
    ModelVersion.objects.filter(kind="plot").update(state="retired")
    make_version("plot", "plot-fake-2")


def test_one_version_answers_for_every_row_whatever_is_promoted(ann, planned):
    claim_chunk(planned, "another worker")
    promote_another()
    assert work_batch(job_id=planned.job_id, worker="w1") is Turn.BUSY
    told = {name for row in read_results(planned) for name in row.models.values()}
    assert told == {"plot-fake-1"}
    assert give_in(ann).versions["plot"] == "plot-fake-2"


def test_another_try_asks_the_same_version(planned):
    work_batch(job_id=planned.job_id, worker="w1")
    promote_another()
    assert retry_batch(batch=planned).versions["plot"] == "plot-fake-1"


def test_a_batch_without_a_model_is_answered_once_there_is_one(ann, db, monkeypatch):
    load_genres()
    batch = give_in(ann, make_csv(2))
    assert batch.versions == {}
    batch_plans.read_batch(job_id=batch.job_id)
    work_batch(job_id=batch.job_id, worker="w1")
    assert [row.error_code for row in read_results(batch)] == ["model_missing"] * 2
    install_fakes(monkeypatch, "plot")
    again = retry_batch(batch=batch)
    assert again.versions == {"plot": "plot-fake-1"}
    work_batch(job_id=again.job_id, worker="w2")
    assert {row.error_code for row in read_results(batch)} == {""}
    pipelines.forget_loaded()


def test_rows_of_a_version_that_is_gone_say_so(planned):
    Batch.objects.filter(pk=planned.pk).update(versions={"plot": "plot-gone-1"})
    work_batch(job_id=planned.job_id, worker="w1")
    assert {row.error_code for row in read_results(planned)} == {"model_missing", "plot_too_short"}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (CSV, "films.csv"),
        (b"\xef\xbb\xbf" + CSV.replace(b",", b";").replace(b"house;", b"house,"), "films.csv"),
        (b'id\tplot\n1\t"over\ntwo lines, and a ghost in them"\n\n2\tcaf\xe9 and more and more\n', "films.tsv"),
        (json.dumps({"id": 7, "plot": SCARY}).encode() + b'\n\nrubbish\n{"id": "7", "plot": "\\u0000"}\n', "x.jsonl"),
        (b'{"id": "\\ud800", "plot": "' + SCARY.encode() + b'"}\n{"plot": 1}', "x.jsonl"),
    ],
)
def test_a_batch_says_what_the_shell_says(ann, fake_models, monkeypatch, tmp_path, data, name):
    monkeypatch.setattr(batch_plans, "CHUNK_ROWS", 1)
    batch = give_in(ann, data, name)
    batch_plans.read_batch(job_id=batch.job_id)
    work_batch(job_id=batch.job_id, worker="w")
    out = io.StringIO()
    FileRun(folder=tmp_path).write(io.BytesIO(data), name, out, lambda _rows: None)
    expected = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [row.as_dict() for row in read_results(reload(batch))] == expected


def test_posters_of_a_zip_are_rows(ann, fake_models, small_chunks):
    batch = give_in(ann, make_zip({**make_posters(), "__MACOSX/._green.png": b"x", "readme.txt": b"x"}), "posters.zip")
    batch_plans.read_batch(job_id=batch.job_id)
    work_batch(job_id=batch.job_id, worker="w")
    found = [(row.line, row.id, row.genres) for row in read_results(batch)]
    assert found == [(1, "green.png", ["Horror"]), (2, "deep/red.jpg", ["Comedy"])]
    assert reload(batch).files_ignored == 2


def test_a_list_in_a_zip_names_its_posters(ann, fake_models, small_chunks):
    rows = f'id,plot,poster\n1,,red.jpg\n2,"{SCARY}",green.png\n3,,../green.png\n4,,deep/red.jpg\n5,"{SCARY}",\n'
    batch = give_in(ann, make_zip({**make_posters(), "deep/list.csv": rows.encode(), "more.png": b"no"}), "films.zip")
    batch_plans.read_batch(job_id=batch.job_id)
    work_batch(job_id=batch.job_id, worker="w")
    results = list(read_results(batch))
    assert [row.kind for row in results] == ["poster", "both", "", "poster", "plot"]
    assert results[2].error_code == "poster_not_found"
    batch = reload(batch)
    assert batch.files_ignored == 1 and batch.rows_file.name


def test_posters_without_a_zip_fail_their_rows(ann, fake_models):
    batch = give_in(ann, f'id,plot,poster\n1,"{SCARY}",a.png\n2,"{SCARY}",\n'.encode())
    batch_plans.read_batch(job_id=batch.job_id)
    work_batch(job_id=batch.job_id, worker="w")
    assert [row.error_code for row in read_results(batch)] == ["poster_not_found", ""]


def test_two_workers_never_hold_one_chunk(planned):
    first, second = claim_chunk(planned, "w1"), claim_chunk(planned, "w2")
    assert (first.number, second.number) == (0, 1)
    assert first.attempt == second.attempt == 1


def test_a_lost_chunk_is_taken_over_and_its_first_worker_writes_nothing(planned):
    lost = claim_chunk(planned, "w1")
    with batch_runs.BatchSource(planned) as source:
        assert work_batch(job_id=planned.job_id, worker="w2") is Turn.BUSY
        silent = timezone.now() - timedelta(minutes=5)
        BatchChunk.objects.filter(pk=lost.pk).update(heartbeat_at=silent)
        assert work_batch(job_id=planned.job_id, worker="w3") is Turn.OVER
        assert batch_runs._ChunkRun(planned, source, lost).work() is False
    assert lines_of(planned) == list(range(2, 12))
    assert reload(planned).job.done == 10


def test_a_message_delivered_again_finds_its_chunk_free(planned):
    claim_chunk(planned, "w1")
    assert work_batch(job_id=planned.job_id, worker="w1") is Turn.OVER
    assert lines_of(planned) == list(range(2, 12))


def test_a_chunk_that_kills_its_workers_fails_alone(planned):
    for _try in range(batch_runs.MAX_ATTEMPTS):
        assert claim_chunk(planned, "w1").number == 0
    work_batch(job_id=planned.job_id, worker="w1")
    batch = reload(planned)
    codes = [row.error_code for row in read_results(batch)]
    assert codes[:3] == ["worker_lost"] * 3 and codes[3:5] == ["plot_too_short", ""]
    assert batch.job.state == "succeeded"


def test_a_fault_of_ours_frees_the_chunk_and_is_told(planned, monkeypatch):
    def fail(self, items):
        raise RuntimeError("a fault")

    with monkeypatch.context() as patch:
        patch.setattr(FakePipeline, "logits", fail)
        with pytest.raises(RuntimeError):
            work_batch(job_id=planned.job_id, worker="w1")
    assert set(planned.chunks.values_list("state", flat=True)) == {"open"}
    assert work_batch(job_id=planned.job_id, worker="w2") is Turn.OVER
    assert lines_of(planned) == list(range(2, 12))


def test_a_missing_model_fails_the_rows_that_need_it_and_a_retry_mends_them(
    ann, fake_models, small_chunks, monkeypatch
):
    rows = f'id,plot,poster\n1,,red.jpg\n2,"{SCARY}",\n3,,red.jpg\n4,"{SCARY}",\n5,short,\n'.encode()
    fake_models["poster"].state = "retired"
    fake_models["poster"].save()
    batch = give_in(ann, make_zip({"red.jpg": make_posters()["deep/red.jpg"], "list.csv": rows}), "films.zip")
    batch_plans.read_batch(job_id=batch.job_id)
    work_batch(job_id=batch.job_id, worker="w")
    codes = [row.error_code for row in read_results(batch)]
    assert codes == ["model_missing", "", "model_missing", "", "plot_too_short"]
    fake_models["poster"].state = "active"
    fake_models["poster"].save()
    calls = pipelines.load_version(fake_models["plot"]).calls
    again = retry_batch(batch=reload(batch))
    assert (again.job.total, again.job_id != batch.job_id) == (3, True)
    again = reload(batch)
    batch_plans.read_batch(job_id=again.job_id)
    work_batch(job_id=again.job_id, worker="w2")
    again = reload(batch)
    assert [row.error_code for row in read_results(again)] == ["", "", "", "", "plot_too_short"]
    assert (again.failed_rows, again.job.done, again.job.state) == (1, 3, "succeeded")
    assert pipelines.load_version(fake_models["plot"]).calls == calls, "rows that were fine were predicted again"


def test_a_cancelled_batch_stops_and_goes_on(planned, monkeypatch):
    monkeypatch.setattr(batch_runs, "TURN_SECONDS", 0)
    planned.chunks.filter(number__gt=0).update(state="running", worker="x", heartbeat_at=timezone.now())
    monkeypatch.setattr(batch_runs, "TURN_SECONDS", 10)
    assert work_batch(job_id=planned.job_id, worker="w1") is Turn.BUSY
    chunk = BatchChunk.objects.get(batch=planned, number=1)
    cancelled = cancel_batch(batch=planned, person=planned.owner)
    assert cancelled.job.state == "cancelled"
    with batch_runs.BatchSource(planned) as source:
        assert batch_runs._ChunkRun(planned, source, chunk).work() is False
    assert work_batch(job_id=planned.job_id, worker="w1") is Turn.OVER
    assert lines_of(planned) == [2, 3, 4]
    again = retry_batch(batch=cancelled)
    assert again.job.total == 7
    work_batch(job_id=again.job_id, worker="w1")
    assert lines_of(planned) == list(range(2, 12))


def test_a_turn_ends_so_that_others_get_theirs(planned, monkeypatch):
    monkeypatch.setattr(batch_runs, "TURN_SECONDS", 0)
    assert work_batch(job_id=planned.job_id, worker="w1") is Turn.MORE


def test_the_file_is_dropped_when_nothing_can_be_tried_again(ann, fake_models, django_capture_on_commit_callbacks):
    batch = give_in(ann, make_csv(3))
    stored = batch.source.path
    batch_plans.read_batch(job_id=batch.job_id)
    with django_capture_on_commit_callbacks(execute=True):
        work_batch(job_id=batch.job_id, worker="w")
    assert not reload(batch).source
    from pathlib import Path

    assert not Path(stored).exists()


def test_a_file_that_is_gone_fails_the_batch_in_words(planned):
    planned.source.delete(save=False)
    assert work_batch(job_id=planned.job_id, worker="w1") is Turn.OVER
    job = Job.objects.get(pk=planned.job_id)
    assert job.state == "failed" and "gone" in job.failure


def test_no_model_at_all_is_no_endless_loop(ann, db):
    batch = give_in(ann)
    batch_plans.read_batch(job_id=batch.job_id)
    work_batch(job_id=batch.job_id, worker="w")
    assert [row.error_code for row in read_results(batch)] == ["model_missing"] * 2 + [
        "plot_too_short",
        "model_missing",
    ]
    assert Unavailable.status == 503
