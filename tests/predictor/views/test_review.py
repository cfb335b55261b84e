"""The pages of the review queue."""

import re

import pytest
from django.core.cache import cache

from predictor.models import Feedback, Review, ReviewHabits
from predictor.services.reviews import record_review, skip_item
from tests.factories import make_feedback, make_movie, make_poster_bytes, make_prediction, make_user
from tests.predictor.fakes import GREEN, SCARY


@pytest.fixture(autouse=True)
def plain_queue(settings, tmp_path):
    """No second looks and no blind items, and nothing kept from another test."""
    settings.REVIEW_SECOND_EVERY = settings.REVIEW_BLIND_EVERY = 0
    settings.MEDIA_ROOT = str(tmp_path)
    cache.clear()


def read(client, address: str) -> str:
    return client.get(address).content.decode()


def toggles(page: str) -> list[str]:
    return re.findall(r'name="genres" value="([^"]+)"', page)


def ticked(page: str) -> list[str]:
    return re.findall(r'name="genres" value="([^"]+)" checked', page)


# --- one item ---------------------------------------------------------------------------------
def test_the_queue_leads_to_an_item_with_all_that_it_takes_to_decide(ann, rita, client_for, fake_models):
    item = make_prediction(ann, poster_bytes=make_poster_bytes(colour=GREEN), plot=SCARY, title="The House")
    make_feedback(item, ann, "Western", note="cowboys all over")
    client = client_for(rita)
    answer = client.get("/review/")
    assert (answer.status_code, answer["Location"]) == (302, f"/review/{item.pk}/")
    page = read(client, answer["Location"])
    assert "The House" in page and SCARY in page and f"/predictions/{item.pk}/poster/" in page
    assert toggles(page)[0] == "Horror" and ticked(page) == ["Horror"] and 'data-key="1"' in page
    assert "<strong>ann</strong> says:" in page and "cowboys all over" in page
    assert "<strong>0</strong> of 25 today" in page and 'data-shortcuts="on"' in page
    assert "style=" not in page and "onclick" not in page


def test_words_are_marked_for_a_genre_that_is_asked_for(ann, rita, client_for, fake_models):
    item = make_prediction(ann)
    page = read(client_for(rita), f"/review/{item.pk}/?explain=Horror")
    assert 'why__mark--up why__mark--3">ghost</mark>' in page


def test_a_decision_leads_on_and_is_told_with_what_the_models_said(ann, rita, client_for, fake_models):
    first, second = (make_prediction(ann, plot=f"{SCARY} {number}", title=f"Film {number}") for number in range(2))
    client = client_for(rita)
    address = client.get("/review/")["Location"]
    sent = {"verdict": "accept", "genres": ["Western", "War"], "note": "a note", "order": "ranked"}
    answer = client.post(address, sent, follow=True)
    review = Review.objects.get()
    assert (review.chosen, review.order, review.blind, review.note) == (["War", "Western"], "ranked", False, "a note")
    assert answer.redirect_chain[-1][0] in {f"/review/{item.pk}/" for item in (first, second)} - {address}
    page = answer.content.decode()
    assert "you said War, Western." in page and "The models had said Horror." in page
    assert f"/review/done/{review.pk}/undo/" in page and "<strong>1</strong> of 25 today" in page


def test_skip_next_and_undo(ann, rita, client_for, fake_models):
    for number in range(2):
        make_prediction(ann, plot=f"{SCARY} {number}")
    client = client_for(rita)
    first = client.get("/review/")["Location"]
    assert client.post(first, {"verdict": "later"})["Location"] == "/review/"
    second = client.get("/review/")["Location"]
    assert second != first and not Review.objects.exists()
    client.post(second, {"verdict": "skip"})
    review = Review.objects.get()
    assert review.verdict == "skipped" and client.get("/review/")["Location"] == first
    answer = client.post(f"/review/done/{review.pk}/undo/", follow=True)
    assert answer.redirect_chain[-1][0] == second
    assert "everything is as it was before" in answer.content.decode() and not Review.objects.live().exists()


def test_a_double_press_is_harmless_and_another_word_is_a_conflict(ann, rita, client_for, fake_models):
    address = f"/review/{make_prediction(ann).pk}/"
    client = client_for(rita)
    for _ in range(2):
        assert client.post(address, {"verdict": "accept", "genres": ["Western"]}).status_code == 302
    answer = client.post(address, {"verdict": "accept", "genres": ["War"]})
    assert answer.status_code == 409 and "You reviewed this item already" in answer.content.decode()
    assert Review.objects.count() == 1
    assert "You reviewed this item: Western." in read(client, address)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"verdict": "accept"}, "Choose at least one genre"),
        ({"verdict": "accept", "genres": ["Opera"]}, "Select a valid choice"),
        ({"verdict": "accept", "genres": ["War"], "note": "x" * 501}, "at most 500 characters"),
        ({"verdict": "nonsense", "genres": ["War"]}, ""),
    ],
)
def test_bad_input_shows_the_item_again(ann, rita, client_for, fake_models, sent, sentence):
    answer = client_for(rita).post(f"/review/{make_prediction(ann).pk}/", sent)
    page = answer.content.decode()
    assert answer.status_code == 400 and sentence in page and not Review.objects.exists()
    assert ticked(page) == [name for name in sent.get("genres", []) if name != "Opera"]


