"""A whole entry at once."""

import pytest

from genresite.errors import InvalidInput
from movies.images import read_poster
from movies.models import Movie
from movies.services import Entry, record_entry
from tests.factories import make_genres, make_movie, make_poster_bytes

pytestmark = pytest.mark.django_db
PLOT = {"text": "A keeper of a lighthouse finds a message in a bottle."}


@pytest.fixture(autouse=True)
def _media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def make_entry(title: str = "Lighthouse", plot: dict | None = None, poster: bytes | None = None) -> Entry:
    facts = {"title": title, "year": 1999, "genres": [make_genres()["Drama"]]}
    return Entry(facts, plot, read_poster(poster) if poster else None, {})


def test_film_plot_and_poster_are_recorded_together(ann) -> None:
    movie = record_entry(entry=make_entry(plot=PLOT, poster=make_poster_bytes()), person=ann)
    assert (movie.genres.count(), movie.plots.count(), movie.posters.count()) == (1, 1, 1)


def test_film_is_changed(ann) -> None:
    movie = make_movie("Old")
    record_entry(entry=make_entry("New"), person=ann, movie=movie)
    assert Movie.objects.get().title == "New"


def test_bad_plot_leaves_nothing_half_saved(ann) -> None:
    with pytest.raises(InvalidInput):
        record_entry(entry=make_entry(plot={"text": "short"}), person=ann)
    assert not Movie.objects.exists()
