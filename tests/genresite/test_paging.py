"""Long lists are counted as far as people leaf."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from genresite import paging
from genresite.paging import CountedPaginator, LongListPaginator
from movies.models import Movie
from tests.factories import make_movie

pytestmark = pytest.mark.django_db


@pytest.fixture
def few_counted(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(paging, "COUNTED_ROWS", 4)
    return 4


@pytest.mark.parametrize(("films", "count", "more"), [(0, 0, False), (4, 4, False), (5, 4, True), (7, 4, True)])
def test_a_list_is_counted_up_to_the_limit(few_counted: int, films: int, count: int, more: bool) -> None:
    for number in range(films):
        make_movie(f"Film {number}")
    pages = LongListPaginator(Movie.objects.all(), 2)
    assert (pages.count, pages.has_uncounted, pages.num_pages) == (count, more, max(count // 2, 1))


def test_the_last_page_ends_where_counting_ends(few_counted: int) -> None:
    for number in range(6):
        make_movie(f"Film {number}")
    page = LongListPaginator(Movie.objects.all(), 2).get_page(99)
    assert (page.number, page.start_index(), page.end_index(), page.has_next()) == (2, 3, 4, False)


def test_a_page_takes_one_query_to_count_and_one_to_read(few_counted: int) -> None:
    for number in range(6):
        make_movie(f"Film {number}")
    with CaptureQueriesContext(connection) as asked:
        page = LongListPaginator(Movie.objects.all(), 2).get_page(1)
        assert (len(page.object_list), page.paginator.has_uncounted, page.paginator.count) == (2, True, 4)
    assert len(asked) == 2
    assert "LIMIT 5" in asked[0]["sql"]
    assert "ORDER BY" not in asked[0]["sql"]


def test_what_was_counted_is_not_counted_again(django_assert_num_queries) -> None:
    for number in range(3):
        make_movie(f"Film {number}")
    pages = CountedPaginator(Movie.objects.all(), 2, 3)
    with django_assert_num_queries(1):
        assert (pages.num_pages, [film.title for film in pages.get_page(2)]) == (2, ["Film 2"])


def test_the_catalogue_says_that_there_are_more(
    few_counted: int, ann, client_for, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("movies.views.FILMS_A_PAGE", 2)
    for number in range(6):
        make_movie(f"Film {number}")
    page = client_for(ann).get("/catalogue/").content.decode()
    assert "More than 4 films" in page
    assert "1–2 of more than 4" in page


def test_a_short_catalogue_is_counted_to_the_end(ann, client_for) -> None:
    make_movie("Film 1")
    assert "1 film<" in client_for(ann).get("/catalogue/").content.decode()
