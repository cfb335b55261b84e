import numpy as np
import pytest
from sklearn.metrics import log_loss

from predictor.ml.training.losses import masked_binary_crossentropy

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
