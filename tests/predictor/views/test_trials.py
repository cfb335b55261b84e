"""The page that anybody may try the models on."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from predictor.models import Prediction
from predictor.samples import SAMPLES
from tests.factories import make_poster_bytes
from tests.predictor.fakes import FUNNY, RED, SCARY

URL = "/trial/"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()
    yield
    cache.clear()


def test_stranger_gets_an_answer_and_nothing_is_kept(client, fake_models):
    page = client.post(URL, {"plot": SCARY})
    assert page.status_code == 200
    assert page.context["sheet"].rows[0].name == "Horror"
    assert SCARY in page.content.decode()
    assert not Prediction.objects.exists()


def test_sample_brings_its_poster(client, fake_models):
    page = client.post(URL, {"sample": SAMPLES[0].slug, "plot": SAMPLES[0].plot})
    sheet = page.context["sheet"]
    assert [column.part.kind for column in sheet.sources] == ["plot", "poster"]
    assert sheet.verdict


def test_own_poster_goes_before_the_samples(client, fake_models):
    poster = make_poster_bytes(colour=RED)
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = {"sample": SAMPLES[0].slug, "plot": FUNNY, "poster": SimpleUploadedFile("p.png", poster, "image/png")}
    sheet = client.post(URL, sent).context["sheet"]
    assert {column.part.kind: column.first.name for column in sheet.sources} == {"plot": "Comedy", "poster": "Comedy"}


def test_form_is_filled_with_a_sample_and_survives_rubbish(client, fake_models):
    assert SAMPLES[2].plot.split(".")[0] in client.get(URL, {"sample": SAMPLES[2].slug}).content.decode()
    assert client.get(URL, {"sample": "nothing"}).status_code == 200
    refused = client.post(URL, {"plot": "Short", "sample": "nothing"})
    assert refused.status_code == 400
    assert "plot" in refused.context["form"].errors


def test_too_many_tries_are_told_when_to_come_back(client, fake_models, settings):
    settings.TRIALS_AN_HOUR = 1
    client.post(URL, {"plot": SCARY})
    refused = client.post(URL, {"plot": SCARY})
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert "A little slower" in refused.content.decode()


def test_without_models_the_form_says_so(client, db):
    refused = client.post(URL, {"plot": SCARY})
    assert refused.status_code == 503
    assert SCARY in refused.content.decode()


def test_front_page_offers_the_samples(client, db):
    page = client.get(reverse("home")).content.decode()
    assert all(sample.title in page for sample in SAMPLES)
    assert f'action="{URL}"' in page
