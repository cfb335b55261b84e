"""The pages of webhooks."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from genresite.hooks.models import Webhook
from tests.genresite.hooks.makers import make_webhook

SECRET = re.compile(r"whsec_[\w-]{40,}")


@pytest.fixture(autouse=True)
def this_machine_is_allowed(settings):
    settings.WEBHOOK_PRIVATE_HOSTS = ["localhost"]
    cache.clear()


def test_secret_is_in_the_answer_and_never_again(client_for, ann) -> None:
    client = client_for(ann)
    made = client.post(reverse("webhooks:create"), {"url": "http://localhost/", "events": ["batch.finished"]})
    assert made.status_code == 201
    secret = SECRET.search(made.content.decode()).group()
    assert "no-store" in made["Cache-Control"]
    webhook = Webhook.objects.get()
    for address in (reverse("webhooks:list"), reverse("webhooks:detail", args=[webhook.pk])):
        assert secret not in client.get(address).content.decode()
    rotated = client.post(reverse("webhooks:rotate", args=[webhook.pk]))
    assert SECRET.search(rotated.content.decode()).group() != secret


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"url": "http://127.0.0.1/", "events": ["batch.finished"]}, "public addresses only"),
        ({"url": "ftp://localhost/", "events": ["batch.finished"]}, "address is like"),
        ({"url": "http://localhost/"}, "required"),
    ],
)
def test_bad_form_says_what_is_wrong(client_for, ann, data, sentence) -> None:
    refused = client_for(ann).post(reverse("webhooks:create"), data)
    assert refused.status_code == 422
    assert sentence in refused.content.decode()
    assert not Webhook.objects.exists()


def test_webhook_is_changed_switched_tested_and_removed(client_for, ann) -> None:
    client, webhook = client_for(ann), make_webhook(ann)
    address = reverse("webhooks:detail", args=[webhook.pk])
    client.post(
        reverse("webhooks:edit", args=[webhook.pk]), {"url": "http://localhost/2", "events": ["model.promoted"]}
    )
    client.post(reverse("webhooks:switch", args=[webhook.pk]), {"active": "no"})
    webhook.refresh_from_db()
    assert (webhook.url, webhook.events, webhook.active) == ("http://localhost/2", ["model.promoted"], False)
    client.post(reverse("webhooks:test", args=[webhook.pk]))
    page = client.get(address).content.decode()
    assert "Switch on" in page
    assert "<code>test</code>" in page
    webhook.deliveries.update(state="failed", finished_at="2026-11-21T12:00:00Z", problem="Nobody answers.")
    assert "Replay" in client.get(address).content.decode()
    client.post(reverse("webhooks:replay", args=[webhook.pk, webhook.deliveries.get().pk]))
    assert webhook.deliveries.count() == 2
    client.post(reverse("webhooks:delete", args=[webhook.pk]))
    assert not Webhook.objects.exists()


def test_log_takes_the_same_queries_for_any_length(client_for, ann) -> None:
    client, webhook, counts = client_for(ann), make_webhook(ann), []
    for _ in range(4):
        webhook.deliveries.create(event="test", payload={}, state="failed")
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("webhooks:detail", args=[webhook.pk]))
        counts.append(len(queries))
    assert set(counts) == {counts[0]}
