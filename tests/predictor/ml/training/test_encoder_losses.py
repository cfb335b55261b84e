import numpy as np
import pytest

from predictor.ml.training.encoder_losses import class_balanced_weights, compute_loss, masked_asymmetric_loss
from predictor.ml.training.losses import masked_binary_crossentropy

LABELS = np.asarray([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], np.float32)
LOGITS = np.asarray([[0.5, -1.0, 2.0], [-3.0, 0.0, 1.0]], np.float32)
MASK = np.asarray([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]], np.float32)


def test_asymmetric_loss_without_focus_and_margin_is_the_cross_entropy() -> None:
    found = masked_asymmetric_loss(LABELS, LOGITS, MASK, focus=0.0, margin=0.0)
    assert float(found) == pytest.approx(float(masked_binary_crossentropy(LABELS, LOGITS, MASK)), rel=1e-4)


def test_asymmetric_loss_by_hand() -> None:
    # sigmoid(0) = 0.5: an absent genre costs 0.45 ** 2 * -ln(0.55), a present one -ln(0.5).
    half = np.zeros((1, 1), np.float32)
    absent = masked_asymmetric_loss(half, half, half + 1)
    assert float(absent) == pytest.approx(0.45**2 * -np.log(0.55), rel=1e-4)
    assert float(masked_asymmetric_loss(half + 1, half, half + 1)) == pytest.approx(np.log(2), rel=1e-4)


@pytest.mark.parametrize("name", ["bce", "asymmetric", "class-balanced"])
def test_unknown_cells_cost_nothing(name: str) -> None:
    other = np.where(MASK > 0, LOGITS, 9.0).astype(np.float32)
    assert float(compute_loss(name, LABELS, LOGITS, MASK)) == pytest.approx(
        float(compute_loss(name, LABELS, other, MASK))
    )
    assert float(compute_loss(name, LABELS, LOGITS, np.zeros_like(MASK))) == 0.0


def test_rare_genres_weigh_more_but_not_without_bound() -> None:
    labels = np.zeros((10_000, 3), np.float32)
    labels[:5000, 0] = labels[:100, 1] = labels[:1, 2] = 1.0
    weights = class_balanced_weights(labels, np.ones_like(labels), beta=0.99)
    assert weights.mean() == pytest.approx(1.0, rel=1e-5)
    assert weights[0] < weights[1] < weights[2]
    assert weights[2] / weights[1] == pytest.approx((1 - 0.99**100) / (1 - 0.99), rel=1e-3)
    assert class_balanced_weights(labels, np.ones_like(labels), beta=0.0).tolist() == [1.0, 1.0, 1.0]


def test_a_genre_without_films_weighs_no_more_than_the_most_frequent_one() -> None:
    labels = np.zeros((100, 3), np.float32)
    labels[:50, 0] = labels[:5, 1] = 1.0
    weights = class_balanced_weights(labels, np.ones_like(labels))
    assert weights[2] == weights[0] < weights[1]
