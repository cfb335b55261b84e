"""The main job from end to end: sign up, predict, correct, find it again, and the same by API with a token."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from genresite.accounts.models import User
from predictor.models import Feedback, Prediction
from tests.factories import make_poster_bytes, make_user
from tests.predictor.fakes import GREEN, SCARY, install_fakes

PASSWORD = "a long enough passphrase"


@pytest.fixture
def models(db, monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return install_fakes(monkeypatch, "plot", "poster")


def sign_up(client: Client, name: str) -> User:
    sent = {"username": name, "email": f"{name}@example.org", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/signup/", sent).status_code == 302
    return User.objects.get(username=name)


def predict(client: Client, **sent) -> Prediction:
    form = client.get("/predict/").content.decode()
    key = re.search(r'name="submission" value="([^"]+)"', form)
    answer = client.post("/predict/", {**sent, "submission": key.group(1)}, follow=True)
    assert answer.status_code == 200 and "Likely genres" in answer.content.decode()
    return Prediction.objects.latest("pk")


def test_sign_up_predict_correct_and_find_again(models, client):
    person = sign_up(client, "nora")
    plot = predict(client, plot=SCARY, title="The Empty House")
    poster = predict(client, poster=SimpleUploadedFile("p.png", make_poster_bytes(colour=GREEN)), title="The Poster")
    assert [one.owner for one in (plot, poster)] == [person, person]
    corrected = client.post(
        f"/predictions/{plot.pk}/feedback/", {"genres": ["Western"], "note": "no ghost"}, follow=True
    )
    assert "waits for a reviewer" in corrected.content.decode()
    history = client.get("/history/").content.decode()
    assert "The Empty House" in history and "The Poster" in history and "waits for a reviewer" in history
    assert "The Poster" not in client.get("/history/?corrected=true").content.decode()

    other = Client()
    sign_up(other, "otto")
    assert other.get(f"/predictions/{plot.pk}/").status_code == 404

    reviewer = Client()
    reviewer.force_login(make_user("rita", "reviewer"))
    settle = f"/feedback/{Feedback.objects.get().pk}/settle/"
    assert reviewer.post(settle, {"verdict": "accept"}).status_code == 302
    assert "accepted" in client.get(f"/predictions/{plot.pk}/").content.decode()


def test_the_same_by_api_with_a_token(models, client):
    sign_up(client, "nora")
    page = client.post("/accounts/tokens/new/", {"name": "my script", "lifetime": "30"}, follow=True).content.decode()
    token = re.search(r"gs_[A-Za-z0-9]+", page).group(0)
    program = Client(headers={"Authorization": f"Token {token}"})
    made = program.post("/api/v1/predictions/", {"plot": SCARY}, content_type="application/json").json()
    assert made["genres"] == ["Horror"] and made["models"] == {"plot": "plot-fake-1"}
    poster = SimpleUploadedFile("p.png", make_poster_bytes(colour=GREEN))
    assert program.post("/api/v1/predictions/", {"poster": poster}).json()["genres"] == ["Horror"]
    said = program.put(
        f"/api/v1/predictions/{made['id']}/feedback/", {"genres": ["Western"]}, content_type="application/json"
    )
    assert said.json()["state"] == "proposed"
    listed = program.get("/api/v1/predictions/?corrected=true").json()["results"]
    assert [one["id"] for one in listed] == [made["id"]]
    assert Client().get("/api/v1/predictions/").status_code == 401
