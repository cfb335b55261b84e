import numpy as np
import pytest

from predictor.ml.errors import MLError
from predictor.ml.evaluation import f1_scores
from predictor.ml.thresholds import decide, fit_flat_below, fit_thresholds


def draw(films: int = 4000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Perfectly calibrated probabilities of a frequent and of a rare genre."""
    generator = np.random.default_rng(seed)
    probabilities = np.stack([generator.beta(1, 1, films), generator.beta(0.2, 8, films)], axis=1)
    return probabilities, (generator.random((films, 2)) < probabilities).astype(float)


def test_own_optimum_of_calibrated_scores_is_half_the_best_f1() -> None:
    probabilities, labels = draw()
    threshold = fit_thresholds(probabilities, labels, balance=0.0)[0]
    best = f1_scores(labels[:, :1], probabilities[:, :1] >= threshold)["micro"]
    assert abs(threshold - best / 2) < 0.06


def test_fitted_thresholds_beat_one_half_on_both_averages() -> None:
    probabilities, labels = draw()
    fitted = f1_scores(labels, decide(probabilities, fit_thresholds(probabilities, labels)))
    naive = f1_scores(labels, probabilities >= 0.5)
    assert fitted["micro"] > naive["micro"]
    assert fitted["macro"] > naive["macro"]


def test_full_balance_is_one_threshold_for_all() -> None:
    thresholds = fit_thresholds(*draw(), balance=1.0)
    assert thresholds[0] == thresholds[1]


def test_one_lucky_film_does_not_move_a_rare_genre_far() -> None:
    probabilities, labels = draw(500)
    labels[:, 1] = 0
    base = fit_thresholds(probabilities, labels, balance=0.0)[1]
    labels[int(np.argmax(probabilities[:, 1])), 1] = 1
    lucky = fit_thresholds(probabilities, labels, balance=0.0)[1]
    assert abs(lucky - base) < 0.1


def test_masked_cells_do_not_count() -> None:
    probabilities, labels = draw(1000)
    mask = np.ones_like(labels)
    mask[500:] = 0
    wrong = labels.copy()
    wrong[500:] = 1 - wrong[500:]
    own = fit_thresholds(probabilities, wrong, mask, prior_positives=0.0)
    np.testing.assert_allclose(own, fit_thresholds(probabilities[:500], labels[:500], prior_positives=0.0))


def test_flat_limit_lies_where_first_genres_turn_wrong() -> None:
    spread = np.linspace(0.0, 1.0, 200)
    probabilities = np.stack([spread, np.zeros(200), np.zeros(200)], axis=1)
    labels = np.zeros((200, 3))
    labels[100:, 0] = 1
    limit = fit_flat_below(probabilities, labels)
    assert 0.9 < limit <= 1.0
    assert fit_flat_below(probabilities, np.ones((200, 3))) == 0.0


def test_no_film_is_refused() -> None:
    with pytest.raises(MLError, match="N > 0"):
        fit_thresholds(np.zeros((0, 2)), np.zeros((0, 2)))
