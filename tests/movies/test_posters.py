"""The way out for poster files."""

import pytest

from genresite.errors import NotFound
from movies.images import read_poster
from movies.models import Poster
from movies.posters import open_poster
from movies.services import attach_poster
from tests.factories import make_movie, make_poster_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def poster(settings, tmp_path) -> Poster:
    settings.MEDIA_ROOT = tmp_path
    return attach_poster(movie=make_movie(), poster=read_poster(make_poster_bytes(width=600, height=900)))


@pytest.mark.parametrize(("size", "height"), [("", 900), ("thumbnail", 360), ("huge", 900)])
def test_size_that_is_asked_for_is_sent(poster: Poster, size: str, height: int) -> None:
    answer = open_poster(poster, size)
    assert read_poster(b"".join(answer.streaming_content)).height == height
    answer.close()


def test_missing_file_is_told(poster: Poster) -> None:
    poster.file.name = "posters/gone.webp"
    with pytest.raises(NotFound):
        open_poster(poster)
