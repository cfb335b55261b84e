"""Every address of the site by anonymous, owner, other user, reviewer and staff; none may be forgotten."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from tests.access_rules import FORBIDDEN, NOT_FOUND, OK, ROLES, ROUTES, SIGN_IN, Route, make_things
from tests.predictor.conftest import fake_models  # noqa: F401 - a fixture

HOW = (
    'Add a line to ROUTES in tests/access_rules.py, for example Route("{name}", "GET", OWNED, "prediction"); '
    "the rules are at the top of that file, and what ann has of everything is made at its end."
)
METHODS = ("get", "post", "put", "patch", "delete")
# Django's administration checks for itself; below it is asked as a whole.
WHOLE = ("admin",)


def walk(resolver: URLResolver, namespaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from walk(entry, (*namespaces, entry.namespace) if entry.namespace else namespaces)
        else:
            yield ":".join([*namespaces, entry.name or str(entry.pattern)]), entry


MAP = [(name, entry) for name, entry in walk(get_resolver()) if name.split(":")[0] not in WHOLE]


@pytest.mark.parametrize(("name", "entry"), MAP, ids=[name for name, _ in MAP])
def test_no_route_is_forgotten(name: str, entry: URLPattern) -> None:
    listed = {route.method.lower() for route in ROUTES if route.name == name}
    assert listed, f"Nobody has said who may use {name}. " + HOW.format(name=name)
    view = getattr(entry.callback, "cls", None)
    taken = {method for method in METHODS if view is not None and hasattr(view, method)}
    assert taken <= listed, f"{name} also takes {sorted(taken - listed)}. " + HOW.format(name=name)


def test_no_line_is_left_over() -> None:
    assert {route.name for route in ROUTES} == {name for name, _ in MAP}
    lines = [(route.name, route.method) for route in ROUTES]
    assert len(lines) == len(set(lines))


def kind_of(response: Any) -> str:
    """What an answer means to who asked."""
    to_sign_in = response.status_code == 302 and "/login/" in response["Location"]
    if response.status_code == 401 or to_sign_in:
        return SIGN_IN
    assert response.status_code < 500 or response.status_code == 503, response.content[:500]
    return {403: FORBIDDEN, 404: NOT_FOUND}.get(response.status_code, OK)


def ask(client: Client, route: Route, address: str) -> str:
    """Send the request and take its effects back, so that each role finds the same things."""
    with transaction.atomic():
        options = {"content_type": "application/json"} if route.name.startswith("api-") else {}
        if route.name.startswith("api-") or route.method == "GET":
            response = client.generic(route.method, address, _as_json(route), **options)
        else:
            response = client.post(address, route.body)
        transaction.set_rollback(True)
    if response.streaming:
        b"".join(response)  # closes the file
    return kind_of(response)


def _as_json(route: Route) -> bytes:
    return b"" if route.method == "GET" else json.dumps(route.body).encode()


@pytest.fixture
def clients(ann, ben, rita, sam, client_for) -> dict[str, Client]:
    people = {"owner": ann, "other": ben, "reviewer": rita, "staff": sam}
    return {"anonymous": Client(), **{role: client_for(person) for role, person in people.items()}}


@pytest.mark.parametrize("route", ROUTES, ids=[f"{route.method} {route.name}" for route in ROUTES])
def test_each_role_gets_what_the_rule_says(route: Route, clients, ann, fake_models) -> None:  # noqa: F811
    things = make_things(ann)
    address = reverse(route.name, args=[things[thing] for thing in route.things.split()]) + route.query
    answers = {role: ask(clients[role], route, address) for role in ROLES}
    assert answers == {role: getattr(route.rule, role) for role in ROLES}


def test_administration_is_closed_to_all_but_staff(clients) -> None:
    addresses = [reverse(f"admin:{entry.name}") for entry in _admin_entries() if not entry.pattern.regex.groups]
    assert len(addresses) > 10
    for address in addresses:
        for role in ("anonymous", "owner", "other", "reviewer"):
            if not address.endswith(("/login/", "/logout/", "/jsi18n/")):
                assert kind_of(clients[role].get(address)) == SIGN_IN, (role, address)


def _admin_entries() -> list[URLPattern]:
    from django.contrib import admin

    flat = (entry for name, entry in walk(get_resolver()) if name.startswith("admin:"))
    return [entry for entry in flat if entry.name and entry.callback is not admin.site.catch_all_view]
