"""The catalogue for programs, page by page, in the orders of the page."""

import pytest

from tests.factories import make_movie

YEARS = (1999, None, 2001, 1999, 1950)


@pytest.fixture
def films(db):
    return [make_movie(title, year=year) for title, year in zip("CEADB", YEARS, strict=True)]


def walk(client, order: str) -> list[str]:
    titles, address = [], f"/api/v1/movies/?page_size=2&order={order}"
    while address:
        page = client.get(address).json()
        titles += [film["title"] for film in page["results"]]
        address = page["next"]
    return titles


@pytest.mark.parametrize(
    ("order", "titles"),
    [("", "BDAEC"), ("added", "BDAEC"), ("title", "ABCDE"), ("newest", "ADCBE"), ("oldest", "EBCDA")],
)
def test_pages_follow_each_other_in_the_order_asked_for(client_for, ann, films, order, titles) -> None:
    assert "".join(walk(client_for(ann), order)) == titles


def test_way_back_is_the_way_there(client_for, ann, films) -> None:
    client = client_for(ann)
    first = client.get("/api/v1/movies/?page_size=2&order=newest").json()
    second = client.get(first["next"]).json()
    assert client.get(second["previous"]).json()["results"] == first["results"]


def test_unknown_order_is_refused(client_for, ann) -> None:
    refused = client_for(ann).get("/api/v1/movies/?order=best")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "order_unknown")
