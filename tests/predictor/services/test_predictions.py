"""Checking, asking, keeping."""

import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from PIL import Image

from genresite.errors import InvalidInput, Unavailable
from movies.models import Genre
from predictor.models import DecidedGenre, Prediction, PredictionPart
from predictor.services.predictions import predict_once, record_prediction
from tests.factories import make_movie, make_poster_bytes
from tests.predictor.fakes import DULL, FUNNY, GREEN, RED, SCARY


def media_files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


def test_a_plot_is_predicted_and_kept(ann, fake_models):
    prediction = record_prediction(owner=ann, origin="web", plot=f"  {SCARY}\r\n", title=" The  House ")
    prediction.refresh_from_db()
    assert (prediction.kind, prediction.plot, prediction.title) == ("plot", SCARY, "The House")
    assert [(row.genre.name, row.rank) for row in prediction.decided_genres.all()] == [("Horror", 1)]
    assert prediction.scores["Horror"] == pytest.approx(0.880797, abs=1e-6)
    assert not prediction.unsure and prediction.duration_ms >= 0
    (part,) = prediction.parts.all()
    assert part.version == fake_models["plot"] and part.scores == prediction.scores and part.decided == ["Horror"]


def test_a_poster_is_kept_as_pixels_only(ann, fake_models):
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    data = make_poster_bytes("JPEG", colour=RED, exif=exif) + b"<script>"
    prediction = record_prediction(owner=ann, origin="api", poster_bytes=data)
    with prediction.poster_file.open() as stream:
        stored = stream.read()
    assert stored[8:12] == b"WEBP" and b"where I live" not in stored and b"<script>" not in stored
    assert (prediction.kind, prediction.poster_width, prediction.poster_height) == ("poster", 80, 120)
    assert prediction.poster_thumbnail and len(media_files()) == 2


def test_both_keeps_a_part_for_each_model(ann, joint_model):
    prediction = record_prediction(owner=ann, origin="web", plot=SCARY, poster_bytes=make_poster_bytes(colour=GREEN))
    assert {part.kind: part.version.name for part in prediction.parts.all()} == {
        "both": "both-fake-1", "plot": "plot-fake-1", "poster": "poster-fake-1",
    }  # fmt: skip
    assert prediction.scores == prediction.parts.get(kind="both").scores


def test_no_genre_over_its_threshold_is_unsure(ann, fake_models):
    prediction = record_prediction(owner=ann, origin="web", plot=DULL)
    assert prediction.unsure and not prediction.decided_genres.exists()


def test_a_film_lends_its_title(ann, fake_models):
    movie = make_movie("The Lighthouse Keeper")
    assert record_prediction(owner=ann, origin="web", plot=SCARY, movie=movie).title == "The Lighthouse Keeper"


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({}, "nothing_given", "plot"),
        ({"plot": "  \n "}, "nothing_given", "plot"),
        ({"plot": "too short"}, "plot_too_short", "plot"),
        ({"plot": "x" * 20_001}, "plot_too_long", "plot"),
        ({"plot": "1234567890 1234567890"}, "plot_without_letters", "plot"),
        ({"plot": SCARY + "\x00"}, "plot_invalid_characters", "plot"),
        ({"plot": SCARY, "poster_bytes": b""}, "poster_empty", "poster"),
        (
            {"plot": SCARY, "poster_bytes": b"<svg xmlns='http://www.w3.org/2000/svg'/>"},
            "poster_not_an_image",
            "poster",
        ),
        ({"plot": SCARY, "title": "x" * 301}, "title_too_long", "title"),
        ({"plot": SCARY, "title": "a\x00b"}, "title_invalid_characters", "title"),
    ],
)
def test_bad_input_is_refused_by_field_and_leaves_nothing(ann, fake_models, given, code, field):
    with pytest.raises(InvalidInput) as caught:
        record_prediction(owner=ann, origin="web", **given)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert not Prediction.objects.exists() and not media_files()


def test_a_failing_write_leaves_neither_rows_nor_files(ann, fake_models, monkeypatch):
    def fail(*args, **kwargs):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(DecidedGenre.objects, "bulk_create", fail)
    with pytest.raises(DatabaseError):
        record_prediction(owner=ann, origin="web", poster_bytes=make_poster_bytes(colour=RED))
    assert not Prediction.objects.exists() and not PredictionPart.objects.exists() and not media_files()


def test_a_genre_that_the_catalogue_lacks_is_told(ann, fake_models):
    Genre.objects.filter(name="Horror").delete()
    with pytest.raises(Unavailable, match="does not have: Horror"):
        record_prediction(owner=ann, origin="web", plot=SCARY)
    assert not Prediction.objects.exists()


def test_the_same_form_sent_twice_makes_one_prediction(ann, ben, fake_models):
    key = uuid.uuid4()
    first = record_prediction(owner=ann, origin="web", plot=SCARY, submission=key)
    assert record_prediction(owner=ann, origin="web", plot=SCARY, submission=key) == first
    assert record_prediction(owner=ben, origin="web", plot=SCARY, submission=key) != first


def test_a_used_form_with_new_words_makes_a_new_prediction(ann, fake_models):
    key = uuid.uuid4()
    first = record_prediction(owner=ann, origin="web", plot=SCARY, submission=key)
    second = record_prediction(owner=ann, origin="web", plot=FUNNY, submission=key)
    assert second != first and second.submission is None


def test_a_form_sent_twice_at_once_makes_one_prediction(ann, fake_models, monkeypatch):
    from predictor.services import predictions

    key = uuid.uuid4()
    first = record_prediction(owner=ann, origin="web", plot=SCARY, submission=key)
    inner, looks = predictions._find_submitted, []

    def blind_at_first(owner, submission):
        looks.append(submission)
        return None if len(looks) == 1 else inner(owner, submission)

    monkeypatch.setattr(predictions, "_find_submitted", blind_at_first)
    assert record_prediction(owner=ann, origin="web", plot=SCARY, submission=key) == first


def test_predict_once_keeps_nothing(fake_models):
    answer = predict_once(plot=FUNNY, poster_bytes=make_poster_bytes(colour=RED))
    assert answer.scores.decided == ("Comedy",)
    assert not Prediction.objects.exists() and not media_files()


def test_visible_to_owner_and_reviewers_only(ann, ben, rita, sam, fake_models):
    record_prediction(owner=ann, origin="web", plot=SCARY)
    counts = [Prediction.objects.visible_to(person).count() for person in (ann, ben, rita, sam)]
    assert counts == [1, 0, 1, 1] and connection.vendor
