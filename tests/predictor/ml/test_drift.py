import numpy as np
import pytest

from predictor.ml.drift import Drift, Level, compare_counts, count_said
from predictor.ml.errors import MLError
from predictor.ml.evaluation import per_genre_table


def test_index_of_two_hand_computed_histograms() -> None:
    # Shares after smoothing 0.6, 0.4 and 0.4, 0.6: 2 * 0.2 * ln 1.5.
    drift = compare_counts([599.5, 399.5], [399.5, 599.5])
    assert drift.index == pytest.approx(0.4 * np.log(1.5))
    # One degree of freedom: the 95 % quantile of chi-square is 3.841.
    assert drift.noise == pytest.approx(3.841 * 2 / 999, rel=0.03)
    assert drift.level is Level.MOVING


def test_equal_shares_do_not_drift_and_empty_bins_stay_finite() -> None:
    assert compare_counts([1000, 500, 0], [1000, 500, 0]).index == pytest.approx(0.0)
    gone = compare_counts([1000, 1000, 1000], [1500, 1500, 0])
    assert np.isfinite(gone.index)
    assert gone.level is Level.DRIFTED


def test_noise_is_rarely_passed_where_nothing_moved() -> None:
    generator = np.random.default_rng(4)
    shares = np.array([0.4, 0.3, 0.2, 0.05, 0.05])
    drifts = [
        compare_counts(generator.multinomial(2000, shares), generator.multinomial(300, shares)) for _ in range(400)
    ]
    passed = np.mean([drift.index > drift.noise for drift in drifts])
    assert 0.02 < passed < 0.09


def test_few_cases_say_nothing() -> None:
    assert compare_counts([500] * 20, [3] + [0] * 19).level is Level.FEW
    assert compare_counts([0, 0], [5, 5]).level is Level.FEW


@pytest.mark.parametrize(
    ("index", "noise", "level"),
    [
        (0.05, 0.01, "steady"),
        (0.15, 0.01, "moving"),
        (0.15, 0.2, "steady"),
        (0.25, 0.2, "drifted"),
        (0.5, 0.3, "few"),
    ],
)
def test_levels(index: float, noise: float, level: str) -> None:
    assert Drift(index, noise).level == level


@pytest.mark.parametrize(
    ("expected", "observed", "message"),
    [([1, 2], [1, 2, 3], "same bins"), ([1], [1], "at least two"), ([1, -1], [1, 1], "at least 0, not -1")],
)
def test_histograms_that_do_not_fit_are_refused(expected: list, observed: list, message: str) -> None:
    with pytest.raises(MLError, match=message):
        compare_counts(expected, observed)


def test_said_counts_come_back_from_precision_and_recall() -> None:
    generator = np.random.default_rng(1)
    labels = (generator.random((300, 3)) < [0.5, 0.2, 0.0]).astype(float)
    predicted = generator.random((300, 3)) < [0.4, 0.3, 0.0]
    table = per_genre_table(labels, predicted.astype(float), predicted, [0.5] * 3, ["Drama", "War", "News"])
    said = count_said(table)
    assert [said[name] for name in ("Drama", "War", "News")] == pytest.approx(predicted.sum(axis=0), rel=0.01)
