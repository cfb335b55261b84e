"""The desk: own work only, honest numbers, and no more queries however much there is."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from movies.figures import KEPT_SECONDS, WEEKS
from movies.models import Genre, Movie
from movies.services import create_movie, set_genres
from predictor.models import Feedback, ModelVersion
from predictor.selectors import correction_agreement
from predictor.selectors.desk import read_desk
from predictor.services.feedback import record_feedback, settle_feedback
from tests.factories import make_feedback, make_movie, make_prediction
from tests.predictor.fakes import FUNNY, make_version


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """No figures of another test."""
    cache.clear()


def test_desk_shows_own_work_and_what_waits(ann, ben, fake_models):
    mine, other = make_prediction(ann, title="Mine"), make_prediction(ben, plot=FUNNY)
    make_feedback(mine, ann)
    make_feedback(other, ben)
    desk = read_desk(ann)
    assert desk.recent == [mine]
    assert (desk.prediction_count.rows, desk.waiting_count.rows) == (1, 1)


def test_reviewer_sees_every_correction_that_waits(ann, ben, rita, fake_models):
    make_feedback(make_prediction(ann), ann)
    settled = make_feedback(make_prediction(ben), ben)
    Feedback.objects.filter(pk=settled.pk).update(state=Feedback.State.REJECTED)
    desk = read_desk(rita)
    assert (desk.prediction_count.rows, desk.waiting_count.rows) == (0, 1)


def test_mix_and_growth_count_films(ann):
    make_movie("One", genres=("Drama", "War"))
    make_movie("Two", genres=("Drama",))
    Movie.objects.filter(title="One").update(created_at=timezone.now() - timedelta(weeks=30))
    desk = read_desk(ann)
    assert desk.mix.rows == [["Drama", "2"], ["War", "1"]]
    assert len(desk.growth.rows) == WEEKS
    assert (desk.growth.rows[0][1], desk.growth.rows[-1][1]) == ("1", "2")
    assert desk.growth.description == "2 films now, 1 of them added in twelve weeks."


def test_agreement_is_the_overlap_of_what_was_decided_and_said(ann, fake_models):
    make_feedback(make_prediction(ann), ann, "Horror")
    make_feedback(make_prediction(ann, plot=FUNNY), ann, "Comedy", "Western")
    desk = read_desk(ann)
    assert [row[1] for row in desk.agreement.rows] == ["75 %"]


def test_models_are_shown_with_their_figures_and_the_broken_ones_by_name(ann, fake_models):
    make_version("plot", "plot-broken", state=ModelVersion.State.BROKEN)
    make_version("plot", "plot-old", state=ModelVersion.State.RETIRED)
    desk = read_desk(ann)
    assert [health.version.name for health in desk.models] == ["plot-fake-1", "plot-broken", "poster-fake-1"]
    assert (desk.models[0].hit_percent, desk.models[0].ece_points) == ("91 %", "1.2")
    assert [health.version.name for health in desk.broken] == ["plot-broken"]


@pytest.mark.parametrize("films", [1, 8])
def test_desk_costs_the_same_however_much_there_is(ann, client_for, fake_models, django_assert_num_queries, films):
    for number in range(films):
        make_movie(f"Film {number}", genres=("Drama", "War"))
        make_feedback(make_prediction(ann), ann)
    browser = client_for(ann)
    cache.clear()
    # Session, person, role; two counts, six predictions with genres and feedback, models: 9.
    # Where they are not kept: films by week and by genre, corrections with their genres and the models'.
    with django_assert_num_queries(9 + 2 + 3):
        browser.get("/")
    with django_assert_num_queries(9):
        browser.get("/")


def test_own_film_is_on_the_desk_at_once(ann):
    make_movie("One", genres=("Drama",))
    assert (read_desk(ann).film_count, read_desk(ann).mix.rows) == (1, [["Drama", "1"]])
    film = create_movie(title="Two", genres=[Genre.objects.get(name="War")], person=ann)
    desk = read_desk(ann)
    assert (desk.film_count, desk.mix.rows, desk.growth.rows[-1][1]) == (2, [["Drama", "1"], ["War", "1"]], "2")
    set_genres(movie=film, genres=[Genre.objects.get(name="Drama")], person=ann)
    assert read_desk(ann).mix.rows == [["Drama", "2"]]


def test_own_correction_is_on_the_desk_at_once(ann, ben, rita, fake_models):
    item, other = make_prediction(ann), make_prediction(ben)
    decided = [row.genre.name for row in item.decided_genres.all()]
    assert read_desk(ann).agreement.rows == read_desk(rita).agreement.rows == []
    correction = record_feedback(prediction=item, author=ann, genres=decided)
    assert [row[1] for row in read_desk(ann).agreement.rows] == ["100 %"]
    record_feedback(prediction=item, author=ann, genres=["Western"])
    record_feedback(prediction=other, author=ben, genres=decided)
    assert [row[1] for row in read_desk(ann).agreement.rows] == ["0 %"]
    assert [row[1] for row in read_desk(rita).agreement.rows] == ["50 %"]
    correction.refresh_from_db()
    settle_feedback(feedback=correction, reviewer=rita, accept=False)
    assert read_desk(ann).agreement.rows == []
    assert [row[1] for row in read_desk(rita).agreement.rows] == ["100 %"]


def test_what_no_service_wrote_shows_after_ten_minutes(ann, time_machine):
    make_movie("One")
    assert read_desk(ann).film_count == 1
    Movie.objects.create(title="Two")
    assert read_desk(ann).film_count == 1
    time_machine.move_to(timezone.now() + timedelta(seconds=KEPT_SECONDS + 1))
    assert read_desk(ann).film_count == 2


def test_only_the_latest_corrections_are_compared(ann, monkeypatch, fake_models):
    for genre in ("Western", "Horror"):
        make_feedback(make_prediction(ann), ann, genre)
    monkeypatch.setattr(correction_agreement, "NEWEST_CORRECTIONS", 1)
    assert "1 correction." in read_desk(ann).agreement.description
