"""Explanations by the versions that predicted."""

import io

import numpy as np
import pytest
from django.core.cache import cache
from PIL import Image

from genresite.errors import InvalidInput, NotFound, Unavailable
from predictor import pipelines
from predictor.models import ModelVersion, Prediction
from predictor.services.explanations import draw_heat_map, explain_prediction
from tests.factories import make_poster_bytes, make_prediction
from tests.predictor.fakes import GREEN, SCARY, FakePipeline


@pytest.fixture(autouse=True)
def clean(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    cache.clear()


def test_the_word_that_decided_is_found_at_its_place(ann, fake_models):
    plot = "\u201cNo!\u201d cries the caf\u00e9\u2019s owner.\r\nA ghost laughs \U0001f47b."
    made = make_prediction(ann, plot=plot)
    reason = explain_prediction(prediction=made, genre="Horror").plot
    (ghost,) = [span for span in reason.spans if span.level]
    assert made.plot[ghost.start : ghost.end] == ghost.text == "ghost" and ghost.weight == pytest.approx(4.0)
    assert [span.text for span in reason.spans][:5] == ["No", "cries", "the", "caf\u00e9\u2019s", "owner"]


def test_what_lowered_a_genre_has_a_negative_weight(ann, fake_models, monkeypatch):
    monkeypatch.setattr(FakePipeline, "_one", lambda self, item: [0.0, -1.5 if "dog" in item else 1.5, 0.0])
    spans = explain_prediction(prediction=make_prediction(ann, plot=SCARY + " A dog."), genre="Horror").plot.spans
    assert [(span.text, span.weight, span.level) for span in spans if span.level] == [("dog", -3.0, 3)]


def test_the_version_that_predicted_explains_even_if_another_is_active_now(ann, fake_models):
    made = make_prediction(ann)
    ModelVersion.objects.filter(kind="plot").update(state="retired")
    assert explain_prediction(prediction=made, genre="Horror").plot.version.name == "plot-fake-1"


def test_a_poster_is_hot_where_its_square_is(ann, fake_models, linear_posters):
    picture = Image.new("RGB", (200, 300))
    picture.paste((0, 255, 0), (100, 200, 200, 300))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    made = make_prediction(ann, poster_bytes=buffer.getvalue())
    explanation = explain_prediction(prediction=made, genre="Horror")
    heat = explanation.poster.heat
    row, column = np.unravel_index(heat.values.argmax(), heat.values.shape)
    assert explanation.plot is None and row >= 5 and column >= 3 and heat.box.bottom == 300
    drawn = Image.open(io.BytesIO(draw_heat_map(prediction=made, genre="Horror")))
    opacity = np.asarray(drawn)[..., 3]
    assert drawn.size == (320, 480) and opacity[450, 260] < 60 and opacity[30, 30] > 200


def test_page_and_picture_ask_the_model_once(ann, fake_models, linear_posters):
    made = make_prediction(ann, poster_bytes=make_poster_bytes(colour=GREEN))
    pipeline = pipelines.load_version(fake_models["poster"])
    explain_prediction(prediction=made, genre="Horror")
    asked = pipeline.calls
    draw_heat_map(prediction=made, genre="Horror")
    assert pipeline.calls == asked
    draw_heat_map(prediction=made, genre="Comedy")
    assert pipeline.calls > asked


def test_an_unknown_genre_is_refused(ann, fake_models):
    with pytest.raises(InvalidInput, match="there is none for “Opera”") as caught:
        explain_prediction(prediction=make_prediction(ann), genre="Opera")
    assert (caught.value.code, caught.value.field) == ("genre_unknown", "genre")


def test_a_part_that_does_not_know_the_genre_stays_silent(ann, fake_models, linear_posters, monkeypatch):
    made = make_prediction(ann, plot=SCARY, poster_bytes=make_poster_bytes())
    monkeypatch.setattr(pipelines.load_version(fake_models["poster"]), "genres", ("Comedy",))
    found = explain_prediction(prediction=made, genre="Horror")
    assert found.poster is None and found.plot is not None
    with pytest.raises(NotFound):
        draw_heat_map(prediction=made, genre="Horror")


def test_a_version_that_is_gone_is_said_to_be(ann, fake_models, monkeypatch):
    made = make_prediction(ann)
    monkeypatch.undo()
    pipelines.forget_loaded()
    with pytest.raises(Unavailable, match="plot-fake-1"):
        explain_prediction(prediction=made, genre="Horror")


def test_a_poster_whose_file_is_gone_is_not_found(ann, fake_models):
    made = make_prediction(ann, poster_bytes=make_poster_bytes())
    made.poster_file.storage.delete(made.poster_file.name)
    with pytest.raises(NotFound):
        explain_prediction(prediction=Prediction.objects.get(pk=made.pk), genre="Horror")
