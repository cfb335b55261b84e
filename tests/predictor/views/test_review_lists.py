"""The pages of proposals and conflicts."""

import pytest
from django.core.cache import cache

from predictor.models import Feedback, Review
from predictor.services.reviews import record_review
from tests.factories import make_feedback, make_movie, make_prediction, make_user
from tests.predictor.fakes import SCARY


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def rob(db):
    return make_user("rob", "reviewer")


def read(client, address: str) -> str:
    return client.get(address).content.decode()


def item_of(feedback: Feedback) -> str:
    return f"{feedback.pk}@{feedback.updated_at.isoformat()}"


# --- proposals --------------------------------------------------------------------------------
def test_the_proposals_that_wait_are_listed(ann, ben, rita, client_for, fake_models, django_assert_max_num_queries):
    client = client_for(rita)
    assert "No proposal waits" in read(client, "/review/proposals/")
    for number in range(3):
        movie = make_movie(f"Film {number}")
        make_feedback(make_prediction(ann, plot=f"{SCARY} {number}", movie=movie), ann, "War", note=f"note {number}")
    with django_assert_max_num_queries(9) as few:
        page = read(client, "/review/proposals/")
    assert all(f"Film {number}" in page and f"note {number}" in page for number in range(3))
    for number in range(3, 9):
        make_feedback(make_prediction(ann, plot=f"{SCARY} {number}"), ben, "War", "Comedy")
    with django_assert_max_num_queries(len(few)):
        read(client, "/review/proposals/")


@pytest.mark.parametrize(("verdict", "state"), [("accept", "accepted"), ("reject", "rejected")])
def test_many_are_settled_at_once(ann, rita, client_for, fake_models, verdict, state):
    said = [make_feedback(make_prediction(ann, plot=f"{SCARY} {number}"), ann) for number in range(3)]
    client = client_for(rita)
    for feedback in said[:2]:
        assert f'value="{item_of(feedback)}"' in read(client, "/review/proposals/")
    sent = {"verdict": verdict, "items": [item_of(feedback) for feedback in said[:2]]}
    page = client.post("/review/proposals/", sent, follow=True).content.decode()
    assert f"2 corrections {state}." in page
    assert [row.state for row in Feedback.objects.order_by("pk")] == [state, state, "proposed"]


def test_each_refusal_is_told(ann, rita, client_for, fake_models):
    prediction = make_prediction(ann)
    stale = item_of(make_feedback(prediction, ann, "War"))
    feedback = make_feedback(prediction, ann, "Comedy")
    sent = {"verdict": "accept", "items": [stale]}
    page = client_for(rita).post("/review/proposals/", sent, follow=True).content.decode()
    assert f"Correction {feedback.pk}: ann changed this correction after you read it" in page
    assert Feedback.objects.get().state == "proposed"


@pytest.mark.parametrize("items", [[], ["x"], ["1@yesterday"], ["1@2026-13-45T00:00:00Z"], ["9" * 30 + "@"], ["1"]])
def test_rubbish_settles_nothing(ann, rita, client_for, fake_models, items):
    make_feedback(make_prediction(ann), ann)
    answer = client_for(rita).post("/review/proposals/", {"verdict": "accept", "items": items}, follow=True)
    assert "Nothing was settled" in answer.content.decode() and Feedback.objects.get().state == "proposed"


def test_one_is_amended_beside_its_film(ann, rita, client_for, fake_models):
    feedback = make_feedback(make_prediction(ann), ann, "War", note="soldiers")
    client, address = client_for(rita), f"/review/proposals/{feedback.pk}/"
    page = read(client, address)
    assert 'value="War" checked' in page and "soldiers" in page and SCARY in page
    sent = {"verdict": "accept", "genres": ["War", "Drama"], "seen": feedback.updated_at.isoformat()}
    assert client.post(address, sent)["Location"] == "/review/proposals/"
    feedback.refresh_from_db()
    assert (feedback.state, feedback.authors_genres) == ("accepted", ["War"])
    assert "The author had said War." in read(client, address)


def test_one_is_rejected(ann, rita, client_for, fake_models):
    feedback = make_feedback(make_prediction(ann), ann, "War")
    sent = {"verdict": "reject", "seen": feedback.updated_at.isoformat()}
    assert client_for(rita).post(f"/review/proposals/{feedback.pk}/", sent).status_code == 302
    assert Feedback.objects.get().state == "rejected"


def test_words_that_changed_are_a_conflict(ann, rita, client_for, fake_models):
    prediction = make_prediction(ann)
    seen = make_feedback(prediction, ann, "War").updated_at.isoformat()
    feedback = make_feedback(prediction, ann, "Comedy")
    sent = {"verdict": "accept", "genres": ["War"], "seen": seen}
    answer = client_for(rita).post(f"/review/proposals/{feedback.pk}/", sent)
    assert answer.status_code == 409 and "Read it again before you settle it" in answer.content.decode()


@pytest.mark.parametrize("changes", [{"seen": "x"}, {"seen": ""}, {"genres": []}, {"genres": ["Opera"]}])
def test_bad_input_shows_the_proposal_again(ann, rita, client_for, fake_models, changes):
    feedback = make_feedback(make_prediction(ann), ann, "War")
    sent = {"verdict": "accept", "genres": ["War"], "seen": feedback.updated_at.isoformat(), **changes}
    assert client_for(rita).post(f"/review/proposals/{feedback.pk}/", sent).status_code == 400
    assert Feedback.objects.get().state == "proposed"


def test_the_predictions_own_page_names_the_words_that_were_read(ann, rita, client_for, fake_models):
    prediction = make_prediction(ann)
    stale = make_feedback(prediction, ann, "War").updated_at
    client = client_for(rita)
    assert f'name="seen" value="{stale.isoformat()}"' in read(client, f"/predictions/{prediction.pk}/")
    feedback = make_feedback(prediction, ann, "Comedy")
    sent = {"verdict": "accept", "seen": stale.isoformat()}
    assert client.post(f"/feedback/{feedback.pk}/settle/", sent).status_code == 409
    assert Feedback.objects.get().state == "proposed"


# --- conflicts --------------------------------------------------------------------------------
def test_conflicts_are_listed_and_settled(ann, rita, rob, sam, client_for, fake_models, django_assert_max_num_queries):
    client = client_for(sam)
    assert "No conflict" in read(client, "/review/conflicts/")
    items = [make_prediction(ann, plot=f"{SCARY} {number}", title=f"Film {number}") for number in range(3)]
    for item in items:
        record_review(prediction=item, reviewer=rita, genres=["War"])
        record_review(prediction=item, reviewer=rob, genres=["War", "Drama"], blind=True)
    with django_assert_max_num_queries(9):
        page = read(client, "/review/conflicts/")
    assert all(f"Film {number}" in page for number in range(3))
    assert "<strong>rob</strong>: Drama, War" in page and "films that two have seen" in page
    address = f"/review/conflicts/{items[0].pk}/"
    page = read(client, address)
    assert 'value="War" checked' in page and 'value="Drama" checked' not in page
    assert client.post(address, {}).status_code == 400
    assert client.post(address, {"genres": ["Drama"], "note": "no war"})["Location"] == "/review/conflicts/"
    assert Review.objects.get(task="conflict").chosen == ["Drama"]
    assert client.post(address, {"genres": ["War"]}).status_code == 409
    assert "Film 0" not in read(client, "/review/conflicts/")
