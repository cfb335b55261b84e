"""Share links in the API."""

import pytest
from django.test import Client

from genresite.accounts.services import create_token
from predictor.models import ShareLink
from predictor.services.shares import read_token
from tests.factories import make_prediction


@pytest.fixture
def made(ann, fake_models):
    return make_prediction(ann)


@pytest.fixture
def api(ann, made):
    return Client(headers={"Authorization": f"Token {create_token(user=ann, name='p', lifetime=None)[1]}"})


def address(made) -> str:
    return f"/api/v1/predictions/{made.pk}/share/"


def post(api, made, body=None, **headers):
    return api.post(address(made), body or {}, content_type="application/json", headers=headers)


def test_a_link_is_made_read_and_taken_back(api, made):
    missing = api.get(address(made))
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "share_missing")
    made_answer = post(api, made, {"show_plot": True, "days": 30})
    body = made_answer.json()
    assert made_answer.status_code == 201 and made_answer["Cache-Control"] == "no-store"
    assert body["url"] == f"http://testserver/s/{read_token(ShareLink.objects.get())}/"
    assert (body["show_plot"], body["show_poster"]) == (True, False) and body["expires_at"]
    assert api.get(address(made)).json() == body
    assert Client().get(body["url"]).status_code == 200
    assert [api.delete(address(made)).status_code for _time in range(2)] == [204, 404]
    assert Client().get(body["url"]).status_code == 404


def test_the_same_key_makes_one_link_and_another_request_conflicts(api, made):
    first, again = (post(api, made, **{"Idempotency-Key": "k1"}) for _time in range(2))
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true" and ShareLink.objects.count() == 1
    other = post(api, made, **{"Idempotency-Key": "k2"})
    assert (other.status_code, other.json()["error"]["code"]) == (409, "share_exists")


@pytest.mark.parametrize(
    ("body", "field"),
    [({"days": 0}, "days"), ({"days": 366}, "days"), ({"days": "soon"}, "days"), ({"show_poster": True}, "show_poster"),
     ({"show_plot": "perhaps"}, "show_plot")],
)  # fmt: skip
def test_rubbish_is_refused_at_its_field(api, made, body, field):
    answer = post(api, made, body)
    assert answer.status_code == 400 and answer.json()["error"]["details"]["field"] == field
    assert not ShareLink.objects.exists()


def test_a_changed_site_key_leaves_no_address_to_tell(api, made, monkeypatch):
    post(api, made)
    monkeypatch.setattr("predictor.share_panel.read_token", lambda link: "")
    assert api.get(address(made)).json()["url"] is None
