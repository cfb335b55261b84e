"""The account page and the token pages."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from genresite.accounts.models import ApiToken
from genresite.accounts.services import create_token

TOKEN = re.compile(r"gs_[0-9a-f]{40,}")


def make_token(user, name="import"):
    return create_token(user=user, name=name, lifetime=None)[0]


@pytest.mark.parametrize("name", ["accounts:profile", "accounts:tokens"])
def test_strangers_are_sent_to_sign_in(client, db, name):
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


def test_profile_tells_who_i_am(client_for, ann):
    page = client_for(ann).get(reverse("accounts:profile")).content.decode()
    assert "ann@example.org" in page
    assert reverse("account_change_password") in page


def test_new_token_is_shown_in_the_answer_and_never_again(client_for, ann):
    client = client_for(ann)
    response = client.post(reverse("accounts:create_token"), {"name": "import", "lifetime": "30"})
    assert response.status_code == 201
    token = TOKEN.search(response.content.decode()).group()
    assert "no-store" in response["Cache-Control"]
    later = client.get(reverse("accounts:tokens")).content.decode()
    assert token not in later
    assert ApiToken.objects.get().token_key in later


def test_new_token_opens_the_api(client_for, client, ann):
    response = client_for(ann).post(reverse("accounts:create_token"), {"name": "import", "lifetime": "never"})
    token = TOKEN.search(response.content.decode()).group()
    assert client.get("/api/v1/", headers={"authorization": f"Token {token}"}).status_code != 401


def test_form_sent_twice_makes_one_token(client_for, ann):
    client = client_for(ann)
    data = {"name": "import", "lifetime": "90"}
    client.post(reverse("accounts:create_token"), data)
    response = client.post(reverse("accounts:create_token"), data)
    assert response.status_code == 422
    assert "already have a token of this name" in response.content.decode()
    assert not TOKEN.search(response.content.decode())
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize(
    "data", [{"lifetime": "30"}, {"name": "  ", "lifetime": "30"}, {"name": "import", "lifetime": "31"}]
)
def test_bad_form_makes_no_token(client_for, ann, data):
    response = client_for(ann).post(reverse("accounts:create_token"), data)
    assert response.status_code == 422
    assert not ApiToken.objects.exists()


def test_read_only_token_is_made_and_marked(client_for, ann):
    client = client_for(ann)
    client.post(reverse("accounts:create_token"), {"name": "report", "lifetime": "30", "read_only": "on"})
    assert ApiToken.objects.get().read_only
    assert "read only" in client.get(reverse("accounts:tokens")).content.decode()


def test_list_shows_my_tokens_only(client_for, ann, ben):
    make_token(ann, "mine")
    make_token(ben, "somebody else's")
    page = client_for(ann).get(reverse("accounts:tokens")).content.decode()
    assert "mine" in page
    assert "somebody else" not in page


def test_list_takes_the_same_queries_for_any_number_of_tokens(client_for, ann):
    client, counts = client_for(ann), []
    for number in range(5):
        make_token(ann, f"token {number}")
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("accounts:tokens"))
        counts.append(len(queries))
    assert set(counts) == {counts[0]}


def test_revoking_tells_and_removes(client_for, ann):
    token = make_token(ann)
    response = client_for(ann).post(reverse("accounts:revoke_token", args=[token.token_key]), follow=True)
    assert "is revoked" in response.content.decode()
    assert not ApiToken.objects.exists()


def test_token_of_another_cannot_be_revoked(client_for, ann, sam):
    token = make_token(ann)
    response = client_for(sam).post(reverse("accounts:revoke_token", args=[token.token_key]))
    assert response.status_code == 404
    assert ApiToken.objects.exists()


def test_revoking_takes_a_form(client_for, ann):
    assert client_for(ann).get(reverse("accounts:revoke_token", args=["gs_123"])).status_code == 405
    assert client_for(ann).get(reverse("accounts:create_token")).status_code == 405
