"""The reference holds every call of the API, complete, and its pages show them."""

import gzip
import json
import shlex
from itertools import pairwise

import pytest
from django.urls import resolve, reverse

from genresite.reference.operations import FILES, read_groups
from genresite.reference.schema import read_schema

CALLS = [call for group in read_groups().values() for call in group.operations]


def test_no_call_is_left_out() -> None:
    described = {(method.upper(), path) for path, methods in read_schema()["paths"].items() for method in methods}
    assert {(call.method, call.path) for call in CALLS} == described
    assert len({call.id for call in CALLS}) == len(CALLS)


@pytest.mark.parametrize("call", CALLS, ids=[f"{call.method} {call.path}" for call in CALLS])
def test_call_is_complete(call) -> None:
    assert call.summary
    assert call.text
    assert call.needs_account
    assert [answer for answer in call.answers if answer.status < 300]
    assert {401, 429} <= {refusal.status for refusal in call.refusals}
    for answer in call.answers:
        if "application/json" in answer.body.kinds:
            assert answer.body.fields, answer
            assert all(json.loads(example) is not None for _name, example in answer.body.examples)
    compile(call.python, call.id, "exec")
    words = shlex.split(call.curl)
    address = next(word for word in words if word.startswith("$SITE"))
    assert resolve(address.removeprefix("$SITE").split("?")[0]).url_name, address


@pytest.mark.parametrize("call", [call for call in CALLS if call.body], ids=lambda call: call.id)
def test_example_sends_what_the_body_takes(call) -> None:
    words = shlex.split(call.curl)
    if "-d" in words:
        sent = set(json.loads(words[words.index("-d") + 1]))
    else:
        sent = {word.split("=")[0] for flag, word in pairwise(words) if flag == "-F"}
    names = {field.path for field in call.body.fields}
    needed = {field.path for field in call.body.fields if field.required and "." not in field.path}
    assert needed <= sent <= names
    assert sent


def test_files_of_examples_have_a_name() -> None:
    wanted = {field.path for call in CALLS if call.body for field in call.body.fields if field.kind.startswith("file")}
    assert wanted <= set(FILES)


def test_overview_lists_every_call_and_links_it(client, db) -> None:
    page = client.get(reverse("api-docs")).content.decode()
    for call in CALLS:
        assert f"{reverse('api-docs-group', args=[call.group])}#{call.id}" in page
    assert "SITE=http://testserver" in page
    assert "https://" not in page


def test_search_without_script_finds_by_every_word(client, db) -> None:
    page = client.get(reverse("api-docs"), {"q": "POST predictions"}).content.decode()
    assert "#predictions_create" in page
    assert "#predictions_list" not in page
    nothing = client.get(reverse("api-docs"), {"q": "<script>"}).content.decode()
    assert "No call has all of these words" in nothing
    assert "<script>" not in nothing.split("<main", 1)[1]


@pytest.mark.parametrize("group", list(read_groups()))
def test_page_of_a_group_shows_its_calls_within_the_weight(client, db, group) -> None:
    answer = client.get(reverse("api-docs-group", args=[group]), headers={"accept-encoding": "gzip"})
    assert len(answer.content) < 40_000
    page = gzip.decompress(answer.content).decode()
    for call in read_groups()[group].operations:
        assert f'id="{call.id}"' in page
        assert f"<code>{call.path}</code>" in page


def test_unknown_group_is_a_page_that_says_so(client, db) -> None:
    answer = client.get("/api/docs/nothing/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_frame_speaks_german_and_the_api_english(client, db) -> None:
    page = client.get(reverse("api-docs-group", args=["predictions"]), headers={"accept-language": "de"})
    assert "Antworten" in page.content.decode()
    assert "Predict the genres of a plot" in page.content.decode()
