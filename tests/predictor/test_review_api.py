"""The review queue by the API: works, refuses, a fixed number of queries."""

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from predictor.models import Feedback, Review
from predictor.services.reviews import change_habits, record_review
from tests.factories import make_feedback, make_prediction, make_user
from tests.predictor.fakes import SCARY

ROOT = "/api/v1/review/"


@pytest.fixture(autouse=True)
def plain_queue(settings):
    settings.REVIEW_SECOND_EVERY = settings.REVIEW_BLIND_EVERY = 0
    cache.clear()


@pytest.fixture
def api_for():
    """A program that is signed in as a person."""

    def build(person) -> APIClient:
        client = APIClient()
        client.force_authenticate(person)
        return client

    return build


@pytest.fixture
def rob(db):
    return make_user("rob", "reviewer")


def send(client: APIClient, address: str, body: dict):
    return client.post(f"{ROOT}{address}", body, format="json")


# --- the queue --------------------------------------------------------------------------------
def test_next_decide_and_undo(ann, rita, api_for, fake_models):
    made = make_prediction(ann, title="The House")
    make_feedback(made, ann, "Western")
    client = api_for(rita)
    item = client.get(f"{ROOT}next/").json()
    assert (item["prediction"], item["title"], item["plot"], item["poster"]) == (made.pk, "The House", SCARY, None)
    assert (item["proposed"], item["blind"], item["order"]) == (["Horror"], False, "ranked")
    assert item["proposals"][0]["author"] == "ann" and set(item["scores"]) == {"Comedy", "Horror", "Western"}
    facts = {name: item[name] for name in ("prediction", "blind", "order")}
    answer = send(client, "", {**facts, "genres": ["western"], "note": "no ghost"})
    review = answer.json()
    assert answer.status_code == 201
    assert (review["verdict"], review["genres"], review["proposed"]) == ("amended", ["Western"], ["Horror"])
    assert send(client, "", {**facts, "genres": ["Western"]}).json()["id"] == review["id"]
    assert send(client, "", {**facts, "genres": ["War"]}).json()["error"]["code"] == "reviewed_already"
    assert [row["id"] for row in client.get(ROOT).json()["results"]] == [review["id"]]
    assert client.get(f"{ROOT}next/").status_code == 204
    undone = send(client, f"{review['id']}/undo/", {}).json()
    assert undone["kept"] == [] and undone["review"]["undone_at"] and "as it was before" in undone["message"]
    assert client.get(f"{ROOT}next/").json()["prediction"] == made.pk


def test_skip_and_later(ann, rita, api_for, fake_models):
    for number in range(2):
        make_prediction(ann, plot=f"{SCARY} {number}")
    client = api_for(rita)
    first = client.get(f"{ROOT}next/").json()["prediction"]
    assert send(client, "later/", {"prediction": first}).status_code == 204
    second = client.get(f"{ROOT}next/").json()["prediction"]
    assert second != first
    assert send(client, "", {"prediction": second, "verdict": "skip"}).json()["verdict"] == "skipped"
    assert client.get(f"{ROOT}next/").json()["prediction"] == first


def test_a_blind_item_tells_nothing(ann, rita, api_for, fake_models):
    make_feedback(make_prediction(ann), ann, "Western")
    change_habits(reviewer=rita, shortcuts=True, blind=True, daily_goal=5)
    item = api_for(rita).get(f"{ROOT}next/").json()
    assert item["blind"] and (item["proposed"], item["scores"], item["unsure"], item["proposals"]) == (
        None, None, None, [],
    )  # fmt: skip


