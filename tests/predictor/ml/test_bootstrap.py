import numpy as np
import pytest
from sklearn import metrics

from predictor.ml import bootstrap


@pytest.fixture
def films() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels and scores (with ties) of 80 films and 3 genres, and how often each film is in four draws."""
    generator = np.random.default_rng(4)
    scores = np.round(generator.random((80, 3)), 1)
    labels = (generator.random((80, 3)) < scores).astype(float)
    return labels, scores, bootstrap.draw_films(80, 4, seed=1)


def test_each_draw_has_as_many_films(films: tuple[np.ndarray, ...]) -> None:
    weights = films[2]
    assert weights.shape == (80, 4)
    assert (weights.sum(axis=0) == 80).all()
    np.testing.assert_array_equal(weights, bootstrap.draw_films(80, 4, seed=1))


def test_areas_equal_scikit_learn_on_the_drawn_films(films: tuple[np.ndarray, ...]) -> None:
    labels, scores, weights = films
    precision, area = bootstrap.draw_areas(labels[:, 0], scores[:, 0], weights)
    for draw in range(4):
        rows = np.repeat(np.arange(80), weights[:, draw].astype(int))
        assert precision[draw] == pytest.approx(metrics.average_precision_score(labels[rows, 0], scores[rows, 0]))
        assert area[draw] == pytest.approx(metrics.roc_auc_score(labels[rows, 0], scores[rows, 0]))


def test_f1_equals_scikit_learn_on_the_drawn_films(films: tuple[np.ndarray, ...]) -> None:
    labels, scores, weights = films
    said = (scores >= 0.5).astype(float)
    averages, genres = bootstrap.draw_f1(labels, said, weights, np.asarray([True, True, False]))
    for draw in range(4):
        rows = np.repeat(np.arange(80), weights[:, draw].astype(int))
        for average in ("micro", "macro", "weighted", "samples"):
            peer = metrics.f1_score(labels[rows], said[rows], average=average, zero_division=0)
            assert averages[average][draw] == pytest.approx(peer)
        assert averages["macro_supported"][draw] == pytest.approx(genres["f1"][draw, :2].mean())
        peer = metrics.precision_score(labels[rows], said[rows], average=None, zero_division=0)
        np.testing.assert_allclose(genres["precision"][draw], peer)


def test_calibration_error_by_hand() -> None:
    truth, score = np.asarray([[1.0], [0.0]]), np.asarray([[0.8], [0.4]])
    weights = np.asarray([[1.0, 2.0], [1.0, 0.0]], np.float32)
    np.testing.assert_allclose(bootstrap.draw_calibration(truth, score, weights, 2), [0.3, 0.2], atol=1e-6)


def test_draw_without_a_positive_film_gives_no_number() -> None:
    weights = np.asarray([[0.0, 1.0], [2.0, 1.0]], np.float32)
    precision, area = bootstrap.draw_areas(np.asarray([1.0, 0.0]), np.asarray([0.9, 0.1]), weights)
    assert np.isnan(precision[0]) and np.isnan(area[0])
    assert precision[1] == area[1] == 1.0
    assert bootstrap.find_intervals({"map": precision, "none": precision[:1]}) == {"map": (1.0, 1.0)}
    assert np.isnan(bootstrap.mean_known(np.asarray([[np.nan], [3.0]]))[0])
