"""Which item comes next."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from genresite.errors import Forbidden
from predictor.models import Review
from predictor.services import review_candidates, review_queue
from predictor.services.feedback import settle_feedback
from predictor.services.review_queue import find_next, is_blind, postpone
from predictor.services.reviews import change_habits, record_review, skip_item
from tests.factories import make_feedback, make_prediction, make_user
from tests.predictor.fakes import DULL, FUNNY, SCARY


@pytest.fixture(autouse=True)
def plain_queue(settings):
    """No second looks and no blind items, and nothing kept from another test."""
    settings.REVIEW_SECOND_EVERY = settings.REVIEW_BLIND_EVERY = 0
    cache.clear()


@pytest.fixture
def rob(db):
    return make_user("rob", "reviewer")


def next_item(reviewer, order="ranked"):
    assignment = find_next(reviewer=reviewer, order=order)
    return None if assignment is None else assignment.prediction


def test_an_item_stays_until_the_reviewer_decides(ann, rita, fake_models):
    made = [make_prediction(ann, plot=f"{SCARY} {number}") for number in range(3)]
    seen = []
    while item := next_item(rita):
        assert next_item(rita) == item
        seen.append(item)
        record_review(prediction=item, reviewer=rita, genres=["Horror"])
    assert sorted(item.pk for item in seen) == [item.pk for item in made]


def test_what_was_decided_skipped_or_settled_does_not_come_again(ann, rita, fake_models):
    decided, skipped, settled, accepted, left = (make_prediction(ann, plot=f"{SCARY} {n}") for n in range(5))
    record_review(prediction=decided, reviewer=rita, genres=["Horror"])
    skip_item(prediction=skipped, reviewer=rita)
    settle_feedback(feedback=make_feedback(settled, ann), reviewer=rita, accept=False)
    settle_feedback(feedback=make_feedback(accepted, ann), reviewer=rita, accept=True)
    assert next_item(rita) == left
    skip_item(prediction=left, reviewer=rita)
    assert next_item(rita) is None


def test_what_one_skips_another_gets(ann, rita, rob, fake_models):
    item = make_prediction(ann)
    skip_item(prediction=item, reviewer=rita)
    assert next_item(rob) == item


def test_two_reviewers_get_different_items(ann, rita, rob, fake_models):
    for number in range(2):
        make_prediction(ann, plot=f"{SCARY} {number}")
    assert next_item(rita) != next_item(rob)


def test_an_item_on_anothers_screen_is_free_once_it_is_put_off(ann, rita, rob, fake_models):
    item = make_prediction(ann)
    assert next_item(rita) == item and next_item(rob) is None
    postpone(prediction=item, reviewer=rita)
    assert next_item(rob) == item


def test_an_item_that_is_put_off_comes_behind_the_others(ann, rita, fake_models):
    for number in range(3):
        make_prediction(ann, plot=f"{SCARY} {number}")
    first = next_item(rita)
    postpone(prediction=first, reviewer=rita)
    others = []
    for _ in range(2):
        others.append(next_item(rita))
        skip_item(prediction=others[-1], reviewer=rita)
    assert first not in others and next_item(rita) == first


@pytest.mark.parametrize("order", ["ranked", "random"])
def test_a_queue_without_items_is_empty(rita, fake_models, order):
    assert next_item(rita, order) is None


def test_only_reviewers_have_a_queue(ann, db):
    with pytest.raises(Forbidden):
        find_next(reviewer=ann)
    with pytest.raises(Forbidden):
        postpone(prediction=None, reviewer=ann)


# --- the order --------------------------------------------------------------------------------
def test_the_doubtful_item_comes_before_the_clear_one(ann, rita, fake_models):
    clear = make_prediction(ann, plot=FUNNY)
    doubtful = make_prediction(ann, plot=SCARY)
    doubtful.scores = {"Comedy": 0.5, "Horror": 0.52, "Western": 0.48}
    doubtful.save()
    assert next_item(rita) == doubtful
    record_review(prediction=doubtful, reviewer=rita, genres=["Horror"])
    assert next_item(rita) == clear


def test_the_random_order_is_the_control(ann, rita, fake_models, monkeypatch):
    monkeypatch.setattr(review_queue, "rank_candidates", pytest.fail)
    make_prediction(ann)
    assignment = find_next(reviewer=rita, order="random")
    assert assignment is not None and assignment.order == "random"


def test_candidates_are_drawn_from_the_whole_table(ann, rita, fake_models, monkeypatch):
    monkeypatch.setattr(review_candidates, "POOL_ITEMS", 5)
    made = [make_prediction(ann, plot=f"{DULL} {number}").pk for number in range(40)]
    waiting = review_queue.select_open(rita)
    pools = [{row[0] for row in review_candidates._read_pool(waiting)} for _ in range(60)]
    assert all(set(made[-5:]) <= pool and len(pool) <= 15 for pool in pools)
    assert len(set().union(*pools)) > 30


def test_the_pool_is_read_with_kinds_and_scores_each_item_once(ann, rita, fake_models):
    made = [make_prediction(ann, plot=f"{DULL} {number}") for number in range(3)]
    rows = review_candidates._read_pool(review_queue.select_open(rita))
    assert sorted(rows, key=lambda row: row[0]) == [(item.pk, "plot", item.scores) for item in made]


def test_the_pool_holds_what_waits_where_most_is_done(ann, rita, fake_models, monkeypatch):
    monkeypatch.setattr(review_candidates, "POOL_ITEMS", 6)
    made = [make_prediction(ann, plot=f"{DULL} {number}") for number in range(40)]
    for item in made[2:]:
        skip_item(prediction=item, reviewer=rita)
    waiting = review_queue.select_open(rita)
    with CaptureQueriesContext(connection) as asked:
        rows = review_candidates._read_pool(waiting)
    assert {row[0] for row in rows} == {made[0].pk, made[1].pk}
    assert len(asked) == 3


def test_few_that_wait_among_many_that_are_done_are_found(ann, rita, fake_models):
    made = [make_prediction(ann, plot=f"{DULL} {number}") for number in range(40)]
    for item in made[:-1]:
        skip_item(prediction=item, reviewer=rita)
    found = [
        review_candidates.shuffle_candidates(waiting=review_queue.select_open(rita), reviewer=rita, limit=10)
        for _ in range(9)
    ]
    assert [made[-1].pk] in found


def test_a_queue_costs_the_same_for_many(ann, rita, fake_models, django_assert_num_queries):
    make_prediction(ann)
    find_next(reviewer=rita)
    cache.clear()
    with CaptureQueriesContext(connection) as few:
        find_next(reviewer=rita)
    assert len(few) <= 12
    for number in range(12):
        make_prediction(ann, plot=f"{SCARY} {number}")
    cache.clear()
    with django_assert_num_queries(len(few)):
        find_next(reviewer=rita)


# --- second looks and blind items -------------------------------------------------------------
def test_every_so_many_items_is_one_that_another_decided_on(ann, rita, rob, fake_models, settings):
    settings.REVIEW_SECOND_EVERY = 3
    decided = make_prediction(ann)
    record_review(prediction=decided, reviewer=rob, genres=["Horror"])
    for number in range(6):
        make_prediction(ann, plot=f"{FUNNY} {number}")
    order = []
    for _ in range(4):
        order.append(next_item(rita))
        assert next_item(rita) == order[-1]
        record_review(prediction=order[-1], reviewer=rita, genres=["Comedy"])
    assert order.index(decided) == 2
    assert Review.objects.contested().filter(prediction=decided).count() == 2


def test_no_item_is_looked_at_three_times(ann, rita, rob, sam, fake_models, settings):
    settings.REVIEW_SECOND_EVERY = 1
    item = make_prediction(ann)
    for reviewer in (rita, rob):
        assert next_item(reviewer) == item
        record_review(prediction=item, reviewer=reviewer, genres=["Horror"])
    assert next_item(sam) is None


def test_blind_by_habit_or_for_a_share(ann, rita, rob, fake_models, settings):
    items = [make_prediction(ann, plot=f"{SCARY} {number}") for number in range(40)]
    assert not any(is_blind(reviewer=rita, prediction=item) for item in items)
    settings.REVIEW_BLIND_EVERY = 4
    blind = [item for item in items if is_blind(reviewer=rita, prediction=item)]
    assert 2 <= len(blind) <= 20 and blind == [item for item in items if is_blind(reviewer=rita, prediction=item)]
    change_habits(reviewer=rita, shortcuts=True, blind=True, daily_goal=25)
    assert all(is_blind(reviewer=rita, prediction=item) for item in items)
