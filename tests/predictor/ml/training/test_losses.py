import numpy as np
import pytest
from sklearn.metrics import log_loss

from predictor.ml.training.losses import categorical_crossentropy, masked_binary_crossentropy, partial_crossentropy

LABELS = np.asarray([[1.0, 0.0], [0.0, 1.0]], np.float32)
LOGITS = np.asarray([[2.0, -1.0], [0.5, 3.0]], np.float32)


def loss(mask: np.ndarray, **options: float) -> float:
    return float(np.asarray(masked_binary_crossentropy(LABELS, LOGITS, mask, **options)))


def test_without_mask_it_is_the_log_loss() -> None:
    peer = log_loss(LABELS.ravel(), 1 / (1 + np.exp(-LOGITS.ravel())))
    assert loss(np.ones((2, 2), np.float32)) == pytest.approx(peer, abs=1e-5)


def test_masked_cell_does_not_count() -> None:
    mask = np.asarray([[1, 0], [0, 0]], np.float32)
    assert loss(mask) == pytest.approx(np.log1p(np.exp(-2.0)), abs=1e-6)


def test_nothing_known_is_no_loss() -> None:
    assert loss(np.zeros((2, 2), np.float32)) == 0.0


def test_smoothing_moves_labels_towards_one_half() -> None:
    mask = np.asarray([[1, 0], [0, 0]], np.float32)
    expected = 0.95 * np.log1p(np.exp(-2.0)) + 0.05 * np.log1p(np.exp(2.0))
    assert loss(mask, label_smoothing=0.1) == pytest.approx(expected, abs=1e-6)


def test_huge_logits_do_not_overflow() -> None:
    value = masked_binary_crossentropy(LABELS, LOGITS * 1e4, np.ones((2, 2), np.float32))
    assert np.isfinite(np.asarray(value))


def test_categorical_loss_is_the_log_loss_weighted_at_the_own_genre() -> None:
    powers = np.exp(LOGITS)
    peer = log_loss(LABELS.argmax(axis=1), powers / powers.sum(axis=1, keepdims=True), sample_weight=[3.0, 1.0])
    mask = np.asarray([[3.0, 0.0], [0.0, 1.0]], np.float32)
    assert float(np.asarray(categorical_crossentropy(LABELS, LOGITS, mask))) == pytest.approx(peer, abs=1e-5)
    flat = categorical_crossentropy(LABELS, np.zeros((2, 2), np.float32), mask, label_smoothing=0.2)
    assert float(np.asarray(flat)) == pytest.approx(np.log(2.0), abs=1e-6)


def partial_loss(labels: list[float], mask: list[float], **options: float) -> float:
    logits = np.log(np.asarray([[0.5, 0.3, 0.2]], np.float32))
    known, weights = np.asarray([labels], np.float32), np.asarray([mask], np.float32)
    return float(np.asarray(partial_crossentropy(known, logits, weights, **options)))


def test_partial_loss_of_one_genre_is_its_log_probability() -> None:
    assert partial_loss([0, 1, 0], [1, 1, 1]) == pytest.approx(-np.log(0.3), abs=1e-6)


def test_partial_loss_of_several_genres_is_that_of_all_of_them_together() -> None:
    assert partial_loss([1, 0, 1], [1, 1, 1]) == pytest.approx(-np.log(0.7), abs=1e-6)


def test_partial_loss_weighs_genres_as_the_source_of_the_film_does() -> None:
    assert partial_loss([0, 1, 0], [1, 2, 0]) == pytest.approx(-np.log(0.6 / 1.1), abs=1e-6)


def test_partial_loss_smoothed_spreads_over_the_genres_of_the_source() -> None:
    expected = -(0.9 * np.log(0.5) + 0.1 * np.log([0.5, 0.3, 0.2]).mean())
    assert partial_loss([1, 0, 0], [1, 1, 1], label_smoothing=0.1) == pytest.approx(expected, abs=1e-6)
    assert np.isfinite(partial_loss([1, 0, 0], [1, 1, 0], label_smoothing=0.1))
