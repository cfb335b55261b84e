"""The desk: own work only, honest numbers, and no more queries however much there is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from movies.models import Movie
from predictor.models import Feedback, ModelVersion
from predictor.selectors.desk import WEEKS, read_desk
from tests.factories import make_feedback, make_movie, make_prediction
from tests.predictor.fakes import FUNNY, make_version


def test_desk_shows_own_work_and_what_waits(ann, ben, fake_models):
    mine, other = make_prediction(ann, title="Mine"), make_prediction(ben, plot=FUNNY)
    make_feedback(mine, ann)
    make_feedback(other, ben)
    desk = read_desk(ann)
    assert desk.recent == [mine]
    assert (desk.prediction_count, desk.waiting_count) == (1, 1)


def test_reviewer_sees_every_correction_that_waits(ann, ben, rita, fake_models):
    make_feedback(make_prediction(ann), ann)
    settled = make_feedback(make_prediction(ben), ben)
    Feedback.objects.filter(pk=settled.pk).update(state=Feedback.State.REJECTED)
    desk = read_desk(rita)
    assert (desk.prediction_count, desk.waiting_count) == (0, 1)


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
    # Session, person; then counts, six predictions with genres and feedback, models, mix, growth, agreement.
    with django_assert_num_queries(15):
        browser.get("/")
