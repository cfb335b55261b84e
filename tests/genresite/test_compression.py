"""Pages come compressed, unless they show a secret."""

import gzip

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from genresite.compression import PageCompressionMiddleware

ASKS = {"accept-encoding": "gzip"}


def compress(kind: str, **headers: str) -> HttpResponse:
    answer = HttpResponse("word " * 200, content_type=kind, headers=headers)
    request = RequestFactory().get("/", headers=ASKS)
    return PageCompressionMiddleware(lambda _request: answer)(request)


def test_page_comes_compressed_and_says_so() -> None:
    answer = compress("text/html; charset=utf-8")
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert gzip.decompress(answer.content) == b"word " * 200


def test_same_page_has_another_length_each_time() -> None:
    """What repeats in a page cannot be told from how long it is."""
    assert len({len(compress("text/html").content) for _try in range(40)}) > 5


@pytest.mark.parametrize("kind", ["application/json", "image/webp", "text/csv", "application/zip"])
def test_other_answers_are_left_alone(kind) -> None:
    assert not compress(kind).has_header("Content-Encoding")


def test_page_that_may_not_be_stored_is_not_compressed() -> None:
    assert not compress("text/html", **{"Cache-Control": "private, no-store"}).has_header("Content-Encoding")


def test_pages_with_secrets_are_among_them(client_for, ann, settings) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = ["localhost"]
    client = client_for(ann)
    made = client.post(
        reverse("accounts:create_token"), {"name": "Report", "lifetime": "30"}, follow=True, headers=ASKS
    )
    assert "gs_" in made.content.decode()
    assert not made.has_header("Content-Encoding")
    form = {"url": "http://localhost/", "events": ["batch.finished"]}
    made = client.post(reverse("webhooks:create"), form, follow=True, headers=ASKS)
    assert b"new-secret" in made.content
    assert not made.has_header("Content-Encoding")


def test_front_page_is_compressed(client, db) -> None:
    assert client.get("/", headers=ASKS)["Content-Encoding"] == "gzip"
    assert not client.get("/").has_header("Content-Encoding")
