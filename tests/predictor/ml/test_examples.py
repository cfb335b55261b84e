import numpy as np
import pytest

from predictor.ml.errors import MLError
from predictor.ml.examples import GenreScores

GENRES = ("Comedy", "Horror", "War")


def scores(values: list[float], thresholds: list[float] | None = None, flat_below: float = 0.0) -> GenreScores:
    limits = np.asarray(thresholds or [0.5, 0.5, 0.5], np.float32)
    return GenreScores.decide(GENRES, np.asarray(values, np.float32), limits, flat_below=flat_below)


def test_decided_genres_stand_most_likely_first() -> None:
    answer = scores([0.6, 0.1, 0.9])
    assert answer.decided == ("War", "Comedy")
    assert not answer.unsure


def test_probability_equal_to_its_threshold_is_decided() -> None:
    assert scores([0.5, 0.1, 0.1]).decided == ("Comedy",)


def test_no_decided_genre_is_unsure() -> None:
    answer = scores([0.4, 0.1, 0.1])
    assert answer.decided == ()
    assert answer.unsure


def test_flat_scores_are_unsure_though_a_genre_is_decided() -> None:
    answer = scores([0.52, 0.5, 0.5], [0.51, 0.9, 0.9], flat_below=0.1)
    assert answer.decided == ("Comedy",)
    assert answer.unsure


def test_top_and_dictionary() -> None:
    answer = scores([0.25, 0.75, 0.5])
    assert answer.top(2) == [("Horror", 0.75), ("War", 0.5)]
    assert answer.as_dict() == {"Comedy": 0.25, "Horror": 0.75, "War": 0.5}


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(MLError, match="3, 2 and 3"):
        scores([0.1, 0.2])


def test_single_label_names_the_most_likely_genre_whatever_the_thresholds() -> None:
    values = np.asarray([0.2, 0.5, 0.3], np.float32)
    answer = GenreScores.decide(GENRES, values, np.ones(3, np.float32), single=True)
    assert answer.decided == ("Horror",)
    assert not answer.unsure