def test_the_random_order_is_named(ann, rita, api_for, fake_models):
    make_prediction(ann)
    client = api_for(rita)
    assert client.get(f"{ROOT}next/?order=random").json()["order"] == "random"
    assert client.get(f"{ROOT}next/?order=direct").status_code == 400


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({}, "invalid"),
        ({"prediction": 999, "genres": ["War"]}, "invalid"),
        ({"prediction": "x" * 40, "genres": ["War"]}, "invalid"),
        ({"prediction": 10**30, "genres": ["War"]}, "invalid"),
        ({"genres": []}, "genres_missing"),
        ({"genres": ["Opera"]}, "genre_unknown"),
        ({"genres": "War"}, "invalid"),
        ({"genres": ["War"], "note": "x" * 501}, "invalid"),
        ({"genres": ["War"], "verdict": "maybe"}, "invalid"),
        ({"genres": ["War"], "order": "best"}, "invalid"),
    ],
)
def test_a_bad_decision_is_a_400(ann, rita, api_for, fake_models, sent, code):
    made = make_prediction(ann)
    body = {"prediction": made.pk, **sent} if sent else {}
    answer = send(api_for(rita), "", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code) and not Review.objects.exists()


# --- corrections ------------------------------------------------------------------------------
def test_a_correction_is_amended_with_the_words_that_were_read(ann, rita, api_for, fake_models):
    feedback = make_feedback(make_prediction(ann), ann, "War")
    client = api_for(rita)
    (listed,) = client.get(f"{ROOT}proposals/").json()["results"]
    make_feedback(feedback.prediction, ann, "Comedy")
    address = f"/api/v1/feedback/{feedback.pk}/"
    body = {"state": "accepted", "genres": ["Drama"], "seen": listed["updated_at"]}
    answer = client.patch(address, body, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "feedback_edited")
    body["seen"] = answer.json()["error"]["details"]["updated_at"]
    amended = client.patch(address, body, format="json").json()
    assert (amended["state"], amended["genres"], amended["authors_genres"]) == ("accepted", ["Drama"], ["Comedy"])
    assert client.patch(address, {"state": "rejected", "genres": ["War"]}, format="json").status_code == 400


def test_each_of_a_bulk_has_its_result(ann, ben, rita, api_for, fake_models):
    good = make_feedback(make_prediction(ann), ann)
    stale = make_feedback(make_prediction(ann, plot=f"{SCARY} 1"), ben)
    client = api_for(rita)
    listed = client.get(f"{ROOT}proposals/").json()["results"]
    make_feedback(stale.prediction, ben, "War")
    items = [{"id": row["id"], "seen": row["updated_at"]} for row in sorted(listed, key=lambda row: row["id"])]
    answer = send(client, "proposals/", {"state": "accepted", "items": [*items, {**items[0], "id": 999}]})
    results = answer.json()["results"]
    assert [row["id"] for row in results] == [good.pk, stale.pk, 999]
    assert results[0]["error"] is None and results[0]["feedback"]["state"] == "accepted"
    assert [row["error"]["code"] for row in results[1:]] == ["feedback_edited", "not_found"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"state": "accepted", "items": []},
        {"state": "accepted", "items": [{"id": 1}]},
        {"state": "accepted", "items": [{"id": 0, "seen": "2026-11-21T12:00:00Z"}]},
        {"state": "accepted", "items": [{"id": 10**30, "seen": "2026-11-21T12:00:00Z"}]},
        {"state": "proposed", "items": [{"id": 1, "seen": "2026-11-21T12:00:00Z"}]},
        {"state": "accepted", "items": [{"id": 1, "seen": "2026-11-21T12:00:00Z"}] * 101},
        {"state": "accepted", "items": "all"},
    ],
)
def test_a_bad_bulk_is_a_400(rita, api_for, db, body):
    assert send(api_for(rita), "proposals/", body).status_code == 400


def test_the_lists_cost_the_same_for_many(ann, rita, rob, api_for, fake_models, django_assert_max_num_queries):
    client = api_for(rita)

    def fill(start: int, count: int) -> None:
        for number in range(start, start + count):
            make_feedback(make_prediction(ann, plot=f"{SCARY} a {number}"), ann)
            item = make_prediction(ann, plot=f"{SCARY} b {number}")
            record_review(prediction=item, reviewer=rita, genres=["War"])
            record_review(prediction=item, reviewer=rob, genres=["Drama"])

    fill(0, 1)
    for address in ("", "proposals/", "conflicts/"):
        with django_assert_max_num_queries(12) as few:
            client.get(f"{ROOT}{address}")
        fill(len(address) * 10 + 1, 3)
        with django_assert_max_num_queries(len(few)):
            assert len(client.get(f"{ROOT}{address}").json()["results"]) >= 4


