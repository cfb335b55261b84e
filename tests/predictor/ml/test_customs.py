import numpy as np
import pytest

from predictor.ml.customs import PRIOR, CustomPrior, find_prior, list_families
from predictor.ml.errors import MLError

SOURCES = ["MovieGenre_imdb_labels", "tmdb_5000", "omdb_fullplot", "wikipedia"]


def test_catalogues_are_found_in_the_names_of_sources() -> None:
    assert list_families(SOURCES) == {"imdb": [SOURCES[0], SOURCES[2]], "tmdb": ["tmdb_5000"]}


@pytest.mark.parametrize(
    ("custom", "expected"),
    [("", [1, 1, 1, 1]), ("imdb", [1, 0, 1, 0]), ("tmdb", [0, 1, 0, 0]), ("wikipedia", [0, 0, 0, 1])],
)
def test_told_custom_leaves_the_sources_that_follow_it(custom: str, expected: list[int]) -> None:
    assert find_prior(SOURCES, custom).tolist() == expected


@pytest.mark.parametrize("custom", ["netflix", "IMDB", "tmdb_500"])
def test_custom_that_was_not_learned_is_refused_with_those_that_were(custom: str) -> None:
    with pytest.raises(MLError, match=rf"no custom '{custom}': it must be one of imdb, tmdb or a source .* wikipedia"):
        find_prior(SOURCES, custom)


def test_every_plot_is_told_the_same() -> None:
    batch = CustomPrior(SOURCES, "tmdb").batch(["one", "two"])
    assert batch[PRIOR].dtype == np.float32
    assert batch[PRIOR].tolist() == [[0, 1, 0, 0]] * 2