def test_blind_mode_tells_nothing_until_the_reviewer_has_chosen(ann, rita, client_for, fake_models):
    item = make_prediction(ann)
    make_feedback(item, ann, "Western", note="cowboys")
    client = client_for(rita)
    client.post("/review/habits/", {"shortcuts": "on", "blind": "on", "daily_goal": "3"})
    page = read(client, f"/review/{item.pk}/?explain=Horror")
    assert ticked(page) == [] and toggles(page) == sorted(toggles(page))
    form = page[page.index("data-review") : page.index("review-help")]
    assert "%" not in form and "why__mark" not in page and "cowboys" not in page and "proposal hidden" in page
    assert 'name="blind" value="True"' in page
    client.post(f"/review/{item.pk}/", {"verdict": "accept", "genres": ["Western"], "blind": "True"})
    assert Review.objects.get().blind and "The models had said Horror." in read(client, "/review/done/") + read(
        client, f"/review/{item.pk}/"
    )


def test_the_control_keeps_its_order(ann, rita, client_for, fake_models):
    item = make_prediction(ann)
    client = client_for(rita)
    assert client.get("/review/?order=random")["Location"] == f"/review/{item.pk}/?order=random"
    page = read(client, f"/review/{item.pk}/?order=random")
    assert "random order" in page and 'name="order" value="random"' in page
    answer = client.post(f"/review/{item.pk}/", {"verdict": "accept", "genres": ["War"], "order": "random"})
    assert answer["Location"] == "/review/?order=random" and Review.objects.get().order == "random"


def test_an_empty_queue_says_so(rita, client_for, fake_models):
    answer = client_for(rita).get("/review/")
    assert answer.status_code == 200 and "Nothing waits for you" in answer.content.decode()


def test_an_item_costs_the_same_whatever_is_said(
    ann, ben, rita, sam, client_for, fake_models, django_assert_max_num_queries
):
    item = make_prediction(ann)
    client = client_for(rita)
    make_feedback(item, ann)
    with django_assert_max_num_queries(26) as few:
        client.get(f"/review/{item.pk}/")
    for person in (ben, make_user("carl"), make_user("dora")):
        make_feedback(item, person, "War", "Comedy")
    with django_assert_max_num_queries(len(few)):
        client.get(f"/review/{item.pk}/")


# --- what was done, habits --------------------------------------------------------------------
def test_what_was_done_is_listed_with_a_way_back(ann, rita, client_for, fake_models, django_assert_max_num_queries):
    client = client_for(rita)
    assert "Nothing in the last 30 days" in read(client, "/review/done/")
    for number in range(4):
        item = make_prediction(ann, plot=f"{SCARY} {number}", title=f"Film {number}", movie=make_movie(f"F{number}"))
        record_review(prediction=item, reviewer=rita, genres=["War"])
    skip_item(prediction=make_prediction(ann), reviewer=rita)
    with django_assert_max_num_queries(10):
        page = read(client, "/review/done/")
    assert page.count("/undo/") == 5 and "Film 3" in page and "Skipped" in page


def test_somebody_elses_review_is_not_undone(ann, rita, sam, client_for, fake_models):
    review = record_review(prediction=make_prediction(ann), reviewer=rita, genres=["War"])
    assert client_for(sam).post(f"/review/done/{review.pk}/undo/").status_code == 404
    assert Review.objects.live().exists()


def test_habits_are_kept_and_checked(rita, client_for, fake_models):
    client = client_for(rita)
    assert "Single keys choose genres" in read(client, "/review/habits/")
    assert client.post("/review/habits/", {"daily_goal": "0"}).status_code == 400
    assert client.post("/review/habits/", {"daily_goal": "7"}).status_code == 302
    habits = ReviewHabits.objects.get()
    assert (habits.shortcuts, habits.blind, habits.daily_goal) == (False, False, 7)


# --- who may --------------------------------------------------------------------------------
ADDRESSES = ["", "1/", "done/", "habits/", "proposals/", "proposals/1/", "conflicts/", "conflicts/1/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_reviewing_is_for_reviewers(ann, client, client_for, db, address):
    assert client_for(ann).get(f"/review/{address}").status_code == 403
    assert client.get(f"/review/{address}").status_code == 302
    assert client_for(ann).post("/review/done/1/undo/").status_code == 403


@pytest.mark.parametrize("address", ["7/", "proposals/7/", "conflicts/7/"])
def test_what_is_not_there_is_not_found(rita, client_for, db, address):
    assert client_for(rita).get(f"/review/{address}").status_code == 404


def test_only_reviewers_find_the_way(ann, rita, client_for, fake_models):
    assert ["/review/" in read(client_for(person), "/history/") for person in (ann, rita)] == [False, True]


def test_a_press_of_one_who_is_no_reviewer_changes_nothing(ann, client_for, fake_models):
    item = make_prediction(ann)
    assert client_for(ann).post(f"/review/{item.pk}/", {"verdict": "accept", "genres": ["War"]}).status_code == 403
    assert not Feedback.objects.exists()
