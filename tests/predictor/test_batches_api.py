"""Batches by the API."""

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from predictor.models import Batch
from predictor.services import batch_plans
from predictor.services.batch_runs import work_batch
from tests.predictor.batch_maker import CSV, give_in, make_csv, make_posters, make_zip

LIST = "/api/v1/batches/"


@pytest.fixture
def api_for():
    def sign_in(user) -> APIClient:
        client = APIClient()
        client.force_authenticate(user)
        return client

    return sign_in


@pytest.fixture
def done(ann, fake_models) -> Batch:
    """Lines 2, 3 and 5 predicted, line 4 failed."""
    batch = give_in(ann)
    batch_plans.read_batch(job_id=batch.job_id)
    work_batch(job_id=batch.job_id, worker="w")
    return batch


def post(client: APIClient, data: bytes = CSV, name: str = "films.csv", **more):
    return client.post(LIST, {"file": SimpleUploadedFile(name, data), **more}, format="multipart")


def test_a_file_given_in_is_predicted(ann, fake_models, api_for, django_capture_on_commit_callbacks):
    client = api_for(ann)
    with django_capture_on_commit_callbacks(execute=True):
        answer = post(client)
    assert answer.status_code == 202, answer.content
    assert answer["Location"] == answer.json()["url"] == f"http://testserver/api/v1/batches/{answer.json()['id']}/"
    body = client.get(answer.json()["url"]).json()
    assert (body["state"], body["rows"], body["done"], body["failed_rows"]) == ("succeeded", 4, 4, 1)
    rows = client.get(body["results"]["rows"]).json()["results"]
    assert [row["id"] for row in rows] == ["a", "b", "c", "d"]
    assert rows[0]["genres"] == ["Comedy"] and rows[0]["models"] == {"plot": "plot-fake-1"} and rows[0]["error"] is None
    assert rows[2]["line"] == 4 and rows[2]["error"]["code"] == "plot_too_short"


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "films.csv", "file_empty"),
        ("id,plot\n1,x".encode("utf-16"), "films.csv", "wrong_encoding"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "films.csv", "not_text"),
        (b"plot,poster\nx,y\n", "films.csv", "wrong_columns"),
        ("id,plot,caf\xe9\n1,x\n".encode("latin-1"), "films.csv", "wrong_encoding"),
        (make_zip({}), "films.zip", "archive_empty"),
        (make_zip({"a.png": b"x"})[:-30], "films.zip", "archive_damaged"),
        (make_zip({"../a.png": b"x"}), "films.zip", "archive_path"),
    ],
    ids=["nothing", "utf-16", "picture", "columns", "latin-1", "empty-archive", "cut-archive", "way-out"],
)
def test_a_file_that_cannot_be_read_is_refused_at_once(ann, api_for, data, name, code):
    answer = post(api_for(ann), data, name)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert answer.json()["error"]["details"]["field"] == "file"
    assert not Batch.objects.exists()


def test_an_unknown_version_is_the_fault_of_the_field(ann, fake_models, api_for):
    refused = post(api_for(ann), version="\x1cnothing")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "version_unknown")
    assert refused.json()["error"]["details"]["field"] == "version"


def test_a_queue_that_is_away_is_told_and_loses_nothing(ann, fake_models, api_for, queue_away):
    answer = post(api_for(ann))
    assert answer.status_code == 202 and answer.json()["waits_for_queue"] is True
    again = api_for(ann).get(answer.json()["url"]).json()
    assert (again["state"], again["waits_for_queue"], again["failure"]) == ("queued", True, "")


def test_the_versions_that_answer_are_told(ann, done, api_for):
    body = api_for(ann).get(f"{LIST}{done.pk}/").json()
    assert body["versions"] == {"plot": "plot-fake-1", "poster": "poster-fake-1"}


def test_a_kind_and_a_version_by_name(ann, fake_models, api_for):
    assert post(api_for(ann), kind="poster").json()["kind"] == "poster"
    body = post(api_for(ann), version="plot-fake-1").json()
    assert (body["kind"], body["version"]) == ("plot", "plot-fake-1")
    assert post(api_for(ann), version="nothing").status_code in (400, 404)
    other = post(api_for(ann), version="plot-fake-1", kind="poster")
    assert other.json()["error"]["code"] == "version_of_other_kind"
    assert post(api_for(ann), kind="music").status_code == 400


def test_json_is_no_file(ann, api_for):
    assert api_for(ann).post(LIST, {"file": "x"}, format="json").status_code == 415
    assert api_for(ann).post(LIST, {}, format="multipart").json()["error"]["details"]["field"] == "file"


