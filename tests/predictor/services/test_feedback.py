"""What people say, and what reviewers make of it."""

import pytest
from django.utils import timezone

from genresite.errors import Conflict, Forbidden, InvalidInput
from predictor.models import Feedback, Review
from predictor.services.feedback import amend_feedback, record_feedback, settle_feedback, settle_in_bulk
from predictor.services.reviews import undo_review
from tests.factories import make_feedback, make_movie, make_prediction


def names(feedback: Feedback) -> list[str]:
    return [genre.name for genre in feedback.genres.all()]


def test_a_correction_waits_for_a_reviewer(ann, fake_models):
    feedback = make_feedback(make_prediction(ann), ann, "Western", "science fiction", note=" not  scary ")
    assert names(feedback) == ["Sci-Fi", "Western"]
    assert (feedback.state, feedback.note, feedback.settled_by) == ("proposed", "not scary", None)


def test_said_again_it_replaces_what_was_said(ann, rita, fake_models):
    prediction = make_prediction(ann)
    first = make_feedback(prediction, ann, "Western")
    settle_feedback(feedback=first, reviewer=rita, accept=True)
    again = make_feedback(prediction, ann, "Comedy")
    assert again.pk == first.pk and names(again) == ["Comedy"]
    assert (again.state, again.settled_by, again.settled_at) == ("proposed", None, None)


def test_a_reviewers_own_word_is_accepted_at_once(rita, fake_models):
    feedback = make_feedback(make_prediction(rita), rita)
    assert (feedback.state, feedback.settled_by) == ("accepted", rita) and feedback.settled_at


@pytest.mark.parametrize(
    ("genres", "note", "code"),
    [
        ((), "", "genres_missing"),
        (("  ",), "", "genres_missing"),
        (("Nonsense",), "", "genre_unknown"),
        (("Western",), "x" * 501, "note_too_long"),
        (("Western",), "a\x00", "note_invalid_characters"),
    ],
)
def test_bad_feedback_is_refused_and_leaves_nothing(ann, fake_models, genres, note, code):
    with pytest.raises(InvalidInput) as caught:
        record_feedback(prediction=make_prediction(ann), author=ann, genres=genres, note=note)
    assert caught.value.code == code and not Feedback.objects.exists()


def test_accepted_feedback_becomes_the_films_genres_in_its_authors_name(ann, rita, fake_models):
    movie = make_movie(genres=("Drama",))
    feedback = make_feedback(make_prediction(ann, movie=movie), ann, "Western")
    assert [label.genre.name for label in movie.labels.all()] == ["Drama"]
    settle_feedback(feedback=feedback, reviewer=rita, accept=True)
    (label,) = movie.labels.all()
    assert (label.genre.name, label.source, label.person) == ("Western", "person", ann)


def test_rejected_feedback_changes_no_film(ann, rita, fake_models):
    movie = make_movie(genres=("Drama",))
    feedback = make_feedback(make_prediction(ann, movie=movie), ann, "Western")
    settled = settle_feedback(feedback=feedback, reviewer=rita, accept=False)
    assert settled.state == "rejected"
    assert [label.genre.name for label in movie.labels.all()] == ["Drama"]


def test_settling_twice_the_same_way_is_harmless_and_the_other_way_conflicts(ann, rita, sam, fake_models):
    feedback = make_feedback(make_prediction(ann), ann)
    settle_feedback(feedback=feedback, reviewer=rita, accept=True)
    assert settle_feedback(feedback=feedback, reviewer=sam, accept=True).settled_by == rita
    with pytest.raises(Conflict, match="accepted already"):
        settle_feedback(feedback=feedback, reviewer=sam, accept=False)


def test_only_reviewers_settle(ann, ben, fake_models):
    feedback = make_feedback(make_prediction(ann), ann)
    for person in (ann, ben):
        with pytest.raises(Forbidden):
            settle_feedback(feedback=feedback, reviewer=person, accept=True)


def test_feedback_is_seen_by_the_predictions_owner_and_reviewers(ann, ben, rita, fake_models):
    make_feedback(make_prediction(ann), ann)
    assert [Feedback.objects.visible_to(person).count() for person in (ann, ben, rita)] == [1, 0, 1]


# --- what the reviewer saw --------------------------------------------------------------------
def test_words_that_changed_since_they_were_read_are_not_settled(ann, rita, fake_models):
    prediction = make_prediction(ann)
    seen = make_feedback(prediction, ann, "Western").updated_at
    edited = make_feedback(prediction, ann, "Comedy")
    for settle in (
        lambda: settle_feedback(feedback=edited, reviewer=rita, accept=True, seen=seen),
        lambda: settle_feedback(feedback=edited, reviewer=rita, accept=False, seen=seen),
        lambda: amend_feedback(feedback=edited, reviewer=rita, genres=["War"], seen=seen),
    ):
        with pytest.raises(Conflict, match="ann changed this correction after you read it") as caught:
            settle()
        assert caught.value.code == "feedback_edited"
    edited.refresh_from_db()
    assert edited.state == "proposed" and names(edited) == ["Comedy"]


