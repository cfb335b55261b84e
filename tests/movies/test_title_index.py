"""The index for parts of titles is there where the database can have one, and no migration fails without."""

import pytest
from django.db import connection

from movies.models import Movie
from tests.factories import make_movie

pytestmark = pytest.mark.django_db


def test_the_index_is_there_wherever_the_extension_is() -> None:
    if connection.vendor != "postgresql":
        assert "movie_title_trigrams" not in connection.introspection.get_constraints(
            connection.cursor(), "movies_movie"
        )
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'")
        possible = cursor.fetchone()[0] == 1
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname = 'movie_title_trigrams'")
        assert (cursor.fetchone()[0] == 1) is possible


def test_the_search_can_use_the_index() -> None:
    for number in range(50):
        make_movie(f"Film {number}")
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname = 'movie_title_trigrams'")
        if not cursor.fetchone()[0]:
            pytest.skip("This PostgreSQL has no pg_trgm.")
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "movie_title_trigrams" in Movie.objects.titled("film 12").order_by().explain()
