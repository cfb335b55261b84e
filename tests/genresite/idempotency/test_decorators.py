"""A create that is sent twice under one key takes effect once."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from genresite.idempotency.models import KeptAnswer
from genresite.idempotency.services import claim_key, free_key, keep_answer, purge_answers
from movies.models import Movie, Poster
from predictor.models import Prediction
from tests.factories import make_movie, make_poster_bytes
from tests.predictor.conftest import fake_models  # noqa: F401 - a fixture
from tests.predictor.fakes import FUNNY, SCARY

MOVIES = "/api/v1/movies/"
KEY = {"Idempotency-Key": "0d6f-1"}


def send(client, address, body, key=KEY):
    return client.post(address, json.dumps(body), content_type="application/json", headers=key)


def test_same_key_and_body_give_the_first_answer_again(client_for, ann) -> None:
    client = client_for(ann)
    first = send(client, MOVIES, {"title": "Dusk", "year": 1999})
    again = send(client, MOVIES, {"year": 1999, "title": "Dusk"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert Movie.objects.count() == 1


def test_same_key_with_another_body_conflicts(client_for, ann) -> None:
    client = client_for(ann)
    send(client, MOVIES, {"title": "Dusk"})
    refused = send(client, MOVIES, {"title": "Dawn"})
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "idempotency_key_reused"
    assert Movie.objects.count() == 1


def test_same_key_at_another_address_conflicts(client_for, ann) -> None:
    client = client_for(ann)
    movie = make_movie(person=ann)
    assert send(client, f"{MOVIES}{movie.pk}/plots/", {"text": SCARY}).status_code == 201
    assert send(client, MOVIES, {"text": SCARY}).status_code == 409


def test_without_a_key_every_request_counts(client_for, ann) -> None:
    client = client_for(ann)
    for _ in range(2):
        assert send(client, MOVIES, {"title": "Dusk"}, {}).status_code == 201
    assert Movie.objects.count() == 2


def test_two_people_may_choose_the_same_key(client_for, ann, ben) -> None:
    assert send(client_for(ann), MOVIES, {"title": "Dusk"}).status_code == 201
    assert send(client_for(ben), MOVIES, {"title": "Dawn"}).status_code == 201


def test_refused_request_leaves_the_key_free(client_for, ann) -> None:
    client = client_for(ann)
    assert send(client, MOVIES, {"title": " "}).status_code == 400
    assert send(client, MOVIES, {"title": "Dusk"}).status_code == 201


@pytest.mark.parametrize("key", ["", "a" * 201, "with a space", "ä"])
def test_broken_key_is_refused(client_for, ann, key) -> None:
    refused = send(client_for(ann), MOVIES, {"title": "Dusk"}, {"Idempotency-Key": key})
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "idempotency_key_invalid"
    assert not Movie.objects.exists()


def test_request_on_its_way_is_not_repeated(client_for, ann, monkeypatch) -> None:
    """The second request arrives while the first is at work: it has no effect."""
    client, answers = client_for(ann), []
    import movies.api

    create = movies.api.create_movie

    def create_while_another_asks(**facts):
        if not answers:
            answers.append(send(client, MOVIES, {"title": "Dusk"}))
        return create(**facts)

    monkeypatch.setattr(movies.api, "create_movie", create_while_another_asks)
    assert send(client, MOVIES, {"title": "Dusk"}).status_code == 201
    assert answers[0].status_code == 409
    assert answers[0].json()["error"]["code"] == "idempotency_in_progress"
    assert Movie.objects.count() == 1


def test_request_that_broke_off_is_not_repeated(client_for, ann, monkeypatch) -> None:
    client = client_for(ann)
    client.raise_request_exception = False
    monkeypatch.setattr("movies.api._show_movie", lambda *_args: 1 / 0)
    assert send(client, MOVIES, {"title": "Dusk"}).status_code == 500
    refused = send(client, MOVIES, {"title": "Dusk"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "idempotency_interrupted")
    assert Movie.objects.count() == 1


def test_poster_is_compared_by_its_content(client_for, ann) -> None:
    client, movie = client_for(ann), make_movie(person=ann)
    address = f"{MOVIES}{movie.pk}/posters/"

    def send_poster(content: bytes, name: str = "a.png"):
        return client.post(address, {"poster": SimpleUploadedFile(name, content)}, headers=KEY)

    first = send_poster(make_poster_bytes())
    assert first.status_code == 201
    assert send_poster(make_poster_bytes()).json() == first.json()
    assert send_poster(make_poster_bytes(colour=(0, 0, 0))).status_code == 409
    assert Poster.objects.count() == 1


def test_large_upload_is_hashed_while_it_streams(client_for, ann, monkeypatch, settings) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    monkeypatch.setattr("genresite.idempotency.keys._read_digest", lambda file: pytest.fail("read a second time"))
    movie = make_movie(person=ann)
    poster = SimpleUploadedFile("a.png", make_poster_bytes())
    answer = client_for(ann).post(f"{MOVIES}{movie.pk}/posters/", {"poster": poster}, headers=KEY)
    assert answer.status_code == 201


def test_prediction_sent_twice_is_made_once(client_for, ann, fake_models) -> None:  # noqa: F811
    client = client_for(ann)
    first = send(client, "/api/v1/predictions/", {"plot": SCARY})
    assert first.status_code == 201
    assert send(client, "/api/v1/predictions/", {"plot": SCARY}).json() == first.json()
    assert send(client, "/api/v1/predictions/", {"plot": FUNNY}).status_code == 409
    assert Prediction.objects.count() == 1


def test_key_is_free_again_after_a_day(ann, time_machine) -> None:
    assert claim_key(user=ann, key="k", fingerprint="a" * 64) is None
    keep_answer(user=ann, key="k", status=201, body=b"{}")
    time_machine.move_to(timezone.now() + timedelta(hours=25))
    assert claim_key(user=ann, key="k", fingerprint="b" * 64) is None


def test_purge_takes_what_is_old(ann, time_machine) -> None:
    claim_key(user=ann, key="old", fingerprint="a" * 64)
    time_machine.move_to(timezone.now() + timedelta(hours=25))
    claim_key(user=ann, key="new", fingerprint="a" * 64)
    free_key(user=ann, key="nobody's")
    assert purge_answers() == 0  # the second claim took the first one along
    assert [row.key for row in KeptAnswer.objects.all()] == ["new"]
