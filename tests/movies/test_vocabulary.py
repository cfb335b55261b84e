"""The genre names and the spellings of others."""

import pytest

from movies import vocabulary
from predictor.ml.labels import GENRES


def test_vocabulary_is_that_of_the_models() -> None:
    assert vocabulary.GENRES == GENRES


def test_aliases_mean_known_genres_and_are_folded() -> None:
    for source, aliases in vocabulary.ALIASES.items():
        for spelling, names in aliases.items():
            assert spelling == vocabulary.fold(spelling), (source, spelling)
            assert set(names) <= set(vocabulary.GENRES), (source, spelling)


@pytest.mark.parametrize(("name", "slug"), [("Sci-Fi", "sci-fi"), ("Reality-TV", "reality-tv"), ("Drama", "drama")])
def test_slug_is_the_folded_name(name: str, slug: str) -> None:
    assert vocabulary.genre_slug(name) == slug
