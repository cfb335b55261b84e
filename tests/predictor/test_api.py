"""The API: works, refuses strangers, refuses bad input, the right method only, a fixed number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from knox.models import get_token_model
from rest_framework.test import APIClient

from genresite.errors import Unavailable
from predictor import pipelines, tasks
from predictor.models import Feedback, Job, Prediction
from tests.factories import make_feedback, make_movie, make_poster_bytes, make_prediction
from tests.predictor.fakes import DULL, FUNNY, GREEN, RED, SCARY

LIST = "/api/v1/predictions/"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def api_for():
    """A program that a person has given a token to."""

    def build(person) -> APIClient:
        _row, token = get_token_model().objects.create(user=person)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        return client

    return build


def upload(data: bytes):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("poster.png", data)


# --- predictions ------------------------------------------------------------------------------
def test_a_plot_as_json(ann, api_for, fake_models):
    answer = api_for(ann).post(LIST, {"plot": SCARY, "title": "The House"}, format="json")
    body = answer.json()
    assert answer.status_code == 201 and body.pop("created_at").endswith("Z") and body.pop("duration_ms") >= 0
    scores = {"Comedy": 0.119203, "Horror": 0.880797, "Western": 0.119203}
    assert body == {
        "id": Prediction.objects.get().pk, "origin": "api", "kind": "plot", "title": "The House", "movie": None,
        "plot": SCARY, "poster": None, "genres": ["Horror"], "unsure": False, "scores": scores,
        "parts": [
            {"kind": "plot", "model": "plot-fake-1", "genres": ["Horror"], "unsure": False, "scores": scores}
        ],
        "models": {"plot": "plot-fake-1"}, "feedback": [],
    }  # fmt: skip


def test_a_poster_by_multipart_and_its_picture_back(ann, ben, api_for, fake_models):
    body = api_for(ann).post(LIST, {"poster": upload(make_poster_bytes(colour=GREEN))}).json()
    assert (body["kind"], body["genres"]) == ("poster", ["Horror"])
    address = body["poster"].removeprefix("http://testserver")
    picture = api_for(ann).get(address)
    assert picture["Content-Type"] == "image/webp" and b"".join(picture.streaming_content)[8:12] == b"WEBP"
    asked = api_for(ann).get(address, HTTP_ACCEPT="image/webp")
    assert asked.status_code == 200 and b"".join(asked)
    assert api_for(ben).get(address).status_code == 404


def test_both_with_a_film(ann, api_for, joint_model):
    movie = make_movie()
    sent = {"poster": upload(make_poster_bytes(colour=RED)), "plot": FUNNY, "movie": movie.pk}
    body = api_for(ann).post(LIST, sent).json()
    assert body["movie"] == movie.pk and body["title"] == movie.title
    assert [part["kind"] for part in body["parts"]] == ["plot", "poster", "both"]
    assert body["models"] == {"plot": "plot-fake-1", "poster": "poster-fake-1", "both": "both-fake-1"}


@pytest.mark.parametrize(
    ("sent", "code", "field"),
    [
        ({}, "nothing_given", "plot"),
        ({"plot": ""}, "nothing_given", "plot"),
        ({"plot": "short"}, "plot_too_short", "plot"),
        ({"plot": "x" * 20_001}, "plot_too_long", "plot"),
        ({"plot": "?!" * 20}, "plot_without_letters", "plot"),
        ({"plot": SCARY + "\x00"}, "invalid", "plot"),
        ({"plot": SCARY + "\x07"}, "plot_invalid_characters", "plot"),
        ({"plot": ["a"]}, "invalid", "plot"),
        ({"plot": SCARY, "poster": "a text"}, "invalid", "poster"),
        ({"plot": SCARY, "movie": 999}, "invalid", "movie"),
        ({"plot": SCARY, "movie": 10**30}, "invalid", "movie"),
        ({"plot": SCARY, "title": "x" * 301}, "invalid", "title"),
    ],
)
def test_bad_input_is_a_400_that_names_the_field(ann, api_for, fake_models, sent, code, field):
    answer = api_for(ann).post(LIST, sent, format="json")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["details"]["field"]) == (400, code, field)
    assert error["message"] and not Prediction.objects.exists()


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "poster_empty"), (b"<svg/>", "poster_not_an_image"), (make_poster_bytes()[:200], "poster_truncated")],
)
def test_a_bad_poster_is_a_400(ann, api_for, fake_models, data, code):
    answer = api_for(ann).post(LIST, {"poster": upload(data)})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["details"]["field"]) == (400, code, "poster")


@pytest.mark.parametrize(
    "body", [b"{", b'{"plot": "\xff"}', b"[]", b'"x"', b"\xff\xfe", b'{"plot": "\\ud800 %b"}' % (b"x" * 30)]
)
def test_a_body_that_is_no_json_object_is_a_400(ann, api_for, fake_models, body):
    answer = api_for(ann).post(LIST, body, content_type="application/json")
    assert answer.status_code == 400 and answer.json()["error"]["message"]


def test_a_missing_model_is_a_503(ann, api_for, db):
    answer = api_for(ann).post(LIST, {"plot": SCARY}, format="json")
    assert answer.status_code == 503 and answer.json()["error"]["code"] == "model_missing"


def test_people_read_their_own_and_reviewers_all(ann, ben, rita, sam, api_for, fake_models):
    prediction = make_prediction(ann)
    make_prediction(ben)
    counts = {p.username: len(api_for(p).get(LIST).json()["results"]) for p in (ann, ben, rita, sam)}
    assert counts == {"ann": 1, "ben": 1, "rita": 2, "sam": 2}
    address = f"{LIST}{prediction.pk}/"
    assert [api_for(p).get(address).status_code for p in (ann, ben, rita, sam)] == [200, 404, 200, 200]
    assert api_for(ben).get(address).json()["error"]["code"] == "not_found"
    assert api_for(ben).get(f"{address}feedback/").status_code == 404
    assert api_for(ben).put(f"{address}feedback/", {"genres": ["Western"]}, format="json").status_code == 404


def test_the_list_is_narrowed_as_the_page_is(ann, api_for, fake_models):
    make_prediction(ann, title="house")
    make_prediction(ann, plot=DULL, title="dull")
    client = api_for(ann)
    assert [one["title"] for one in client.get(f"{LIST}?genre=horror&q=house").json()["results"]] == ["house"]
    assert [one["title"] for one in client.get(f"{LIST}?unsure=true").json()["results"]] == ["dull"]
    for query in ("kind=nonsense", "since=nonsense", "genre=nonsense", "q=%00"):
        assert client.get(f"{LIST}?{query}").status_code == 400


def test_the_list_costs_the_same_for_many(ann, api_for, fake_models, django_assert_num_queries):
    client = api_for(ann)
    make_feedback(make_prediction(ann), ann)
    client.get(LIST)
    with django_assert_num_queries(8) as few:
        client.get(LIST)
    for number in range(6):
        make_feedback(make_prediction(ann, plot=f"{FUNNY} {number}"), ann)
    with django_assert_num_queries(len(few)):
        assert len(client.get(LIST).json()["results"]) == 7


# --- feedback ---------------------------------------------------------------------------------
def test_a_correction_and_its_verdict(ann, rita, api_for, fake_models):
    prediction = make_prediction(ann)
    address = f"{LIST}{prediction.pk}/feedback/"
    answer = api_for(ann).put(address, {"genres": ["Western", "science fiction"], "note": "no ghost"}, format="json")
    body = answer.json()
    assert answer.status_code == 200
    assert (body["author"], body["genres"], body["note"], body["state"]) == (
        "ann", ["Sci-Fi", "Western"], "no ghost", "proposed",
    )  # fmt: skip
    assert [one["id"] for one in api_for(ann).get(address).json()] == [body["id"]]
    settle = f"/api/v1/feedback/{body['id']}/"
    assert api_for(ann).patch(settle, {"state": "accepted"}, format="json").status_code == 403
    assert api_for(rita).patch(settle, {"state": "proposed"}, format="json").status_code == 400
    assert api_for(rita).patch(settle, {"state": "accepted"}, format="json").json()["state"] == "accepted"
    assert api_for(rita).patch(settle, {"state": "rejected"}, format="json").status_code == 409
    assert api_for(ann).get(f"{LIST}{prediction.pk}/").json()["feedback"][0]["state"] == "accepted"


@pytest.mark.parametrize(
    ("sent", "code"),
    [({}, "invalid"), ({"genres": []}, "genres_missing"), ({"genres": ["Nonsense"]}, "genre_unknown"),
     ({"genres": "Western"}, "invalid"), ({"genres": ["Western"], "note": "x" * 501}, "invalid"),
     ({"genres": ["Western"] * 101}, "invalid")],
)  # fmt: skip
def test_a_bad_correction_is_a_400(ann, api_for, fake_models, sent, code):
    answer = api_for(ann).put(f"{LIST}{make_prediction(ann).pk}/feedback/", sent, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code) and not Feedback.objects.exists()


def test_feedback_is_listed_per_role(ann, ben, rita, api_for, fake_models):
    feedback = make_feedback(make_prediction(ann), ann)
    counts = [len(api_for(p).get("/api/v1/feedback/").json()["results"]) for p in (ann, ben, rita)]
    assert counts == [1, 0, 1]
    assert api_for(rita).get("/api/v1/feedback/?state=accepted").json()["results"] == []
    assert api_for(ben).patch(f"/api/v1/feedback/{feedback.pk}/", {"state": "accepted"}).status_code == 404


# --- models and jobs --------------------------------------------------------------------------
def test_models_are_listed_with_their_quality(ann, api_for, fake_models):
    results = api_for(ann).get("/api/v1/models/?state=active").json()["results"]
    assert [one["name"] for one in results] == ["plot-fake-1", "poster-fake-1"]
    assert results[0]["metrics"]["test"]["f1"]["micro"] == 0.61


def test_a_job_is_asked_for_watched_and_cancelled(ann, rita, api_for, fake_models, monkeypatch):
    monkeypatch.setattr(tasks.run_catalogue, "delay_on_commit", lambda job_id: None)
    make_movie(plot=SCARY)
    assert api_for(ann).post("/api/v1/jobs/", {"kind": "catalogue"}).status_code == 403
    assert api_for(rita).post("/api/v1/jobs/", {"kind": "nonsense"}).status_code == 400
    answer = api_for(rita).post("/api/v1/jobs/", {"kind": "catalogue"})
    address = f"/api/v1/jobs/{answer.json()['id']}/"
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert api_for(rita).post("/api/v1/jobs/", {"kind": "catalogue"}).status_code == 409
    assert api_for(rita).get(address).json()["total"] == 1
    assert [api_for(ann).get(address).status_code, api_for(ann).post(f"{address}cancel/").status_code] == [404, 404]
    assert api_for(rita).post(f"{address}cancel/").json()["state"] == "cancelled"
    assert len(api_for(rita).get("/api/v1/jobs/?state=cancelled").json()["results"]) == 1


def test_a_queue_that_is_away_is_a_503(rita, api_for, fake_models, monkeypatch):
    def fail(job_id):
        from kombu.exceptions import OperationalError

        raise OperationalError

    monkeypatch.setattr(tasks.run_catalogue, "delay_on_commit", fail)
    make_movie(plot=SCARY)
    answer = api_for(rita).post("/api/v1/jobs/", {"kind": "catalogue"})
    assert answer.status_code == Unavailable.status and Job.objects.get().state == "failed"


# --- explanations -----------------------------------------------------------------------------
def test_an_explanation_of_a_plot_and_a_poster(ann, api_for, joint_model, linear_posters):
    made = make_prediction(ann, plot=SCARY, poster_bytes=make_poster_bytes(colour=GREEN))
    body = api_for(ann).get(f"{LIST}{made.pk}/explanation/", {"genre": "Horror"}).json()
    assert body["genre"] == "Horror" and body["plot"]["model"] == "plot-fake-1"
    ghost = next(span for span in body["plot"]["spans"] if span["level"])
    assert ghost == {"start": 2, "end": 7, "text": "ghost", "weight": 4.0, "level": 3}
    assert body["poster"]["model"] == "poster-fake-1" and body["poster"]["method"] == "occlusion"
    assert body["poster"]["box"] == {"left": 0, "top": 0, "right": 80, "bottom": 120}
    values = body["poster"]["values"]
    assert len(values) == 7 and len(values[0]) == 5 and max(max(row) for row in values) == 1.0


def test_an_explanation_tells_how_far_any_genre_is(ann, api_for, joint_model, linear_posters):
    made = make_prediction(ann, plot=SCARY, poster_bytes=make_poster_bytes(colour=GREEN))
    body = api_for(ann).get(f"{LIST}{made.pk}/explanation/", {"genre": "Western"}).json()
    standing = body["standing"]
    assert "Western" not in [row.genre.name for row in made.decided_genres.all()]
    assert standing["whole"] == {
        "kind": "both", "model": "both-fake-1", "probability": made.scores["Western"], "threshold": 0.5,
        "distance": pytest.approx(made.scores["Western"] - 0.5), "decided": False,
    }  # fmt: skip
    assert [(part["kind"], part["model"]) for part in standing["parts"]] == [
        ("plot", "plot-fake-1"), ("poster", "poster-fake-1"),
    ]  # fmt: skip
    assert standing["rival"] == {"genre": "Horror", "probability": pytest.approx(made.scores["Horror"])}
    poster = body["poster"]
    lowest = min(min(row) for row in poster["weights"])
    assert poster["spot_against"] is None or poster["spot_against"]["weight"] == pytest.approx(lowest, abs=1e-4)


def test_the_mean_of_two_models_stands_under_no_models_name(ann, api_for, fake_models):
    made = make_prediction(ann, plot=SCARY, poster_bytes=make_poster_bytes(colour=GREEN))
    whole = api_for(ann).get(f"{LIST}{made.pk}/explanation/?genre=Western").json()["standing"]["whole"]
    assert (whole["kind"], whole["model"], whole["threshold"]) == ("both", None, 0.5)


def test_people_have_their_own_predictions_explained_and_reviewers_all(ann, ben, rita, api_for, fake_models):
    address = f"{LIST}{make_prediction(ann).pk}/explanation/?genre=Horror"
    assert [api_for(person).get(address).status_code for person in (ann, ben, rita)] == [200, 404, 200]
    assert api_for(ann).get(address).json()["poster"] is None


@pytest.mark.parametrize(
    ("query", "code"),
    [("", "invalid"), ("?genre=", "invalid"), ("?genre=Opera", "genre_unknown"), ("?genre=Horror&method=x", "invalid")],
)
def test_a_bad_question_for_an_explanation_is_a_400(ann, api_for, fake_models, query, code):
    answer = api_for(ann).get(f"{LIST}{make_prediction(ann).pk}/explanation/{query}")
    assert answer.status_code == 400 and answer.json()["error"]["code"] == code


def test_an_explanation_by_a_version_that_is_gone_is_a_503(ann, api_for, fake_models, monkeypatch):
    made = make_prediction(ann)
    monkeypatch.undo()
    pipelines.forget_loaded()
    answer = api_for(ann).get(f"{LIST}{made.pk}/explanation/?genre=Horror")
    assert answer.status_code == 503 and answer.json()["error"]["code"] == "model_broken"


def test_an_explanation_costs_no_more_queries_than_the_prediction(
    ann, api_for, fake_models, django_assert_max_num_queries
):
    made, client = make_prediction(ann), api_for(ann)
    with django_assert_max_num_queries(10) as plain:
        client.get(f"{LIST}{made.pk}/")
    with django_assert_max_num_queries(len(plain)):
        client.get(f"{LIST}{made.pk}/explanation/?genre=Horror")


# --- doors ------------------------------------------------------------------------------------
ADDRESSES = ["predictions/", "predictions/1/", "predictions/1/poster/", "predictions/1/explanation/",
             "predictions/1/feedback/", "feedback/", "models/", "jobs/", "jobs/1/"]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_strangers_are_refused(db, address):
    answer = APIClient().get(f"/api/v1/{address}")
    assert answer.status_code == 401 and answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "address"),
    [("post", "predictions/1/explanation/"), ("delete", "predictions/1/"),
     ("put", "predictions/"), ("post", "predictions/1/feedback/"), ("get", "feedback/1/"),
     ("post", "models/"), ("delete", "jobs/1/"), ("get", "jobs/1/cancel/")],
)  # fmt: skip
def test_only_the_right_method_is_answered(sam, api_for, db, method, address):
    assert getattr(api_for(sam), method)(f"/api/v1/{address}").status_code == 405


@pytest.mark.parametrize("pk", ["999", "9" * 30])
def test_what_is_not_there_is_not_found(sam, api_for, db, pk):
    for address in (f"predictions/{pk}/", f"predictions/{pk}/poster/", f"jobs/{pk}/"):
        assert api_for(sam).get(f"/api/v1/{address}").status_code == 404


def test_the_description_has_no_gaps(tmp_path):
    from django.core.management import call_command

    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))
    text = (tmp_path / "schema.yml").read_text()
    assert "/api/v1/predictions/{id}/feedback/" in text and "A retired gunslinger" in text


def test_a_list_does_not_read_what_was_measured_of_each_version(ann, client_for, fake_models):
    made = make_prediction(ann)
    with CaptureQueriesContext(connection) as asked:
        (row,) = client_for(ann).get("/api/v1/predictions/").json()["results"]
    assert (row["models"], row["parts"][0]["scores"]) == ({"plot": "plot-fake-1"}, made.scores)
    parts = next(query["sql"] for query in asked if 'FROM "predictor_predictionpart"' in query["sql"])
    assert '"predictor_modelversion"."name"' in parts and '"metrics"' not in parts
