"""The one error body and the paging that every endpoint shares."""

import base64
import os
import subprocess
import sys
from urllib.parse import parse_qsl, quote

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions

from genresite.api import handle_exception
from genresite.errors import Conflict
from genresite.throttles import UserThrottle
from tests.factories import make_movie


def test_domain_error_keeps_its_status_and_code() -> None:
    response = handle_exception(Conflict("Already there.", code="movie_exists"), {})
    assert response is not None
    assert response.status_code == 409
    assert response.data["error"]["code"] == "movie_exists"


def test_validation_error_names_the_first_field() -> None:
    response = handle_exception(exceptions.ValidationError({"plots": [{"text": ["Too short."]}]}), {})
    assert response is not None
    assert response.status_code == 400
    assert response.data["error"]["message"] == "plots.text: Too short."
    assert response.data["error"]["details"]["field"] == "plots.text"


def test_sentence_about_the_whole_request_has_no_field_in_it() -> None:
    response = handle_exception(exceptions.ValidationError({"non_field_errors": ["Give a plot or a poster."]}), {})
    assert response is not None
    assert response.data["error"]["message"] == "Give a plot or a poster."


def test_djangos_own_refusals_use_the_same_body() -> None:
    for exc, status, code in [(Http404(), 404, "not_found"), (PermissionDenied(), 403, "permission_denied")]:
        response = handle_exception(exc, {})
        assert response is not None
        assert (response.status_code, response.data["error"]["code"]) == (status, code)


def test_throttled_says_when_to_come_back() -> None:
    response = handle_exception(exceptions.Throttled(wait=7), {})
    assert response is not None
    assert response.status_code == 429
    assert response.data["error"]["details"] == {"retry_after_seconds": 7}


def test_unknown_exception_stays_unknown() -> None:
    assert handle_exception(ZeroDivisionError(), {}) is None


def test_stranger_is_told_to_authenticate(client, db) -> None:
    response = client.get("/api/v1/predictions/")
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "not_authenticated"


def test_broken_token_is_refused_without_a_trace(client, db) -> None:
    for header in ["Token \xff\xfe", "Token nonsense", "Token", "Token a b"]:
        response = client.get("/api/v1/predictions/", headers={"authorization": header})
        assert response.status_code == 401, header
        assert response.json()["error"]["code"] == "authentication_failed"


def test_docs_and_schema_need_no_account_and_no_cdn(client, db) -> None:
    assert client.get("/api/schema/").status_code == 200
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert b"https://" not in page.content.replace(b"https://github.com", b"")


def test_api_works_whatever_part_of_it_is_imported_first() -> None:
    """DRF's views import the classes that the settings name: a circle would break one order of imports only."""
    for first in ["genresite.api", "genresite.throttles", "rest_framework.generics", "genresite.urls"]:
        script = (
            f"import django; django.setup(); import {first}; from django.core.management import call_command as run"
        )
        script += "; run('check')"
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "genresite.settings"}, capture_output=True, check=True,
        )  # fmt: skip


def test_too_many_requests_are_answered_429(client_for, ann, monkeypatch) -> None:
    monkeypatch.setattr(UserThrottle, "THROTTLE_RATES", {"user": "2/min"})
    cache.clear()
    client = client_for(ann)
    assert [client.get("/api/v1/genres/").status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get("/api/v1/genres/")
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused.json()["error"]["code"] == "throttled"
    cache.clear()


@pytest.mark.parametrize("position", ["eleven", "9" * 40, "\0", "1.5", "-"])
def test_cursor_that_somebody_wrote_is_no_page(client_for, ann, position) -> None:
    cursor = base64.b64encode(f"p={quote(position)}".encode()).decode()
    for address in ("/api/v1/predictions/", "/api/v1/movies/?order=newest", "/api/v1/tokens/"):
        answer = client_for(ann).get(address, {"cursor": cursor, **dict(parse_qsl(address.partition("?")[2]))})
        assert answer.status_code in (200, 404), answer.content


def test_read_again_unchanged_is_answered_304(client_for, ann) -> None:
    client = client_for(ann)
    make_movie("Dusk")
    first = client.get("/api/v1/movies/")
    assert "private" in first["Cache-Control"]
    again = client.get("/api/v1/movies/", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    make_movie("Dawn")
    assert client.get("/api/v1/movies/", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_pages_and_refusals_have_no_etag(client_for, ann) -> None:
    client = client_for(ann)
    assert "ETag" not in client.get("/catalogue/")
    assert "ETag" not in client.get("/api/v1/movies/99/")


@pytest.mark.parametrize("accept", ["image/webp", "application/json", "text/html", "*/*"])
def test_refusal_is_json_where_a_picture_was_asked_for(client_for, ann, accept) -> None:
    for address in ("/api/v1/predictions/99/poster/", "/api/v1/movies/99/posters/1/"):
        answer = client_for(ann).get(address, headers={"accept": accept})
        assert answer.status_code in (404, 406)
        assert answer.json()["error"]["code"] in ("not_found", "not_acceptable")


def test_options_of_a_picture_is_refused_as_json(client_for, ann) -> None:
    answer = client_for(ann).options("/api/v1/predictions/1/poster/", headers={"accept": "image/webp"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")
