"""From versions to answers."""

import threading
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from genresite.errors import Unavailable
from predictor import pipelines
from predictor.ml.examples import GenreScores
from predictor.models import ModelVersion
from predictor.pipelines import Film, average, predict
from predictor.services.versions import register_version
from tests.predictor.fakes import BLUE, FUNNY, GREEN, RED, SCARY, make_version
from tests.predictor.ml.bundles import make_custom_bundle


def picture(colour) -> np.ndarray:
    return np.full((16, 16, 3), colour, np.uint8)


def test_answers_come_in_the_order_of_the_films(fake_models):
    films = [Film(FUNNY), Film(poster=picture(BLUE)), Film(SCARY, picture(GREEN)), Film(SCARY)]
    answers = predict(films)
    assert [answer.kind for answer in answers] == ["plot", "poster", "both", "plot"]
    assert [answer.scores.decided for answer in answers] == [("Comedy",), ("Western",), ("Horror",), ("Horror",)]
    assert all(answer.duration_ms >= 0 for answer in answers)


def test_films_of_one_kind_go_through_the_network_together(fake_models):
    predict([Film(FUNNY), Film(SCARY), Film(FUNNY)])
    assert pipelines.load_version(fake_models["plot"]).calls == 1


def test_without_a_joint_model_both_is_the_mean_of_two_parts(fake_models):
    (answer,) = predict([Film(FUNNY, picture(GREEN))])
    assert [part.kind for part in answer.parts] == ["plot", "poster"]
    plot, poster = (part.scores.probabilities for part in answer.parts)
    np.testing.assert_allclose(answer.scores.probabilities, (plot + poster) / 2, rtol=1e-6)


def test_a_joint_model_decides_over_its_own_parts(joint_model):
    make = ModelVersion.objects.create
    retired = joint_model["plot"]
    retired.state = "retired"
    retired.save()
    make(kind="plot", name="plot-fake-2", recipe="fake", folder="plot-fake-2", manifest_sha256="1" * 64, state="active")
    (answer,) = predict([Film(FUNNY, picture(RED))])
    assert {part.kind: part.version.name for part in answer.parts} == {
        "plot": "plot-fake-1", "poster": "poster-fake-1", "both": "both-fake-1",
    }  # fmt: skip
    assert answer.scores is answer.parts[-1].scores


def test_plots_are_answered_in_the_custom_of_the_site(db, trained, settings):
    version = register_version(make_custom_bundle(trained).folder)
    chances = {}
    for custom in ("", "imdb", "tmdb", "netflix"):
        settings.GENRE_CUSTOM = custom
        pipelines.forget_loaded()
        (answer,) = predict([Film("soldier soldier")], version=version)
        chances[custom] = answer.scores.as_dict()["War"]
    assert chances["imdb"] > 0.8
    assert chances["tmdb"] < 0.01
    assert chances[""] == chances["netflix"] == pytest.approx(chances["imdb"] / 2, abs=1e-4)


def test_joint_model_without_its_parts_is_unavailable(joint_model):
    ModelVersion.objects.filter(name="plot-fake-1").update(name="plot-other")
    with pytest.raises(Unavailable, match="builds on plot-fake-1"):
        predict([Film(FUNNY, picture(RED))])


def test_no_model_is_a_sentence(db):
    with pytest.raises(Unavailable, match="No model for plots") as caught:
        predict([Film(FUNNY)])
    assert caught.value.code == "model_missing"


def test_an_activated_version_answers_at_once(fake_models):
    assert predict([Film(FUNNY)])[0].parts[0].version.name == "plot-fake-1"
    ModelVersion.objects.filter(kind="plot").update(state="retired")
    make_version("plot", "plot-fake-2")
    assert predict([Film(FUNNY)])[0].parts[0].version.name == "plot-fake-2"


def test_a_version_asked_for_by_name_answers(fake_models):
    other = make_version("plot", "plot-fake-9", state="candidate")
    assert predict([Film(FUNNY)], version=other)[0].parts[0].version.name == "plot-fake-9"


def test_a_version_is_loaded_once_by_many_threads(fake_models, monkeypatch):
    opened = []
    inner = pipelines._open
    monkeypatch.setattr(pipelines, "_open", lambda version: opened.append(version.name) or inner(version))
    threads = [threading.Thread(target=pipelines.load_version, args=[fake_models["plot"]]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened == ["plot-fake-1"]


def test_old_pipelines_are_let_go(fake_models, monkeypatch):
    monkeypatch.setattr(pipelines, "MAX_LOADED", 2)
    for number in range(4):
        pipelines.load_version(make_version("plot", f"plot-{number}", state="candidate"))
    assert len(pipelines._loaded) == 2


def test_a_version_whose_folder_is_gone_is_refused_in_words(db):
    make_version("plot", "plot-gone")
    with pytest.raises(Unavailable, match=r"plot-gone is not used.*folder is not there") as caught:
        predict([Film(FUNNY)])
    assert caught.value.code == "model_broken"


def scores(genres, probabilities, thresholds, unsure=False) -> GenreScores:
    made = GenreScores.decide(genres, np.float32(probabilities), np.float32(thresholds))
    return GenreScores(made.genres, made.probabilities, made.thresholds, made.decided, unsure or made.unsure)


def test_average_keeps_the_figures_of_a_genre_that_one_model_knows():
    mean = average(scores(("A", "B"), [0.9, 0.2], [0.5, 0.5]), scores(("B", "C"), [0.6, 0.7], [0.3, 0.6]))
    assert mean.genres == ("A", "B", "C")
    np.testing.assert_allclose(mean.probabilities, [0.9, 0.4, 0.7], rtol=1e-6)
    np.testing.assert_allclose(mean.thresholds, [0.5, 0.4, 0.6], rtol=1e-6)
    assert mean.decided[0] == "A" and "C" in mean.decided


def test_average_of_two_unsure_models_is_unsure():
    one = scores(("A",), [0.9], [0.5], unsure=True)
    assert average(one, one).unsure
    assert not average(one, scores(("A",), [0.9], [0.5])).unsure


def test_the_shipped_plot_model_answers(db):
    from predictor.services.versions import register_shipped_versions

    register_shipped_versions()
    pipelines.forget_loaded()
    (answer,) = predict([Film("A sheriff and his deputies ride out to stop a gang of outlaws robbing the railroad.")])
    pipelines.forget_loaded()
    assert answer.scores.as_dict()["Western"] == max(answer.scores.as_dict().values())
    assert Path(settings.PRETRAINED_DIR).is_dir()
