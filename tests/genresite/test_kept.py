"""Figures are kept until they lapse or somebody writes."""

import pytest
from django.core.cache import cache
from django.db import transaction

from genresite.kept import forget_kept, read_kept


class Counter:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        return self.asked


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


def read(count: object, scope: str = "films", name: str = "all") -> int:
    return read_kept(scope=scope, name=name, seconds=60, count=count)


def test_figures_are_counted_once(db) -> None:
    count = Counter()
    assert [read(count), read(count)] == [1, 1]


def test_nothing_is_kept_as_well(db) -> None:
    asked = []
    assert [read(lambda: asked.append(1)) for _ in range(2)] == [None, None]
    assert len(asked) == 1


def test_a_write_has_its_scope_counted_anew_and_no_other(db) -> None:
    films, words = Counter(), Counter()
    read(films), read(films, name="few"), read(words, scope="words")
    forget_kept("films")
    assert (read(films), read(films, name="few"), read(words, scope="words")) == (3, 4, 1)


def test_a_count_that_began_before_a_write_is_not_shown_after_it(db) -> None:
    def write_meanwhile() -> str:
        forget_kept("films")
        return "old"

    assert read(write_meanwhile) == "old"
    assert read(lambda: "new") == "new"


@pytest.mark.django_db(transaction=True)
def test_what_others_counted_before_the_commit_is_counted_anew() -> None:
    with transaction.atomic():
        forget_kept("films")
        assert read(lambda: "without the write") == "without the write"
    assert read(lambda: "with it") == "with it"


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_a_write_is_told_at_once() -> None:
    assert read(lambda: 1) == 1
    forget_kept("films")
    assert read(lambda: 2) == 2
