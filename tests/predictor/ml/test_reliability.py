"""What became of what a model said, against counts made by hand."""

import numpy as np
import pytest

from predictor.ml.reliability import (
    TENTHS,
    count_mix_ups,
    count_tenths,
    find_tenth,
    measure_outcomes,
    read_genre_tenths,
    read_tenths,
)


def test_tenths_count_films_said_and_true():
    rows = count_tenths([1, 0, 1, 1], [0.42, 0.48, 1.0, 0.95])
    assert rows[4] == [2, pytest.approx(0.45), 0.5]
    assert rows[9] == [2, pytest.approx(0.975), 1.0]
    assert rows[0] == [0, 0.0, 0.0]
    assert len(rows) == TENTHS


@pytest.mark.parametrize(("probability", "tenth"), [(0.0, 0), (0.0999, 0), (0.1, 1), (0.95, 9), (1.0, 9)])
def test_edge_belongs_to_the_upper_bin_and_one_to_the_last(probability, tenth):
    assert find_tenth(probability) == tenth


def test_reading_gives_back_what_was_counted():
    tenths = read_tenths(count_tenths(np.ones(30), np.full(30, 0.72)))
    assert [tenth.films for tenth in tenths] == [0] * 7 + [30, 0, 0]
    full = tenths[7]
    assert (full.low, full.high, full.said, full.true) == pytest.approx((0.7, 0.8, 0.72, 1.0))
    assert full.enough
    assert not tenths[0].enough
    assert read_tenths([]) == []


def test_mix_ups_count_what_was_said_in_the_place_of_the_missed():
    genres = ["Drama", "War", "Comedy"]
    truth = [[1, 1, 0], [0, 1, 0], [1, 0, 0], [0, 0, 0]]
    said = [[1, 0, 1], [1, 0, 0], [1, 0, 0], [0, 0, 1]]
    assert count_mix_ups(truth, said, genres) == {"Drama": {"Drama": 2}, "War": {"Comedy": 1, "Drama": 1}}


def test_outcomes_are_kept_by_genre_and_over_all():
    outcomes = measure_outcomes([[1, 0], [0, 0]], [[0.9, 0.2], [0.9, 0.2]], [[1, 0], [1, 0]], ["Drama", "War"])
    assert outcomes["reliability"]["all"][9] == [2, pytest.approx(0.9), 0.5]
    assert read_genre_tenths(outcomes, "War")[2].true == 0.0
    assert read_genre_tenths(outcomes, "Unknown") == []
    assert read_genre_tenths({}, "War") == []