def test_strangers_see_nothing_and_reviewers_everything(done, ann, ben, rita, api_for):
    paths = ["", "rows/", "result.csv", "result.jsonl"]
    for person, status in ((ben, 404), (ann, 200), (rita, 200)):
        assert {api_for(person).get(f"{LIST}{done.pk}/{path}").status_code for path in paths} == {status}
    for action in ("cancel/", "retry/"):
        assert api_for(ben).post(f"{LIST}{done.pk}/{action}").status_code == 404
    assert api_for(ben).delete(f"{LIST}{done.pk}/").status_code == 404
    assert api_for(rita).delete(f"{LIST}{done.pk}/").status_code == 403
    assert [len(api_for(person).get(LIST).json()["results"]) for person in (ann, ben, rita)] == [1, 0, 1]


def test_rows_are_narrowed_and_come_in_pages(done, ann, api_for):
    rows = f"{LIST}{done.pk}/rows/"
    assert [row["line"] for row in api_for(ann).get(f"{rows}?state=failed").json()["results"]] == [4]
    assert [row["line"] for row in api_for(ann).get(f"{rows}?state=predicted").json()["results"]] == [2, 3, 5]
    first = api_for(ann).get(f"{rows}?page_size=3").json()
    second = api_for(ann).get(first["next"]).json()
    assert [row["line"] for row in first["results"] + second["results"]] == [2, 3, 4, 5]


def test_the_result_as_files(done, ann, api_for):
    answer = api_for(ann).get(f"{LIST}{done.pk}/result.jsonl")
    lines = [json.loads(line) for line in b"".join(answer).splitlines()]
    assert [line["id"] for line in lines] == ["a", "b", "c", "d"] and lines[2]["error"]["code"] == "plot_too_short"
    answer = api_for(ann).get(f"{LIST}{done.pk}/result.csv")
    assert answer["Content-Disposition"] == f'attachment; filename="batch-{done.pk}.csv"'
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))
    assert rows[0]["genres"] == "Comedy" and rows[0]["scores"].startswith("Comedy=0.88") and rows[0]["unsure"] == "0"
    assert rows[2]["error_code"] == "plot_too_short" and rows[2]["genres"] == ""
    assert api_for(ann).get(f"{LIST}{done.pk}/result.xlsx").status_code == 404


def test_no_cell_of_a_result_is_a_formula(ann, fake_models, api_for):
    batch = give_in(ann, b'id,plot\n"=HYPERLINK(""http://x"")",short\n@a,short\n')
    batch_plans.read_batch(job_id=batch.job_id)
    work_batch(job_id=batch.job_id, worker="w")
    text = b"".join(api_for(ann).get(f"{LIST}{batch.pk}/result.csv")).decode()
    assert [row["id"] for row in csv.DictReader(io.StringIO(text))] == ['\'=HYPERLINK("http://x")', "'@a"]


def test_retry_cancel_delete(done, ann, api_for):
    client = api_for(ann)
    again = client.post(f"{LIST}{done.pk}/retry/")
    assert (again.status_code, again.json()["total"], again.json()["state"]) == (202, 1, "queued")
    assert client.post(f"{LIST}{done.pk}/retry/").json()["error"]["code"] == "batch_unfinished"
    assert client.post(f"{LIST}{done.pk}/cancel/").json()["state"] == "cancelled"
    assert client.delete(f"{LIST}{done.pk}/").status_code == 204
    assert client.get(f"{LIST}{done.pk}/").status_code == 404


def test_nothing_to_retry_is_told(ann, fake_models, api_for):
    batch = give_in(ann, make_csv(2))
    batch_plans.read_batch(job_id=batch.job_id)
    work_batch(job_id=batch.job_id, worker="w")
    assert api_for(ann).post(f"{LIST}{batch.pk}/retry/").json()["error"]["code"] == "nothing_to_do"


def test_lists_ask_a_fixed_number_of_queries(ann, fake_models, api_for, django_assert_max_num_queries, settings):
    settings.BATCHES_UNFINISHED = 50
    for _number in range(12):
        give_in(ann, make_csv(1))
    with django_assert_max_num_queries(4):
        assert len(api_for(ann).get(LIST).json()["results"]) == 12


def test_rows_ask_a_fixed_number_of_queries(ann, fake_models, api_for, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(batch_plans, "CHUNK_ROWS", 2)
    batch = give_in(ann, make_csv(30))
    batch_plans.read_batch(job_id=batch.job_id)
    work_batch(job_id=batch.job_id, worker="w")
    with django_assert_max_num_queries(4):
        assert len(api_for(ann).get(f"{LIST}{batch.pk}/rows/").json()["results"]) == 30


def test_a_zip_of_posters(ann, fake_models, api_for, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        body = post(api_for(ann), make_zip(make_posters()), "posters.zip").json()
    rows = api_for(ann).get(body["results"]["rows"]).json()["results"]
    assert [(row["id"], row["kind"], row["genres"]) for row in rows] == [
        ("green.png", "poster", ["Horror"]),
        ("deep/red.jpg", "poster", ["Comedy"]),
    ]
