"""Exports by the API and on the pages."""

import json

import pytest
from rest_framework.test import APIClient

from predictor.models import Export
from predictor.services import exports
from tests.factories import make_movie, make_prediction
from tests.predictor.batch_maker import make_export

LIST = "/api/v1/exports/"


@pytest.fixture
def api_for():
    def sign_in(user) -> APIClient:
        client = APIClient()
        client.force_authenticate(user)
        return client

    return sign_in


def test_a_small_export_comes_at_once(ann, ben, fake_models, api_for):
    make_prediction(ann, title="The House")
    make_prediction(ben)
    answer = api_for(ann).get(f"{LIST}history.jsonl?kind=plot")
    (row,) = [json.loads(line) for line in b"".join(answer).splitlines()]
    assert row["title"] == "The House" and answer["Content-Type"] == "application/x-ndjson"
    assert answer["Content-Disposition"] == 'attachment; filename="genresite-history.jsonl"'
    assert b"".join(api_for(ann).get(f"{LIST}history.csv?kind=poster")).count(b"\n") == 1


def test_a_large_one_is_refused_and_asked_for_as_a_file(
    ann, ben, rita, fake_models, api_for, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(exports, "ROWS_AT_ONCE", 1)
    make_prediction(ann), make_prediction(ann)
    refused = api_for(ann).get(f"{LIST}history.csv")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "export_too_large")
    with django_capture_on_commit_callbacks(execute=True):
        answer = api_for(ann).post(LIST, {"subject": "history", "form": "csv"}, format="json")
    assert answer.status_code == 202 and answer["Location"] == answer.json()["url"]
    body = api_for(ann).get(answer.json()["url"]).json()
    assert (body["state"], body["done"], body["size_bytes"] > 0) == ("succeeded", 2, True)
    content = b"".join(api_for(ann).get(body["file"]))
    assert content.count(b"\r\n") == 3
    for stranger in (ben, rita):
        assert api_for(stranger).get(answer.json()["url"]).status_code == 404
        assert api_for(stranger).get(body["file"]).status_code == 404
    assert api_for(ann).delete(answer.json()["url"]).status_code == 204
    assert api_for(ann).get(LIST).json()["results"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"subject": "nothing", "form": "csv"}, 400),
        ({"subject": "history", "form": "parquet"}, 400),
        ({"subject": "history", "form": "csv", "filters": {"since": "yesterday"}}, 400),
        ({"subject": "catalogue", "form": "csv"}, 403),
        ({"subject": "history", "form": "csv", "filters": []}, 400),
    ],
)
def test_what_cannot_be_had_is_refused(ann, api_for, body, status):
    assert api_for(ann).post(LIST, body, format="json").status_code == status
    assert not Export.objects.exists()


def test_addresses_that_lead_nowhere(ann, rita, api_for):
    assert api_for(ann).get(f"{LIST}history.xlsx").status_code == 400
    assert api_for(ann).get(f"{LIST}nothing.csv").status_code == 400
    assert api_for(ann).get(f"{LIST}catalogue.csv").status_code == 403
    assert api_for(rita).get(f"{LIST}labelled.parquet").status_code == 409


def test_lists_ask_a_fixed_number_of_queries(ann, fake_models, api_for, django_assert_max_num_queries):
    for _number in range(6):
        make_export(ann)
    with django_assert_max_num_queries(3):
        assert len(api_for(ann).get(LIST).json()["results"]) == 6


def test_the_page_sends_little_and_queues_much(ann, fake_models, client_for, monkeypatch):
    make_prediction(ann)
    client = client_for(ann)
    assert b"export-menu" in client.get("/history/?kind=plot").content
    answer = client.post("/exports/", {"subject": "history", "form": "csv", "kind": "plot", "page": "2"})
    assert b"".join(answer).count(b"\r\n") == 2
    monkeypatch.setattr(exports, "ROWS_AT_ONCE", 0)
    assert client.post("/exports/", {"subject": "history", "form": "csv"})["Location"] == "/exports/"
    page = client.get("/exports/").content.decode()
    assert "being written" in page and "Waiting" in page and "Labelled films" not in page
    assert client.post("/exports/", {"subject": "catalogue", "form": "csv"}).status_code == 403
    assert client.post("/exports/", {}).status_code == 400


def test_a_file_that_lies_ready_is_fetched_from_the_page(ann, ben, fake_models, client_for):
    export = make_export(ann)
    answer = client_for(ann).get(f"/exports/{export.pk}/file/")
    assert answer["Content-Disposition"] == f'attachment; filename="genresite-history-{export.pk}.csv"'
    assert b"".join(answer).startswith(b"id,created_at")
    assert client_for(ben).get(f"/exports/{export.pk}/file/").status_code == 404
    assert client_for(ann).post(f"/exports/{export.pk}/delete/")["Location"] == "/exports/"


def test_reviewers_take_the_catalogue_out(ann, rita, client_for):
    make_movie("The Lighthouse", genres=("Drama",))
    assert b'id="export-menu"' in client_for(rita).get("/catalogue/?genre=drama").content
    assert b'id="export-menu"' not in client_for(ann).get("/catalogue/").content
    answer = client_for(rita).post("/exports/", {"subject": "catalogue", "form": "csv", "genre": "drama"})
    assert b"The Lighthouse" in b"".join(answer)
    assert "Labelled films" in client_for(rita).get("/exports/").content.decode()
