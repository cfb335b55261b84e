"""Which requests may be large."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from genresite.body_limits import read_body_limit
from genresite.middleware import RequestSizeMiddleware
from tests.genresite.test_middleware import answer


def ask(path: str, user=None):
    request = RequestFactory().post(path)
    request.user = user or AnonymousUser()
    return request


@pytest.fixture(autouse=True)
def limits(settings):
    settings.MAX_REQUEST_BYTES, settings.MAX_BATCH_BYTES = 1000, 5_000_000


def test_only_batches_are_large(ann):
    form = 1 << 20
    assert read_body_limit(ask("/batches/", ann)) == read_body_limit(ask("/api/v1/batches/")) == 5_000_000 + form
    assert {read_body_limit(ask(path, ann)) for path in ("/predict/", "/api/v1/predictions/", "/nowhere/")} == {1000}


def test_a_page_reads_nothing_large_from_a_stranger():
    assert read_body_limit(ask("/batches/")) == 1000


@pytest.mark.parametrize(("length", "status"), [(900, 200), (4_000_000, 200), (7_000_000, 413)])
def test_the_announced_length_decides(ann, length, status):
    request = ask("/api/v1/batches/", ann)
    request.META["CONTENT_LENGTH"] = str(length)
    assert RequestSizeMiddleware(answer)(request).status_code == status


def test_a_stranger_is_asked_who_they_are_before_the_body_is_read(client, db):
    response = client.post("/api/v1/batches/", {"file": "x"})
    assert response.status_code == 401
