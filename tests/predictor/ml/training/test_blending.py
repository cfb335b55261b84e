import numpy as np
import pytest

from predictor.ml.training.blending import fit_blend
from predictor.ml.training.trainer import score_ranking


def make_films(seed: int = 0) -> tuple[np.ndarray, ...]:
    """Labels with two noisy views of them, the first clearer than the second and on another scale."""
    generator = np.random.default_rng(seed)
    labels = (generator.random((400, 3)) < 0.3).astype(np.float32)
    first, second = (labels * 2 - 1 + generator.normal(size=labels.shape) * noise for noise in (1.0, 1.5))
    return labels, (3 * first).astype(np.float32), second.astype(np.float32)


def test_two_independent_views_rank_better_together() -> None:
    labels, first, second = make_films()
    mask = np.ones_like(labels)
    blend = fit_blend(first, second, labels, mask)
    assert 0.1 <= blend.share <= 0.5
    together = score_ranking(blend.apply(first, second), labels, mask)
    assert together == pytest.approx(blend.scores[blend.share])
    assert together > max(score_ranking(view, labels, mask) for view in (first, second))


def test_useless_partner_gets_no_share() -> None:
    labels, first, _ = make_films()
    noise = np.random.default_rng(1).normal(size=labels.shape).astype(np.float32)
    blend = fit_blend(first, noise, labels, np.ones_like(labels), shares=(0.0, 0.5))
    assert blend.share == 0.0
    assert not blend.linear.any()


def test_no_share_to_try_is_refused() -> None:
    labels, first, second = make_films()
    with pytest.raises(ValueError, match="shares"):
        fit_blend(first, second, labels, np.ones_like(labels), shares=())
