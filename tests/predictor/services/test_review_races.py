"""Several people, or one who presses twice, at the very same moment."""

import threading
import time

import pytest
from django.db import transaction

from genresite.errors import Conflict
from predictor.models import Feedback, Review
from predictor.services.feedback import settle_feedback
from predictor.services.films import save_as_film
from predictor.services.reviews import record_review, settle_conflict, undo_review
from tests.factories import make_feedback, make_movie, make_prediction, make_user
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rob(transactional_db):
    return make_user("rob", "reviewer")


def test_two_reviewers_of_one_item_leave_one_accepted_word(ann, rita, rob, fake_models):
    item = make_prediction(ann, movie=make_movie())
    at_once(
        lambda: record_review(prediction=item, reviewer=rita, genres=["War"]),
        lambda: record_review(prediction=item, reviewer=rob, genres=["Drama"]),
    )
    accepted = Feedback.objects.get()
    assert Review.objects.deciding().count() == 2 == Review.objects.contested().count()
    assert [label.genre for label in item.movie.labels.all()] == list(accepted.genres.all())


def test_a_double_press_decides_once(ann, rita, fake_models):
    item = make_prediction(ann)
    first, second = at_once(*[lambda: record_review(prediction=item, reviewer=rita, genres=["War"])] * 2)
    assert first == second and Review.objects.count() == 1


def test_accept_and_reject_at_once_leave_one_verdict(ann, rita, rob, fake_models):
    feedback = make_feedback(make_prediction(ann), ann)
    results = at_once(
        lambda: settle_feedback(feedback=Feedback.objects.get(), reviewer=rita, accept=True),
        lambda: settle_feedback(feedback=Feedback.objects.get(), reviewer=rob, accept=False),
    )
    assert sum(isinstance(result, Conflict) for result in results) == 1
    feedback.refresh_from_db()
    assert Review.objects.get().reviewer == feedback.settled_by


def test_two_settlements_at_once_leave_one(ann, rita, rob, sam, fake_models):
    item = make_prediction(ann)
    record_review(prediction=item, reviewer=rita, genres=["War"])
    record_review(prediction=item, reviewer=rob, genres=["Drama"])
    results = at_once(
        lambda: settle_conflict(prediction=item, reviewer=sam, genres=["Comedy"]),
        lambda: settle_conflict(prediction=item, reviewer=rita, genres=["Western"]),
    )
    assert sum(isinstance(result, Conflict) for result in results) == 1
    assert Feedback.objects.filter(state="accepted").count() == 1


def test_a_double_undo_undoes_once(ann, rita, fake_models):
    item = make_prediction(ann, movie=make_movie(genres=("Drama",)))
    review = record_review(prediction=item, reviewer=rita, genres=["War"])
    at_once(*[lambda: undo_review(review=Review.objects.get(pk=review.pk), reviewer=rita)] * 2)
    assert [label.genre.name for label in item.movie.labels.all()] == ["Drama"] and not Feedback.objects.exists()


def test_a_film_that_is_saved_while_a_decision_waits_gets_its_genres(ann, rita, fake_models):
    item, saved = make_prediction(ann), threading.Event()

    def save():
        with transaction.atomic():
            film = save_as_film(prediction=item, person=ann, title="The Empty House")
            saved.set()
            # Long enough for the decision to be waiting for the row.
            time.sleep(0.4)
        return film

    def decide():
        saved.wait(timeout=10)
        return record_review(prediction=item, reviewer=rita, genres=["War"])

    film, review = at_once(save, decide)
    assert [label.genre.name for label in film.labels.all()] == ["War"]
    assert review.before["film"] is not None and review.chosen == ["War"]
