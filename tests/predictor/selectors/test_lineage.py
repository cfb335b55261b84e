"""Where labels come from, and what was made of them."""

import pytest

from predictor.models import TrainedOn
from predictor.selectors.lineage import read_film_lineage, read_prediction_lineage
from predictor.services.feedback import amend_feedback, settle_feedback
from predictor.services.reviews import record_review
from tests.factories import make_feedback, make_movie, make_prediction
from tests.predictor.fakes import SCARY, make_version


@pytest.fixture
def film(db):
    return make_movie(genres=("Drama",))


def test_a_label_of_a_source_names_the_source_and_what_learned_from_it(ann, film, fake_models):
    old, new = make_version(name="old", state="retired"), make_version(name="new", state="retired")
    for version in (old, new):
        TrainedOn.objects.create(version=version, label=f"movie:{film.pk}", split="train", movie=film)
    (line,) = read_film_lineage(film, ann)
    assert (line.label.source, line.word, line.versions) == ("imdb", None, [new, old])


def test_a_persons_label_names_the_prediction_and_the_reviewer(ann, ben, rita, film, fake_models):
    feedback = make_feedback(make_prediction(ann, movie=film), ann, "Western")
    settle_feedback(feedback=feedback, reviewer=rita, accept=True)
    version = make_version(name="taught", state="retired")
    TrainedOn.objects.create(version=version, label=f"feedback:{feedback.pk}", split="train", feedback=feedback)
    (line,) = read_film_lineage(film, ann)
    assert (line.label.person, line.word, line.word.settled_by, line.versions) == (ann, feedback, rita, [version])
    assert [read_film_lineage(film, person)[0].visible for person in (ann, ben, rita)] == [True, False, True]


def test_the_films_page_shows_the_lineage(ann, ben, rita, film, client_for, fake_models):
    prediction = make_prediction(ann, movie=film)
    amend_feedback(feedback=make_feedback(prediction, ann, "War"), reviewer=rita, genres=["Western"])
    pages = [client_for(person).get(f"/catalogue/{film.pk}/").content.decode() for person in (ann, ben)]
    assert all("amended by rita (ann had said War)" in page and "none yet" in page for page in pages)
    assert [f"/predictions/{prediction.pk}/" in page for page in pages] == [True, False]


def test_the_predictions_page_shows_what_became_of_it(ann, rita, client_for, fake_models):
    prediction = make_prediction(ann)
    address = f"/predictions/{prediction.pk}/"
    make_feedback(prediction, ann, "War")
    assert "What became of it?" not in client_for(ann).get(address).content.decode()
    feedback = settle_feedback(feedback=prediction.feedback.get(), reviewer=rita, accept=True)
    version = make_version(name="taught", state="retired")
    TrainedOn.objects.create(version=version, label=f"feedback:{feedback.pk}", split="train", feedback=feedback)
    page = client_for(ann).get(address).content.decode()
    assert "accepted by rita" in page and "#taught" in page and "Reviews" not in page
    assert "Reviews" in client_for(rita).get(address).content.decode()
    assert [review.verdict for review in read_prediction_lineage(prediction, rita).reviews] == ["confirmed"]


def test_lineage_costs_the_same_for_many(ann, ben, rita, film, fake_models, django_assert_max_num_queries):
    def say(number: int, *genres: str) -> None:
        prediction = make_prediction(ann, plot=f"{SCARY} {number}", movie=film)
        feedback = make_feedback(prediction, ben, *genres)
        settle_feedback(feedback=feedback, reviewer=rita, accept=True)
        TrainedOn.objects.create(
            version=make_version(name=f"v{number}", state="retired"),
            label=f"feedback:{feedback.pk}",
            split="train",
            feedback=feedback,
        )

    say(0, "War")
    with django_assert_max_num_queries(6) as few:
        read_film_lineage(film, rita)
    for number in range(1, 4):
        say(number, "War", "Drama", "Comedy")
    with django_assert_max_num_queries(len(few)):
        lines = read_film_lineage(film, rita)
    assert [line.label.genre.name for line in lines] == ["Comedy", "Drama", "War"] and len(lines[0].versions) == 1
    record_review(prediction=make_prediction(ann), reviewer=rita, genres=["War"])
    with django_assert_max_num_queries(6):
        read_prediction_lineage(lines[0].word.prediction, rita)
