"""The account and its tokens in the API."""

import json

import pytest
from django.utils import timezone

from genresite.accounts.models import ApiToken
from genresite.accounts.services import create_token

TOKENS = "/api/v1/tokens/"


def post(client, body, **headers):
    return client.post(TOKENS, json.dumps(body), content_type="application/json", headers=headers)


def test_account_says_who_i_am(client_for, rita) -> None:
    answer = client_for(rita).get("/api/v1/account/").json()
    assert (answer["username"], answer["is_reviewer"], answer["is_staff"]) == ("rita", True, False)


def test_token_is_made_used_listed_and_revoked(client_for, client, ann) -> None:
    browser = client_for(ann)
    made = post(browser, {"name": "import", "lifetime_days": 30})
    assert made.status_code == 201
    headers = {"authorization": f"Token {made.json()['token']}"}
    assert client.get("/api/v1/account/", headers=headers).status_code == 200
    (listed,) = browser.get(TOKENS).json()["results"]
    assert "token" not in listed
    assert listed["last_used_at"] is not None
    assert listed["expires_at"] > timezone.now().isoformat()
    address = f"{TOKENS}{listed['token_key']}/"
    assert browser.get(address).json()["name"] == "import"
    assert browser.delete(address).status_code == 204
    assert client.get("/api/v1/account/", headers=headers).status_code == 401


def test_read_only_token_reads_and_changes_nothing(client_for, client, ann) -> None:
    made = post(client_for(ann), {"name": "report", "read_only": True}).json()
    assert made["read_only"] is True
    headers = {"authorization": f"Token {made['token']}"}
    assert client.get("/api/v1/genres/", headers=headers).status_code == 200
    for method in ("post", "put", "patch", "delete"):
        for address in (TOKENS, "/api/v1/movies/", "/api/v1/account/", f"{TOKENS}{made['token_key']}/"):
            refused = getattr(client, method)(address, headers=headers)
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "read_only_token"), (method, address)
    assert ApiToken.objects.count() == 1


def test_same_request_sent_twice_gives_the_same_token(client_for, ann) -> None:
    client = client_for(ann)
    first, again = (post(client, {"name": "import"}, **{"idempotency-key": "k1"}) for _ in range(2))
    assert first.json()["token"] == again.json()["token"]
    assert ApiToken.objects.count() == 1


def test_second_token_of_a_name_conflicts(client_for, ann) -> None:
    client = client_for(ann)
    assert [post(client, {"name": "import"}).status_code for _ in range(2)] == [201, 409]


@pytest.mark.parametrize(
    "body", [{}, {"name": " "}, {"name": "x" * 81}, {"name": "x", "lifetime_days": 0}, {"name": "x\0"}, []]
)
def test_bad_token_request_is_refused(client_for, ann, body) -> None:
    assert post(client_for(ann), body).status_code == 400
    assert not ApiToken.objects.exists()


def test_list_takes_the_same_queries_for_any_number(client_for, ann, django_assert_num_queries) -> None:
    client = client_for(ann)
    for count in range(8):
        create_token(user=ann, name=f"token {count}", lifetime=None)
        if count in (0, 7):
            with django_assert_num_queries(3):
                assert len(client.get(TOKENS).json()["results"]) == count + 1


def test_pages_of_tokens_follow_each_other(client_for, ann) -> None:
    client = client_for(ann)
    for count in range(5):
        create_token(user=ann, name=f"token {count}", lifetime=None)
    names, address = [], f"{TOKENS}?page_size=2"
    while address:
        page = client.get(address).json()
        names += [token["name"] for token in page["results"]]
        address = page["next"]
    assert names == [f"token {count}" for count in (4, 3, 2, 1, 0)]


def test_token_of_another_is_not_found(client_for, ann, ben) -> None:
    row, _token = create_token(user=ann, name="import", lifetime=None)
    client = client_for(ben)
    assert client.get(f"{TOKENS}{row.token_key}/").status_code == 404
    assert client.delete(f"{TOKENS}{row.token_key}/").status_code == 404
