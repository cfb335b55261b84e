"""The films' vectors in memory: in step with the table, and no more of them than allowed."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from predictor.film_index import FilmIndex
from predictor.ml.similar import LAYOUT, Query, direct_genres, pack_vector
from predictor.models import FilmVector
from tests.factories import make_movie

NOTHING = np.zeros(256, np.float32)
DRAMA, WAR = (direct_genres({name: 1.0}) for name in ("Drama", "War"))


def put(movie, genres, *, layout: str = LAYOUT, ago: float = 0.0) -> None:
    made = {"content": "c", "layout": layout, "vector": pack_vector(genres, NOTHING)}
    made["made_at"] = timezone.now() - timedelta(seconds=ago)
    FilmVector.objects.update_or_create(movie=movie, defaults=made)


@pytest.fixture
def films(db):
    return [make_movie(f"Film {number}", imdb_id=f"tt000000{number}") for number in range(4)]


def found(index: FilmIndex, genres=DRAMA, count: int = 2) -> list[int]:
    return [number for number, _vector in index.search(Query(genres, NOTHING), count)]


def test_an_empty_table_finds_nothing(db):
    assert found(FilmIndex()) == [] and FilmIndex().count() == 0


def test_the_nearest_come_first(films):
    put(films[0], WAR)
    put(films[1], DRAMA)
    assert found(FilmIndex()) == [films[1].pk, films[0].pk]


def test_new_and_changed_rows_are_seen_at_the_next_question(films):
    index = FilmIndex()
    put(films[0], WAR, ago=5)
    assert found(index) == [films[0].pk]
    put(films[1], DRAMA, ago=4)
    assert found(index) == [films[1].pk, films[0].pk]
    put(films[0], DRAMA)
    put(films[1], WAR)
    assert found(index) == [films[0].pk, films[1].pk] and index.size == 2


def test_what_was_read_is_not_read_again(films):
    index = FilmIndex()
    put(films[0], WAR, ago=3600)
    put(films[1], WAR)
    found(index)
    with CaptureQueriesContext(connection) as asked:
        found(index)
    assert len(asked) == 1 and "LIMIT 1" in asked.captured_queries[0]["sql"]


def test_rows_that_were_committed_late_are_seen(films):
    index = FilmIndex()
    put(films[0], WAR, ago=1)
    found(index)
    put(films[1], DRAMA, ago=30)
    put(films[2], WAR)
    assert found(index)[0] == films[1].pk


def test_another_layout_is_not_searched(films):
    put(films[0], DRAMA, layout="older")
    assert found(FilmIndex()) == []


def test_no_more_films_than_allowed_the_latest_ones(films, settings):
    settings.SIMILAR_FILMS = 2
    for place, movie in enumerate(films):
        put(movie, DRAMA, ago=100 - place)
    index = FilmIndex()
    assert sorted(found(index, count=9)) == [films[2].pk, films[3].pk] and index.count() == 2


def test_an_emptied_table_empties_the_memory(films):
    index = FilmIndex()
    put(films[0], DRAMA)
    found(index)
    FilmVector.objects.all().delete()
    assert found(index) == [] and index.count() == 0
