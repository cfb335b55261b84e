"""Everything that is kept about a person leaves with them, but for what was accepted."""

import io
import json
import zipfile

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.urls import reverse

from genresite.accounts.models import User
from genresite.accounts.personal_data import list_sections
from genresite.accounts.services import create_token
from genresite.accounts.services.deletion import MOST_ATTEMPTS, delete_account
from genresite.errors import Conflict, InvalidInput, TooMany
from movies.models import GenreLabel, Movie
from predictor.models import Feedback, Job, Prediction
from predictor.services.feedback import settle_feedback
from tests.factories import PASSWORD, make_feedback, make_movie, make_poster_bytes, make_prediction
from tests.predictor.conftest import fake_models  # noqa: F401 - a fixture


@pytest.fixture(autouse=True)
def no_attempts_yet():
    cache.clear()


def test_wrong_password_deletes_nothing(ann) -> None:
    with pytest.raises(InvalidInput) as refused:
        delete_account(user=ann, password="guess")
    assert refused.value.code == "password_wrong"
    assert User.objects.filter(pk=ann.pk).exists()


def test_password_cannot_be_guessed_for_long(ann) -> None:
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(InvalidInput):
            delete_account(user=ann, password="guess")
    with pytest.raises(TooMany):
        delete_account(user=ann, password=PASSWORD)


def test_accepted_labels_stay_without_the_name(
    ann, ben, rita, fake_models, django_capture_on_commit_callbacks  # noqa: F811
) -> None:  # fmt: skip
    film = make_movie("Dusk", person=ann)
    of_film = make_prediction(ann, movie=film)
    free = make_prediction(ann, poster_bytes=make_poster_bytes())
    plain = make_prediction(ann, poster_bytes=make_poster_bytes(colour=(0, 0, 250)))
    of_ben = make_prediction(ben)
    for prediction in (of_film, free, of_ben):
        settle_feedback(feedback=make_feedback(prediction, ann, note="mine"), reviewer=rita, accept=True)
    make_feedback(plain, ann)
    files = {name: default_storage.exists(name) for name in (plain.poster_file.name, plain.poster_thumbnail.name)}
    assert all(files.values())
    with django_capture_on_commit_callbacks(execute=True):
        delete_account(user=ann, password=PASSWORD)
    assert not User.objects.filter(username="ann").exists()
    assert set(Prediction.objects.filter(owner=None)) == {of_film, free}
    assert {feedback.author for feedback in Feedback.objects.all()} == {None}
    assert {feedback.note for feedback in Feedback.objects.all()} == {""}
    assert Feedback.objects.filter(state="accepted").count() == 3
    label = GenreLabel.objects.get(movie=film)
    assert (label.genre.name, label.source, label.person) == ("Western", "person", None)
    assert Movie.objects.get(pk=film.pk).created_by is None
    assert not any(default_storage.exists(name) for name in files)
    assert default_storage.exists(free.poster_file.name)


def test_reviewers_still_see_what_has_no_owner(client_for, ann, rita, fake_models) -> None:  # noqa: F811
    prediction = make_prediction(ann)
    settle_feedback(feedback=make_feedback(prediction, ann), reviewer=rita, accept=True)
    delete_account(user=ann, password=PASSWORD)
    client = client_for(rita)
    assert "a deleted account" in client.get(reverse("predictor:history")).content.decode()
    assert client.get(reverse("predictor:detail", args=[prediction.pk])).status_code == 200
    assert client.get(f"/api/v1/predictions/{prediction.pk}/").status_code == 200


def test_work_of_nobody_is_called_off(ann) -> None:
    waiting = Job.objects.create(kind=Job.Kind.CATALOGUE, requested_by=ann)
    delete_account(user=ann, password=PASSWORD)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.requested_by) == (Job.State.CANCELLED, None)


def test_only_administrator_must_name_another_first(ann, ben) -> None:
    User.objects.filter(pk=ann.pk).update(is_superuser=True)
    ann.refresh_from_db()
    with pytest.raises(Conflict, match="another administrator"):
        delete_account(user=ann, password=PASSWORD)
    User.objects.filter(pk=ben.pk).update(is_superuser=True)
    delete_account(user=ann, password=PASSWORD)
    assert not User.objects.filter(username="ann").exists()


def test_page_deletes_and_signs_out(client_for, ann) -> None:
    client = client_for(ann)
    refused = client.post(reverse("accounts:delete"), {"password": "guess"})
    assert refused.status_code == 422
    assert "This is not your password" in refused.content.decode()
    assert client.post(reverse("accounts:delete"), {"password": PASSWORD}).url == "/"
    assert "_auth_user_id" not in client.session
    assert not User.objects.exists()


def test_api_deletes(client_for, ann) -> None:
    client = client_for(ann)

    def delete(password: str) -> int:
        body = json.dumps({"password": password})
        return client.delete("/api/v1/account/", body, content_type="application/json").status_code

    assert (delete("guess"), delete(PASSWORD)) == (400, 204)
    assert client.get("/api/v1/account/").status_code == 401


def read_zip(response) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def test_download_holds_everything_of_mine_and_nothing_of_others(client_for, ann, ben, fake_models) -> None:  # noqa: F811
    mine = make_prediction(ann, poster_bytes=make_poster_bytes())
    make_prediction(ben, title="Of Ben")
    make_feedback(mine, ann, note="My remark")
    make_movie("Dusk", person=ann)
    create_token(user=ann, name="import", lifetime=None)
    for address in (reverse("accounts:download_data"), "/api/v1/account/data/"):
        response = client_for(ann).get(address)
        assert response["Content-Type"] == "application/zip"
        archive = read_zip(response)
        assert {f"{section.name}.jsonl" for section in list_sections()} <= set(archive.namelist())
        (prediction,) = [json.loads(line) for line in archive.read("predictions.jsonl").splitlines()]
        assert prediction["id"] == mine.pk
        assert archive.read(f"files/{prediction['poster'].split('/')[-1]}") == mine.poster_file.open().read()
        assert b"My remark" in archive.read("corrections.jsonl")
        assert b"Dusk" in archive.read("films.jsonl")
        assert json.loads(archive.read("tokens.jsonl"))["name"] == "import"


def test_download_says_which_file_is_gone(client_for, ann, fake_models) -> None:  # noqa: F811
    prediction = make_prediction(ann, poster_bytes=make_poster_bytes())
    default_storage.delete(prediction.poster_file.name)
    archive = read_zip(client_for(ann).get(reverse("accounts:download_data")))
    assert prediction.poster_file.name.encode() in archive.read("missing-files.txt")


def test_every_model_with_a_person_is_spoken_of() -> None:
    """A new model that points to people must say what becomes of it: add it to the app's personal_data.py."""
    from django.apps import apps

    known = {
        "accounts.ApiToken", "account.EmailAddress", "admin.LogEntry", "idempotency.KeptAnswer", "hooks.Webhook",
        "movies.Movie", "movies.GenreLabel", "movies.Plot", "movies.Poster", "predictor.Prediction",
        "predictor.VersionAnswer", "predictor.Feedback", "predictor.Review", "predictor.ReviewHabits", "predictor.Job",
        "predictor.Batch", "predictor.Export", "predictor.ModelVersion", "predictor.Activation",
        "predictor.HistoryImport",
    }  # fmt: skip
    pointing = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if (field.many_to_one and field.related_model is User) or (field.one_to_one and field.related_model is User)
    }
    pointing = {label for label in pointing if not label.startswith("accounts.User_")}
    assert pointing - known == set()
