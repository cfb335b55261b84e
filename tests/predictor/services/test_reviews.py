"""Deciding, skipping, settling conflicts, and taking it all back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from genresite.errors import Conflict, Forbidden, InvalidInput, NotFound
from movies.models import Movie
from movies.services import set_genres
from movies.services.label_history import read_labels
from predictor.models import Feedback, Review, ReviewHabits
from predictor.services.feedback import record_feedback, settle_feedback
from predictor.services.reviews import change_habits, record_review, settle_conflict, skip_item, undo_review
from tests.factories import make_feedback, make_genres, make_movie, make_prediction, make_user


def labels(movie: Movie) -> list[str]:
    return [label.genre.name for label in movie.labels.all()]


def words(prediction) -> dict[str, tuple[str, list[str]]]:
    return {
        row.author.username: (row.state, [genre.name for genre in row.genres.all()])
        for row in Feedback.objects.filter(prediction=prediction).select_related("author")
    }


@pytest.fixture
def film(db):
    return make_movie(genres=("Drama",))


@pytest.fixture
def item(ann, fake_models, film):
    """A prediction that said Horror, of a film that a source calls Drama."""
    return make_prediction(ann, movie=film)


@pytest.fixture
def rob(db):
    """A second reviewer."""
    return make_user("rob", "reviewer")


# --- decide -----------------------------------------------------------------------------------
def test_a_decision_becomes_accepted_feedback_and_the_films_genres(rita, item, film):
    review = record_review(prediction=item, reviewer=rita, genres=["Western"], note="no ghost", blind=True)
    assert (review.verdict, review.chosen, review.proposed, review.blind) == ("amended", ["Western"], ["Horror"], True)
    assert words(item) == {"rita": ("accepted", ["Western"])} and review.proposal.note == "no ghost"
    assert labels(film) == ["Western"]


def test_the_models_own_genres_are_a_confirmation(rita, item):
    assert record_review(prediction=item, reviewer=rita, genres=["Horror"]).verdict == "confirmed"


def test_a_double_press_decides_once_and_another_word_needs_an_undo(rita, item):
    first = record_review(prediction=item, reviewer=rita, genres=["Western"])
    assert record_review(prediction=item, reviewer=rita, genres=["Western"]) == first
    with pytest.raises(Conflict, match="You reviewed this item already: Western") as caught:
        record_review(prediction=item, reviewer=rita, genres=["Comedy"])
    assert caught.value.code == "reviewed_already" and caught.value.details == {"review": first.pk}
    with pytest.raises(Conflict):
        skip_item(prediction=item, reviewer=rita)
    assert Review.objects.count() == 1


def test_the_database_refuses_a_second_live_review(rita, item):
    review = record_review(prediction=item, reviewer=rita, genres=["Western"])
    review.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        review.save(force_insert=True)


@pytest.mark.parametrize(("genres", "code"), [((), "genres_missing"), (("Opera",), "genre_unknown")])
def test_a_bad_decision_leaves_nothing(rita, item, genres, code):
    with pytest.raises(InvalidInput) as caught:
        record_review(prediction=item, reviewer=rita, genres=genres)
    assert caught.value.code == code and not Review.objects.exists() and not Feedback.objects.exists()


def test_only_reviewers_review(ann, item):
    for call in (
        lambda: record_review(prediction=item, reviewer=ann, genres=["Horror"]),
        lambda: skip_item(prediction=item, reviewer=ann),
        lambda: settle_conflict(prediction=item, reviewer=ann, genres=["Horror"]),
        lambda: change_habits(reviewer=ann, shortcuts=True, blind=True, daily_goal=5),
    ):
        with pytest.raises(Forbidden):
            call()


def test_a_skip_is_remembered_and_gives_way_to_a_decision(rita, item):
    skipped = skip_item(prediction=item, reviewer=rita)
    assert skip_item(prediction=item, reviewer=rita) == skipped and not Feedback.objects.exists()
    review = record_review(prediction=item, reviewer=rita, genres=["Horror"])
    assert list(Review.objects.live()) == [review]


# --- undo -------------------------------------------------------------------------------------
def test_undo_brings_back_exactly_what_stood_before(ann, rita, item, film):
    make_feedback(item, ann, "Comedy", note="very funny")
    before, said = read_labels(film), Feedback.objects.values().get()
    undone = undo_review(review=record_review(prediction=item, reviewer=rita, genres=["Western"]), reviewer=rita)
    assert undone.kept == () and undone.sentence == "Undone: everything is as it was before."
    assert read_labels(film) == before and Feedback.objects.values().get() == said
    assert undo_review(review=undone.review, reviewer=rita).review.undone_at == undone.review.undone_at


def test_undo_of_a_word_said_anew_leads_back_to_what_stood_before_the_first(rita, item, film):
    before = read_labels(film)
    record_feedback(prediction=item, author=rita, genres=["Comedy"])
    record_feedback(prediction=item, author=rita, genres=["Western"])
    review = Review.objects.live().get()
    assert (review.chosen, review.order) == (["Western"], "direct")
    undo_review(review=review, reviewer=rita)
    assert read_labels(film) == before and not Feedback.objects.exists()


def test_undo_of_a_settled_correction_makes_it_wait_again(ann, rita, item, film):
    feedback = make_feedback(item, ann, "Comedy")
    for accept in (True, False):
        settle_feedback(feedback=feedback, reviewer=rita, accept=accept)
        undo_review(review=Review.objects.live().get(), reviewer=rita)
        feedback.refresh_from_db()
        assert (feedback.state, feedback.settled_by, feedback.settled_at) == ("proposed", None, None)
        assert labels(film) == ["Drama"]


def test_undo_leaves_a_film_that_somebody_changed_and_says_so(ben, rita, item, film):
    review = record_review(prediction=item, reviewer=rita, genres=["Western"])
    set_genres(movie=film, genres=[make_genres()["War"]], person=ben)
    undone = undo_review(review=review, reviewer=rita)
    assert undone.kept == ("film",) and "somebody has changed them since" in undone.sentence
    assert labels(film) == ["War"] and not Feedback.objects.exists()


def test_undo_leaves_a_correction_that_its_author_changed(ann, rita, item):
    feedback = make_feedback(item, ann, "Comedy")
    settle_feedback(feedback=feedback, reviewer=rita, accept=True)
    make_feedback(item, ann, "War")
    undone = undo_review(review=Review.objects.get(), reviewer=rita)
    assert undone.kept == ("feedback",) and "the correction stays as it is" in undone.sentence
    assert words(item) == {"ann": ("proposed", ["War"])}


def test_undo_is_open_for_thirty_days(rita, item):
    review = record_review(prediction=item, reviewer=rita, genres=["Western"])
    Review.objects.update(created_at=timezone.now() - timedelta(days=29, hours=23))
    assert Review.objects.undoable().exists()
    Review.objects.update(created_at=timezone.now() - timedelta(days=30, minutes=1))
    assert not Review.objects.undoable().exists()
    with pytest.raises(Conflict, match="30 days"):
        undo_review(review=review, reviewer=rita)
    assert Review.objects.live().exists()


def test_only_ones_own_review_is_taken_back(rita, rob, item):
    review = record_review(prediction=item, reviewer=rita, genres=["Western"])
    with pytest.raises(NotFound):
        undo_review(review=review, reviewer=rob)


# --- two reviewers ----------------------------------------------------------------------------
def test_a_second_look_changes_nothing(rita, rob, item, film):
    record_review(prediction=item, reviewer=rita, genres=["Western"])
    stood = read_labels(film)
    second = record_review(prediction=item, reviewer=rob, genres=["Western"])
    assert (second.before, second.proposal) == ({}, None)
    assert words(item) == {"rita": ("accepted", ["Western"])} and read_labels(film) == stood
    assert not Review.objects.contested().exists()


def test_two_who_differ_are_a_conflict_until_it_is_settled(rita, rob, sam, item, film):
    record_review(prediction=item, reviewer=rita, genres=["Western"])
    record_review(prediction=item, reviewer=rob, genres=["Western", "War"])
    assert Review.objects.contested().count() == 2 and labels(film) == ["Western"]
    settled = settle_conflict(prediction=item, reviewer=sam, genres=["War"], note="a war film")
    assert not Review.objects.contested().exists() and labels(film) == ["War"]
    assert words(item) == {"rita": ("rejected", ["Western"]), "sam": ("accepted", ["War"])}
    assert settle_conflict(prediction=item, reviewer=rob, genres=["War"]) == settled
    with pytest.raises(Conflict, match="nothing to settle"):
        settle_conflict(prediction=item, reviewer=rita, genres=["Western"])


def test_undo_of_a_settlement_opens_the_conflict_again(rita, rob, sam, item, film):
    record_review(prediction=item, reviewer=rita, genres=["Western"])
    record_review(prediction=item, reviewer=rob, genres=["War"])
    before = words(item), read_labels(film)
    undo_review(review=settle_conflict(prediction=item, reviewer=sam, genres=["Comedy"]), reviewer=sam)
    assert (words(item), read_labels(film)) == before and Review.objects.contested().count() == 2


def test_agreement_is_nothing_to_settle(rita, rob, sam, item):
    for reviewer in (rita, rob):
        record_review(prediction=item, reviewer=reviewer, genres=["Western"])
    with pytest.raises(Conflict):
        settle_conflict(prediction=item, reviewer=sam, genres=["War"])


def test_the_second_word_counts_when_the_first_is_taken_back(rita, rob, item, film):
    before = read_labels(film)
    first = record_review(prediction=item, reviewer=rita, genres=["Western"])
    second = record_review(prediction=item, reviewer=rob, genres=["War"])
    undo_review(review=first, reviewer=rita)
    assert words(item) == {"rob": ("accepted", ["War"])} and labels(film) == ["War"]
    second.refresh_from_db()
    undo_review(review=second, reviewer=rob)
    assert words(item) == {} and read_labels(film) == before


# --- habits -----------------------------------------------------------------------------------
def test_habits_are_kept(rita):
    change_habits(reviewer=rita, shortcuts=False, blind=True, daily_goal=40)
    change_habits(reviewer=rita, shortcuts=False, blind=False, daily_goal=40)
    assert list(ReviewHabits.objects.values_list("person", "shortcuts", "blind", "daily_goal")) == [
        (rita.pk, False, False, 40)
    ]
