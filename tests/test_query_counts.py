"""No list asks the database more often the longer it is: each address that shows rows, with two and with eight."""

from collections import Counter

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.access_rules import ROUTES
from tests.list_rules import LISTS, NO_LISTS, Crowd, Listing
from tests.predictor.conftest import fake_models  # noqa: F401 - a fixture

FEW, MANY = 2, 8
HOW = (
    "Does {name} show rows? Then add a line to LISTS in tests/list_rules.py, for example "
    'Listing("{name}", "prediction", "rita"), and let Crowd.add make such rows; else add it to NO_LISTS there.'
)
READ = sorted({route.name for route in ROUTES if route.method == "GET"})


@pytest.mark.parametrize("name", READ)
def test_each_address_says_whether_it_lists(name: str) -> None:
    lists = name in {listing.name for listing in LISTS}
    assert lists != (name in NO_LISTS), HOW.format(name=name)


def test_no_line_is_left_over() -> None:
    assert {listing.name for listing in LISTS} | NO_LISTS == set(READ)


def ask(client: Client, listing: Listing, things: dict) -> tuple[list[str], int]:
    """What an address asks the database for when the cache is empty, and the length of its answer.

    What the request did is taken back.
    """
    address = reverse(listing.name, args=[things[thing] for thing in listing.things.split()]) + listing.query
    with transaction.atomic():
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            response = client.get(address)
            content = b"".join(response) if response.streaming else response.content
        transaction.set_rollback(True)
    assert response.status_code == 200, (address, response.status_code)
    return [query["sql"] for query in asked.captured_queries], len(content)


def told(few: list[str], many: list[str]) -> str:
    """Both numbers, and the questions that came more often, cut where their values begin."""
    more = Counter(sql.split(" WHERE ")[0][:300] for sql in many)
    more.subtract(sql.split(" WHERE ")[0][:300] for sql in few)
    return f"{len(few)} -> {len(many)}: " + "; ".join(f"{count} more {sql}" for sql, count in more.items() if count > 0)


def test_each_list_costs_the_same_for_few_and_for_many(ann, rita, sam, client_for, fake_models) -> None:  # noqa: F811
    people = {"ann": ann, "rita": rita, "sam": sam}
    clients = {name: client_for(person) for name, person in people.items()}
    crowd, counted = Crowd(people), []
    for size in (FEW, MANY):
        crowd.grow(size)
        counted.append([ask(clients[listing.person], listing, crowd.things) for listing in LISTS])
    both = list(zip(LISTS, *counted, strict=True))
    dearer = {
        f"{listing.name} ({listing.person}) {listing.things} {listing.query}": told(few, many)
        for listing, (few, _short), (many, _long) in both
        if len(few) != len(many)
    }
    assert not dearer, "\n".join(f"{name}: {words}" for name, words in dearer.items())
    same = [listing for listing, (_few, short), (_many, long) in both if long <= short and not listing.cut]
    assert not same, f"These grow by no row, so that nothing is proven of them; Crowd.add makes none: {same}"
