"""The numbers beside the tabs of the review: right after every decision that changes them, and cheap."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from genresite import paging
from predictor.models import Review
from predictor.selectors.review import CONFLICTS_KEPT_SECONDS, read_counts
from predictor.services.reviews import record_review, settle_conflict, undo_review
from tests.factories import make_feedback, make_prediction, make_user


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


@pytest.fixture
def rob(db):
    return make_user("rob", "reviewer")


def test_a_conflict_counts_from_the_second_decision_until_it_is_settled(ann, rita, rob, sam, fake_models):
    item = make_prediction(ann)
    record_review(prediction=item, reviewer=rita, genres=["Horror"])
    assert read_counts().conflicts == 0
    second = record_review(prediction=item, reviewer=rob, genres=["War"])
    assert read_counts().conflicts == 1
    undo_review(review=second, reviewer=rob)
    assert read_counts().conflicts == 0
    record_review(prediction=item, reviewer=rob, genres=["Drama"])
    assert read_counts().conflicts == 1
    settle_conflict(prediction=item, reviewer=sam, genres=["Horror"])
    assert read_counts().conflicts == 0


def test_a_decision_that_contradicts_nobody_counts_nothing_anew(ann, rita, fake_models, django_assert_num_queries):
    read_counts()
    record_review(prediction=make_prediction(ann), reviewer=rita, genres=["Horror"])
    with django_assert_num_queries(1):
        read_counts()


def test_what_passes_by_the_services_shows_within_a_minute(ann, rita, rob, fake_models, time_machine):
    item = make_prediction(ann)
    record_review(prediction=item, reviewer=rita, genres=["Horror"])
    assert read_counts().conflicts == 0
    Review.objects.create(prediction=item, reviewer=rob, verdict="amended", chosen_names="War")
    assert read_counts().conflicts == 0
    time_machine.move_to(timezone.now() + timedelta(seconds=CONFLICTS_KEPT_SECONDS + 1))
    assert read_counts().conflicts == 1


def test_corrections_are_counted_as_far_as_lists_are(ann, ben, rita, client_for, fake_models, monkeypatch):
    monkeypatch.setattr(paging, "COUNTED_ROWS", 2)
    for person in (ann, ben):
        make_feedback(make_prediction(person), person)
    assert (read_counts().proposals, read_counts().more_proposals) == (2, False)
    make_feedback(make_prediction(ann), ann)
    assert (read_counts().proposals, read_counts().more_proposals) == (2, True)
    assert ">2+</span>" in client_for(rita).get("/review/proposals/").content.decode()
