"""What people say, and what reviewers make of it."""

import pytest

from genresite.errors import Conflict, Forbidden, InvalidInput
from predictor.models import Feedback
from predictor.services.feedback import record_feedback, settle_feedback
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
