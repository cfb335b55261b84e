"""Narrowing the list of films."""

import pytest

from movies.filters import MovieFilter, MoviePageFilter
from movies.images import read_poster
from movies.models import Movie
from movies.services import attach_poster
from tests.factories import make_movie, make_poster_bytes

pytestmark = pytest.mark.django_db
PLOT = "A keeper of a lighthouse finds a message in a bottle."


@pytest.fixture(autouse=True)
def films(db, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    make_movie("The Lighthouse Keeper", year=1931, genres=("Drama", "Horror"), plot=PLOT)
    harbour = make_movie("Harbour Lights", year=1999, genres=("Comedy",), kind="show")
    attach_poster(movie=harbour, poster=read_poster(make_poster_bytes()))
    make_movie("Untitled", year=None)


def titles(filter_class=MoviePageFilter, **data: str) -> list[str]:
    return [movie.title for movie in filter_class(data, queryset=Movie.objects.listed()).qs]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, ["Harbour Lights", "The Lighthouse Keeper", "Untitled"]),
        ({"q": "keeper LIGHT"}, ["The Lighthouse Keeper"]),
        ({"q": "light"}, ["Harbour Lights", "The Lighthouse Keeper"]),
        ({"q": "100%"}, []),
        ({"genre": "horror"}, ["The Lighthouse Keeper"]),
        ({"kind": "show"}, ["Harbour Lights"]),
        ({"year_from": "1931", "year_to": "1950"}, ["The Lighthouse Keeper"]),
        ({"has_plot": "true"}, ["The Lighthouse Keeper"]),
        ({"has_plot": "false"}, ["Harbour Lights", "Untitled"]),
        ({"has_poster": "true"}, ["Harbour Lights"]),
        ({"has_poster": "false"}, ["The Lighthouse Keeper", "Untitled"]),
        ({"labelled": "true"}, ["Harbour Lights", "The Lighthouse Keeper"]),
        ({"labelled": "false"}, ["Untitled"]),
    ],
)
@pytest.mark.parametrize("filter_class", [MovieFilter, MoviePageFilter])
def test_films_are_narrowed(filter_class, data: dict, expected: list[str]) -> None:
    assert titles(filter_class, **data) == expected


@pytest.mark.parametrize(
    ("order", "first"), [("oldest", "The Lighthouse Keeper"), ("added", "Untitled"), ("title", "Harbour Lights")]
)
def test_films_are_ordered(order: str, first: str) -> None:
    assert titles(order=order, labelled="" if order != "oldest" else "true")[0] == first


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("q", "a\x00b"),
        ("q", "x" * 301),
        ("genre", "nope"),
        ("genre", "a\x00"),
        ("kind", "opera"),
        ("year_from", "1066"),
        ("year_to", "9" * 40),
        ("year_to", "soon"),
        ("order", "'; drop"),
    ],
)
def test_nonsense_is_an_error_of_its_field_and_narrows_nothing(name: str, value: str) -> None:
    filter_set = MoviePageFilter({name: value}, queryset=Movie.objects.listed())
    assert list(filter_set.form.errors) == [name]
    assert filter_set.qs.count() == 3
