"""Selections of films."""

import pytest

from movies.models import Movie
from tests.factories import make_movie

pytestmark = pytest.mark.django_db
PLOT = "A keeper of a lighthouse finds a message in a bottle."


def test_film_with_several_genres_comes_once() -> None:
    movie = make_movie(genres=("Drama", "Crime", "Horror"), plot=PLOT)
    bare = make_movie("Bare")
    assert list(Movie.objects.labelled()) == list(Movie.objects.plotted()) == [movie]
    assert list(Movie.objects.unlabelled()) == list(Movie.objects.plotted(False)) == [bare]


def test_every_word_of_a_search_must_be_in_the_title() -> None:
    make_movie("The Lighthouse Keeper")
    assert Movie.objects.titled("KEEPER the").count() == 1
    assert Movie.objects.titled("keeper bottle").count() == 0
    assert Movie.objects.titled("  ").count() == 1
