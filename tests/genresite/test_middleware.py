"""DomainErrors become pages, oversized requests are refused unread."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

from genresite.errors import NotFound
from genresite.middleware import DomainErrorMiddleware, RequestSizeMiddleware


def answer(request) -> HttpResponse:
    return HttpResponse("fine")


@pytest.fixture
def factory() -> RequestFactory:
    return RequestFactory()


def test_domain_error_becomes_a_page_with_its_status(factory, client_for, ann) -> None:
    request = factory.get("/catalogue/7/")
    request.user = ann
    response = DomainErrorMiddleware(answer).process_exception(request, NotFound("No such film."))
    assert response is not None
    assert response.status_code == 404
    assert b"No such film." in response.content


def test_domain_error_becomes_the_error_body_under_api(factory) -> None:
    response = DomainErrorMiddleware(answer).process_exception(factory.get("/api/v1/x/"), NotFound("No such film."))
    assert response is not None
    assert response["Content-Type"] == "application/json"
    assert b'"code": "not_found"' in response.content


def test_other_exceptions_stay_with_django(factory) -> None:
    assert DomainErrorMiddleware(answer).process_exception(factory.get("/"), ValueError("x")) is None


@override_settings(MAX_REQUEST_BYTES=100)
def test_request_over_the_limit_is_refused_by_its_length(factory) -> None:
    middleware = RequestSizeMiddleware(answer)
    assert middleware(factory.post("/api/v1/x/", b"a" * 100, content_type="text/plain")).content == b"fine"
    refused = middleware(factory.post("/api/v1/x/", b"a" * 101, content_type="text/plain"))
    assert refused.status_code == 413
    assert b"101 bytes" in refused.content


def test_missing_page_says_so_in_the_site_clothes(client: Client) -> None:
    response = client.get("/nothing/here/")
    assert response.status_code == 404
    assert b"nothing at this address" in response.content