def test_without_a_moment_the_words_as_loaded_are_what_was_seen(ann, rita, fake_models):
    prediction = make_prediction(ann)
    loaded = make_feedback(prediction, ann, "Western")
    make_feedback(prediction, ann, "Comedy")
    with pytest.raises(Conflict, match="changed this correction"):
        settle_feedback(feedback=loaded, reviewer=rita, accept=True)


# --- amended ----------------------------------------------------------------------------------
def test_an_amended_correction_keeps_its_authors_words(ann, rita, fake_models):
    movie = make_movie(genres=("Drama",))
    feedback = make_feedback(make_prediction(ann, movie=movie), ann, "Comedy", note="very funny")
    amended = amend_feedback(feedback=feedback, reviewer=rita, genres=["Western", "Comedy"])
    assert (amended.state, amended.author, amended.note, amended.settled_by) == ("accepted", ann, "very funny", rita)
    assert names(amended) == ["Comedy", "Western"] and amended.authors_genres == ["Comedy"]
    assert {(label.genre.name, label.person) for label in movie.labels.all()} == {("Comedy", rita), ("Western", rita)}
    assert list(Review.objects.values_list("task", "verdict")) == [("proposal", "amended")]
    again = make_feedback(feedback.prediction, ann, "War")
    assert (again.authors_genres, again.state) == ([], "proposed")


def test_an_amendment_to_the_authors_genres_is_an_acceptance(ann, rita, sam, fake_models):
    feedback = make_feedback(make_prediction(ann), ann, "Comedy")
    amended = amend_feedback(feedback=feedback, reviewer=rita, genres=["Comedy"])
    assert amended.authors_genres == [] and Review.objects.get().verdict == "confirmed"
    assert amend_feedback(feedback=feedback, reviewer=sam, genres=["Comedy"]).settled_by == rita
    with pytest.raises(Conflict, match="accepted already"):
        amend_feedback(feedback=feedback, reviewer=sam, genres=["War"])


def test_an_undone_amendment_gives_the_author_their_words_back(ann, rita, fake_models):
    feedback = make_feedback(make_prediction(ann), ann, "Comedy")
    amend_feedback(feedback=feedback, reviewer=rita, genres=["War"])
    undo_review(review=Review.objects.get(), reviewer=rita)
    feedback.refresh_from_db()
    assert (names(feedback), feedback.authors_genres, feedback.state) == (["Comedy"], [], "proposed")


@pytest.mark.parametrize(("genres", "code"), [((), "genres_missing"), (("Opera",), "genre_unknown")])
def test_a_bad_amendment_leaves_the_proposal(ann, rita, fake_models, genres, code):
    feedback = make_feedback(make_prediction(ann), ann, "Comedy")
    with pytest.raises(InvalidInput) as caught:
        amend_feedback(feedback=feedback, reviewer=rita, genres=genres)
    assert caught.value.code == code and Feedback.objects.get().state == "proposed"


# --- in bulk ----------------------------------------------------------------------------------
def test_each_of_many_is_settled_by_itself(ann, ben, rita, fake_models):
    good, stale, done = (make_feedback(make_prediction(ann), person, "War") for person in (ann, ben, ann))
    seen = [(row.pk, row.updated_at) for row in (good, stale, done)]
    make_feedback(stale.prediction, ben, "Comedy")
    settle_feedback(feedback=done, reviewer=rita, accept=False)
    results = settle_in_bulk(seen=[*seen, (999, timezone.now()), seen[0]], reviewer=rita, accept=True)
    assert [result.refusal and result.refusal.code for result in results] == [
        None, "feedback_edited", "feedback_settled", "not_found", None,
    ]  # fmt: skip
    assert [result.pk for result in results] == [good.pk, stale.pk, done.pk, 999, good.pk]
    assert Feedback.objects.get(state="accepted") == good


@pytest.mark.parametrize("count", [0, 101])
def test_a_bulk_has_one_to_a_hundred(rita, db, count):
    with pytest.raises(InvalidInput, match=f"1 to 100 corrections; {count} came"):
        settle_in_bulk(seen=[(1, timezone.now())] * count, reviewer=rita, accept=True)


def test_a_bulk_is_for_reviewers(ann, db):
    with pytest.raises(Forbidden):
        settle_in_bulk(seen=[(1, timezone.now())], reviewer=ann, accept=True)
