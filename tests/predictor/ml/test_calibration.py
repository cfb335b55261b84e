import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from predictor.ml.calibration import (
    PlattCalibration,
    SoftmaxCalibration,
    fit_platt,
    fit_temperature,
    logit,
    sigmoid,
    softmax,
)
from predictor.ml.errors import MLError


def draw(films: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    logits = generator.normal(size=(films, 3)) * 2
    labels = generator.random((films, 3)) < sigmoid(0.5 * logits - np.asarray([0.0, 1.0, 2.0]))
    return logits, labels.astype(float)


def test_sigmoid_of_huge_logits_does_not_overflow() -> None:
    assert sigmoid([-1e6, 0.0, 1e6]).tolist() == [0.0, 0.5, 1.0]


def test_logit_undoes_sigmoid() -> None:
    values = np.asarray([-3.0, 0.0, 2.0])
    np.testing.assert_allclose(logit(sigmoid(values)), values, atol=1e-9)


def test_identity_leaves_probabilities_alone() -> None:
    logits = np.asarray([[0.0, 1.0]])
    np.testing.assert_allclose(PlattCalibration.identity(2).apply(logits), sigmoid(logits), atol=1e-7)


def test_fit_without_prior_is_unpenalised_logistic_regression() -> None:
    logits, labels = draw(2000)
    calibration = fit_platt(logits, labels, prior_strength=0.0)
    for genre in range(3):
        peer = LogisticRegression(C=np.inf, tol=1e-8).fit(logits[:, [genre]], labels[:, genre])
        np.testing.assert_allclose(calibration.scale[genre], peer.coef_[0, 0], atol=2e-3)
        np.testing.assert_allclose(calibration.offset[genre], peer.intercept_[0], atol=2e-3)


def test_strong_prior_gives_every_genre_the_common_fit() -> None:
    calibration = fit_platt(*draw(500), prior_strength=1e9)
    assert np.ptp(calibration.scale) < 1e-4
    assert np.ptp(calibration.offset) < 1e-4


def test_genre_without_films_gets_a_finite_calibration_and_order_never_turns_round() -> None:
    logits, labels = draw(300)
    labels[:, 0] = 0
    labels[:, 1] = logits[:, 1] < 0
    calibration = fit_platt(logits, labels)
    assert np.isfinite(calibration.scale).all()
    assert np.isfinite(calibration.offset).all()
    assert (calibration.scale > 0).all()


def test_masked_cells_do_not_count() -> None:
    logits, labels = draw(600)
    mask = np.ones_like(labels)
    mask[300:] = 0
    wrong = labels.copy()
    wrong[300:] = 1 - wrong[300:]
    masked = fit_platt(logits, wrong, mask)
    np.testing.assert_allclose(masked.scale, fit_platt(logits[:300], labels[:300]).scale, atol=1e-4)


def test_shapes_that_differ_are_refused() -> None:
    with pytest.raises(MLError, match="one shape"):
        fit_platt(np.zeros((2, 3)), np.zeros((2, 4)))


def test_softmax_adds_up_to_one_without_overflow() -> None:
    np.testing.assert_allclose(softmax([[1e6, 1e6, 0.0]]), [[0.5, 0.5, 0.0]])
    calibration = SoftmaxCalibration(np.full(3, 2.0, np.float32), np.zeros(3, np.float32))
    np.testing.assert_allclose(calibration.apply([0.0, 0.0, np.log(2.0)]), [1 / 6, 1 / 6, 4 / 6], rtol=1e-6)


def test_temperature_undoes_logits_that_are_too_large() -> None:
    generator = np.random.default_rng(1)
    honest = generator.normal(size=(20_000, 4)) * 1.5
    draws = (softmax(honest).cumsum(axis=1) < generator.random((20_000, 1))).sum(axis=1)
    labels = np.eye(4)[np.minimum(draws, 3)]
    fitted = fit_temperature(honest * 4.0, labels)
    np.testing.assert_allclose(fitted.scale, 0.25, rtol=0.03)
    assert len(set(fitted.scale.tolist())) == 1


def test_temperature_needs_films() -> None:
    with pytest.raises(MLError, match="N > 0"):
        fit_temperature(np.zeros((0, 3)), np.zeros((0, 3)))
