"""How far a prediction is from a genre."""

import numpy as np
import pytest

from genresite.errors import Unavailable
from predictor import pipelines
from predictor.models import Prediction
from predictor.services.standings import Reading, Rival, read_standing
from tests.factories import make_poster_bytes, make_prediction
from tests.predictor.fakes import DULL, GENRES, RED, SCARY


def test_a_genre_that_was_not_named_falls_short_of_its_threshold(ann, fake_models):
    made = make_prediction(ann, plot=SCARY)
    found = read_standing(prediction=made, genre="Western")
    assert found.whole == Reading("plot", fake_models["plot"], made.scores["Western"], 0.5, False)
    assert found.whole.probability == pytest.approx(0.1192, abs=1e-4)
    assert found.whole.distance == pytest.approx(-0.3808, abs=1e-4)
    assert found.parts == [found.whole] and found.rival == Rival("Horror", pytest.approx(0.8808, abs=1e-4))


def test_a_genre_is_no_rival_of_itself(ann, fake_models):
    found = read_standing(prediction=make_prediction(ann, plot=SCARY), genre="Horror")
    assert found.whole.decided and found.whole.distance > 0 and found.rival is None


def test_where_nothing_was_named_nothing_competes(ann, fake_models):
    assert read_standing(prediction=make_prediction(ann, plot=DULL), genre="Horror").rival is None


def test_each_genre_has_the_threshold_of_its_own_column(ann, fake_models, monkeypatch):
    bundle = pipelines.load_version(fake_models["plot"]).bundle
    monkeypatch.setattr(bundle, "thresholds", np.asarray([0.2, 0.3, 0.4], np.float32))
    made = make_prediction(ann, plot=SCARY)
    limits = [read_standing(prediction=made, genre=genre).whole.threshold for genre in GENRES]
    assert limits == [0.2, 0.3, 0.4]


def test_plot_and_poster_stand_beside_what_decided(ann, joint_model):
    made = make_prediction(ann, plot=SCARY, poster_bytes=make_poster_bytes(colour=RED))
    found = read_standing(prediction=made, genre="Horror")
    assert found.whole.version == joint_model["both"] and found.whole.kind == "both"
    assert [(part.kind, part.decided) for part in found.parts] == [("plot", True), ("poster", False)]
    assert found.parts[1].distance < 0 and found.rival is not None and found.rival.genre == "Comedy"


def test_without_a_joint_model_probability_and_threshold_are_means(ann, fake_models, monkeypatch):
    bundle = pipelines.load_version(fake_models["poster"]).bundle
    monkeypatch.setattr(bundle, "thresholds", np.full(3, 0.3, np.float32))
    made = make_prediction(ann, plot=SCARY, poster_bytes=make_poster_bytes(colour=RED))
    whole = read_standing(prediction=made, genre="Horror").whole
    assert (whole.kind, whole.version, whole.threshold) == ("both", None, pytest.approx(0.4))
    assert whole.probability == made.scores["Horror"] and whole.decided == (whole.distance >= 0)


def test_a_version_that_names_one_genre_has_no_thresholds(ann, fake_models, monkeypatch):
    made = make_prediction(ann, plot=SCARY)
    monkeypatch.setattr(pipelines.load_version(fake_models["plot"]).bundle, "single_label", True)
    whole = read_standing(prediction=made, genre="Western").whole
    assert (whole.threshold, whole.distance) == (None, None)


def test_a_part_that_does_not_know_the_genre_is_left_out(ann, fake_models):
    made = make_prediction(ann, plot=SCARY, poster_bytes=make_poster_bytes(colour=RED))
    poster = made.parts.get(kind="poster")
    del poster.scores["Western"]
    poster.save()
    found = read_standing(prediction=Prediction.objects.listed().get(pk=made.pk), genre="Western")
    assert [part.kind for part in found.parts] == ["plot"] and found.whole.threshold == 0.5


def test_a_version_that_is_gone_has_no_thresholds_to_tell(ann, fake_models, monkeypatch):
    made = make_prediction(ann)
    monkeypatch.undo()
    pipelines.forget_loaded()
    with pytest.raises(Unavailable):
        read_standing(prediction=made, genre="Horror")


def test_a_standing_asks_the_database_nothing(ann, joint_model, django_assert_num_queries):
    made = make_prediction(ann, plot=SCARY, poster_bytes=make_poster_bytes(colour=RED))
    listed = Prediction.objects.listed().get(pk=made.pk)
    with django_assert_num_queries(0):
        read_standing(prediction=listed, genre="Western")
