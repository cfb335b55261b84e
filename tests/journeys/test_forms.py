"""Forms keep what was typed where something is wrong with it, say so at the field, and go out once."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from predictor import pipelines
from tests.access_rules import make_things
from tests.predictor.fakes import install_fakes

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
POSTS = re.compile(r"<form\b(?:[^>]|%})*?method=\"post\"(?:[^>\"]|\"[^\"]*\"|%})*>")
# What may be sent twice: a download leaves the page as it is, a language and a sign-out are the same twice.
TWICE = {
    "predictor/_export_menu.html",
    "predictor/exports.html",
    "includes/language_switch.html",
    "includes/account_menu.html",
    "account/base_confirm_code.html",
}
WORDS = "Something that nobody types by chance"
# The route, what makes its address, what is sent, and which of it must be there again.
FORMS = [
    ("predictor:predict", "", {"plot": WORDS[:12], "title": WORDS}, [WORDS[:12], WORDS]),
    ("predictor:trial", "", {"plot": WORDS[:12]}, [WORDS[:12]]),
    ("movies:create", "", {"title": WORDS, "year": "99999", "plot": WORDS[:12]}, [WORDS, "99999", WORDS[:12]]),
    ("movies:edit", "movie", {"title": WORDS, "year": "abc"}, [WORDS, "abc"]),
    ("predictor:feedback", "prediction", {"genres": [], "note": WORDS}, [WORDS]),
    ("accounts:create_token", "", {"name": WORDS, "lifetime": "for ever"}, [WORDS]),
    ("webhooks:create", "", {"url": "ftp://nowhere.example/", "events": ["test-event"]}, ["ftp://nowhere.example/"]),
    ("account_email", "", {"action_add": "", "email": "no address"}, ["no address"]),
    ("account_signup", "", {"username": "nell", "email": "no address"}, ["nell", "no address"]),
    ("account_login", "", {"login": WORDS, "password": "wrong"}, [WORDS]),
    ("account_reset_password", "", {"email": "no address"}, ["no address"]),
]


@pytest.fixture
def fake_models(db, monkeypatch):
    yield install_fakes(monkeypatch, "plot", "poster")
    pipelines.forget_loaded()


@pytest.mark.parametrize(("name", "things", "sent", "kept"), FORMS, ids=[form[0] for form in FORMS])
def test_what_was_typed_is_there_again_beside_what_is_wrong(
    client_for, client, ann, fake_models, name, things, sent, kept
):
    made = make_things(ann)
    stranger = name in ("account_signup", "account_login", "account_reset_password", "predictor:trial")
    browser = client if stranger else client_for(ann)
    answer = browser.post(reverse(name, args=[made[thing] for thing in things.split()]), sent)
    page = answer.content.decode()
    assert answer.status_code in (200, 400, 409, 422), answer.status_code
    assert 'role="alert"' in page or "field__error" in page or "notice--bad" in page
    assert [words for words in kept if words not in page] == []


def test_every_form_goes_out_once() -> None:
    loose = set()
    for path in TEMPLATES.rglob("*.html"):
        for form in POSTS.findall(path.read_text()):
            if "data-submit-once" not in form:
                loose.add(str(path.relative_to(TEMPLATES)))
    assert loose == TWICE