# --- conflicts and agreement ------------------------------------------------------------------
def test_conflicts_and_agreement(ann, rita, rob, sam, api_for, fake_models):
    item, other = (make_prediction(ann, plot=f"{SCARY} {number}", title=f"Film {number}") for number in range(2))
    record_review(prediction=item, reviewer=rita, genres=["Horror"])
    record_review(prediction=item, reviewer=rob, genres=["War"], blind=True)
    for reviewer in (rita, rob):
        record_review(prediction=other, reviewer=reviewer, genres=["Comedy"])
    client = api_for(sam)
    (conflict,) = client.get(f"{ROOT}conflicts/").json()["results"]
    assert conflict["prediction"] == item.pk
    assert [(row["reviewer"], row["genres"]) for row in conflict["decisions"]] == [
        ("rita", ["Horror"]), ("rob", ["War"]),
    ]  # fmt: skip
    agreement = client.get(f"{ROOT}agreement/").json()
    # Values H W, C C: observed 2/4; expected, of 4 * 3 ordered pairs all but the two equal ones: 10/12.
    assert agreement["alpha"] == pytest.approx(1 - (2 / 4) / (10 / 12))
    assert (agreement["items"], agreement["reviewers"]) == (2, 2)
    assert agreement["blind"] == {"items": 1, "same": 0.0, "jaccard": 0.0}
    assert agreement["shown"]["items"] == 3 and agreement["shown"]["same"] == pytest.approx(1 / 3)
    answer = send(client, f"conflicts/{item.pk}/", {"genres": ["War"]})
    assert (answer.status_code, answer.json()["task"]) == (201, "conflict")
    assert send(client, f"conflicts/{item.pk}/", {"genres": ["Drama"]}).status_code == 409
    assert client.get(f"{ROOT}conflicts/").json()["results"] == []
    assert Feedback.objects.get(author=rita, prediction=item).state == "rejected"


def test_without_reviews_nothing_is_claimed(rita, api_for, db):
    body = api_for(rita).get(f"{ROOT}agreement/").json()
    assert body["alpha"] is None and body["shown"] == {"items": 0, "same": None, "jaccard": None}


# --- doors ------------------------------------------------------------------------------------
DOORS = [("get", ""), ("post", ""), ("get", "next/"), ("post", "later/"), ("post", "1/undo/"), ("get", "proposals/"),
         ("post", "proposals/"), ("get", "conflicts/"), ("post", "conflicts/1/"), ("get", "agreement/")]  # fmt: skip


@pytest.mark.parametrize(("method", "address"), DOORS)
def test_reviewing_is_for_reviewers(ann, api_for, db, method, address):
    assert getattr(api_for(ann), method)(f"{ROOT}{address}").status_code == 403
    assert getattr(APIClient(), method)(f"{ROOT}{address}").status_code == 401


@pytest.mark.parametrize(
    ("method", "address"), [("post", "next/"), ("get", "1/undo/"), ("put", "proposals/"), ("get", "conflicts/1/")]
)
def test_only_the_right_method_is_answered(rita, api_for, db, method, address):
    assert getattr(api_for(rita), method)(f"{ROOT}{address}").status_code == 405


def test_what_is_not_there_or_somebody_elses_is_not_found(ann, rita, sam, api_for, fake_models):
    review = record_review(prediction=make_prediction(ann), reviewer=rita, genres=["War"])
    assert send(api_for(sam), f"{review.pk}/undo/", {}).status_code == 404
    assert send(api_for(sam), "conflicts/999/", {"genres": ["War"]}).status_code == 404
