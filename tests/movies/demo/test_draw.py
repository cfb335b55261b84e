"""The drawn posters."""

import json

import numpy as np
import pytest

from movies.demo.draw import _BY_GENRE, _BY_TITLE, draw_poster, draw_poster_bytes
from movies.demo.loader import CATALOGUE
from movies.demo.palettes import PALETTES
from movies.images import read_poster
from movies.vocabulary import GENRES

ROWS = [json.loads(line) for line in CATALOGUE.read_text().splitlines()]


def test_same_film_gives_the_same_pixels() -> None:
    one, other = (np.asarray(draw_poster("Alien", 1979, ["Horror"])) for _ in range(2))
    assert np.array_equal(one, other)


@pytest.mark.parametrize("genre", GENRES)
def test_every_genre_has_a_picture(genre: str) -> None:
    picture = draw_poster("Some Film: The Sequel of a Rather Long Title", 2001, [genre])
    assert picture.size == (600, 900)
    assert np.asarray(picture).std() > 15


def test_film_without_genre_or_year_has_a_picture() -> None:
    assert draw_poster("Ö").size == (600, 900)


def test_every_drawn_film_is_in_the_catalogue() -> None:
    assert set(_BY_TITLE) == {row["title"] for row in ROWS if row["genres"]}


def test_palettes_exist() -> None:
    used = {palette for _scene, palette in _BY_TITLE.values()}
    used |= {palette for _scene, palettes in _BY_GENRE.values() for palette in palettes}
    assert used <= set(PALETTES)


def test_drawn_poster_passes_our_own_rules() -> None:
    assert read_poster(draw_poster_bytes("Alien", 1979, ["Horror"])).width == 600
