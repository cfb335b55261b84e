"""Error pages in the site's clothes, each with a way on."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from genresite.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound, TooLarge, Unavailable
from genresite.middleware import render_error
from genresite.views import bad_request, server_error

KINDS = [InvalidInput, Forbidden, NotFound, Conflict, TooLarge, Unavailable]


@pytest.mark.parametrize("kind", KINDS)
def test_error_tells_its_sentence_and_a_way_on(kind):
    request = RequestFactory().get("/somewhere/")
    request.user = AnonymousUser()
    response = render_error(request, kind("The moon is <full>."))
    page = response.content.decode()
    assert response.status_code == kind.status
    assert "The moon is &lt;full&gt;." in page
    assert 'href="/"' in page


def test_error_before_anybody_is_known_is_a_page():
    response = render_error(RequestFactory().post("/predict/"), TooLarge("Too much."))
    assert "Too much." in response.content.decode()


def test_server_error_page_asks_the_database_nothing():
    class Person:
        def __getattr__(self, name: str):
            raise AssertionError(f"The error page looked at user.{name}.")

    request = RequestFactory().get("/somewhere/")
    request.user = Person()
    response = server_error(request)
    assert response.status_code == 500
    assert "Try again" in response.content.decode()


def test_unknown_kind_has_a_page_too():
    error = DomainError("Slow down.")
    error.status = 429
    request = RequestFactory().get("/")
    assert "A little slower" in render_error(request, error).content.decode()


def test_form_without_its_mark_is_told_what_to_do(db):
    answer = Client(enforce_csrf_checks=True).post("/trial/", {"plot": "A ghost walks through the empty house."})
    assert answer.status_code == 403
    assert "load the page again" in answer.content.decode()
    assert "This is not yours to do" in answer.content.decode()


def test_too_many_sign_ins_have_a_page_in_the_same_clothes(db):
    request = RequestFactory().get("/accounts/login/")
    request.user = AnonymousUser()
    page = render_to_string("429.html", request=request)
    assert "A little slower, please" in page
    assert "site-header" in page
    assert 'href="/"' in page


def test_broken_request_has_a_page():
    request = RequestFactory().get("/somewhere/")
    request.user = AnonymousUser()
    answer = bad_request(request, ValueError("x"))
    assert answer.status_code == 400
    assert "could not be read" in answer.content.decode()
