"""One Idempotency-Key on several requests at the very same moment: one effect, on SQLite and on PostgreSQL."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from genresite.idempotency.models import KeptAnswer
from movies.models import Movie
from predictor.models import Batch, Prediction
from tests.predictor.batch_maker import CSV
from tests.predictor.conftest import fake_models  # noqa: F401 - a fixture
from tests.predictor.fakes import SCARY
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
KEY = {"Idempotency-Key": "one-key-1"}
REQUESTS = 6


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


def send(user, address: str, **body):
    """A call that posts JSON with the key, or a form where it has a file; every thread has its own client."""
    client = Client()
    client.force_login(user)

    def call():
        if "file" in body:
            sent = {**body, "file": SimpleUploadedFile("films.csv", body["file"])}
            return client.post(address, sent, headers=KEY)
        return client.post(address, json.dumps(body), content_type="application/json", headers=KEY)

    return call


@pytest.mark.parametrize(
    ("address", "body", "model", "status"),
    [
        ("/api/v1/movies/", {"title": "Dusk", "year": 1999}, Movie, 201),
        ("/api/v1/predictions/", {"plot": SCARY}, Prediction, 201),
        ("/api/v1/batches/", {"file": CSV}, Batch, 202),
    ],
)
def test_one_key_at_once_has_one_effect(ann, fake_models, address, body, model, status):  # noqa: F811
    answers = at_once(*[send(ann, address, **body) for _number in range(REQUESTS)])
    assert model.objects.count() == 1 and KeptAnswer.objects.count() == 1
    done = [answer for answer in answers if answer.status_code == status]
    late = [answer for answer in answers if answer.status_code != status]
    assert done and {answer.json()["id"] for answer in done} == {model.objects.get().pk}
    assert {(answer.status_code, answer.json()["error"]["code"]) for answer in late} <= {
        (409, "idempotency_in_progress")
    }
    assert [answer.headers.get("Idempotent-Replayed") for answer in done].count(None) == 1
    again = send(ann, address, **body)()
    assert (again.status_code, again.json()["id"], model.objects.count()) == (status, model.objects.get().pk, 1)


def test_one_key_for_two_bodies_at_once_lets_one_through(ann):
    answers = at_once(*[send(ann, "/api/v1/movies/", title=title) for title in ("Dusk", "Dawn")])
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    (refused,) = [answer.json() for answer in answers if answer.status_code == 409]
    assert refused["error"]["code"] == "idempotency_key_reused" and Movie.objects.count() == 1


def test_two_people_with_one_key_at_once_are_two(ann, ben):
    answers = at_once(*[send(person, "/api/v1/movies/", title="Dusk") for person in (ann, ben)])
    assert [answer.status_code for answer in answers] == [201, 201] and Movie.objects.count() == 2
