"""Webhooks in the API."""

import json

import pytest
from django.core.cache import cache

from genresite.hooks.models import Delivery, Webhook
from tests.genresite.hooks.makers import make_webhook

HOOKS = "/api/v1/webhooks/"


@pytest.fixture(autouse=True)
def this_machine_is_allowed(settings):
    settings.WEBHOOK_PRIVATE_HOSTS = ["localhost"]
    cache.clear()


def send(client, method, address, body):
    return getattr(client, method)(address, json.dumps(body), content_type="application/json")


def test_webhook_is_made_changed_and_removed(client_for, ann) -> None:
    client = client_for(ann)
    made = send(client, "post", HOOKS, {"url": "http://localhost/", "events": ["batch.finished"]})
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    address = f"{HOOKS}{made.json()['id']}/"
    assert "secret" not in client.get(address).json()
    changed = send(client, "patch", address, {"active": False, "events": ["model.promoted"]}).json()
    assert (changed["active"], changed["events"], changed["url"]) == (False, ["model.promoted"], "http://localhost/")
    rotated = client.post(f"{address}secret/")
    assert rotated.json()["secret"] != made.json()["secret"]
    assert rotated.json()["previous_until"]
    assert client.delete(address).status_code == 204
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "http://169.254.169.254/latest/", "events": ["batch.finished"]}, "address_not_public"),
        ({"url": "gopher://localhost/", "events": ["batch.finished"]}, "address_invalid"),
        ({"url": "http://localhost/", "events": []}, "invalid"),
        ({"url": "http://localhost/", "events": ["test"]}, "invalid"),
        ({"events": ["batch.finished"]}, "invalid"),
    ],
)
def test_bad_webhook_is_refused(client_for, ann, body, code) -> None:
    refused = send(client_for(ann), "post", HOOKS, body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, code)


def test_log_is_read_narrowed_and_replayed(client_for, ann) -> None:
    client, webhook = client_for(ann), make_webhook(ann)
    assert client.post(f"{HOOKS}{webhook.pk}/test/").status_code == 202
    webhook.deliveries.create(event="batch.finished", payload={"batch": 1}, state="failed")
    log = f"{HOOKS}{webhook.pk}/deliveries/"
    assert len(client.get(log).json()["results"]) == 2
    (failed,) = client.get(f"{log}?state=failed").json()["results"]
    again = client.post(f"{log}{failed['id']}/replay/")
    assert again.status_code == 202
    assert again.json()["event_id"] == failed["event_id"]
    assert client.post(f"{log}{again.json()['id']}/replay/").status_code == 409


def test_lists_take_the_same_queries_for_any_length(client_for, ann, django_assert_num_queries) -> None:
    client = client_for(ann)
    webhook = make_webhook(ann)
    for count in range(6):
        make_webhook(ann, f"https://example.org/{count}")
        Delivery.objects.create(webhook=webhook, event="test", payload={})
        if count in (0, 5):
            with django_assert_num_queries(3):
                client.get(HOOKS)
            with django_assert_num_queries(4):
                client.get(f"{HOOKS}{webhook.pk}/deliveries/")
