"""Champion against challenger."""

import numpy as np
import pytest

from predictor.ml import duel
from predictor.ml.errors import MLError


def make_films(films: int, seed: int = 1):
    dice = np.random.default_rng(seed)
    return (dice.random((films, 4)) < 0.4).astype(np.float32), np.ones((films, 4), np.float32)


def spoil(labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    """The labels with a share of the cells turned round."""
    wrong = np.random.default_rng(seed).random(labels.shape) < share
    return np.abs(labels - wrong).astype(np.float32)


@pytest.mark.parametrize(
    ("films", "champion", "challenger", "verdict"),
    [
        (300, 0.3, 0.1, duel.BETTER),
        (300, 0.1, 0.3, duel.WORSE),
        (3000, 0.2, 0.199, duel.NOT_WORSE),
        (60, 0.2, 0.24, duel.UNPROVEN),
        (12, 0.4, 0.0, duel.TOO_FEW_FILMS),
    ],
)
def test_verdicts(films, champion, challenger, verdict):
    labels, mask = make_films(films)
    found = duel.compare(labels, mask, spoil(labels, champion, 2), spoil(labels, challenger, 3))
    assert found.verdict == verdict, found
    assert found.interval[0] <= found.difference <= found.interval[1] and found.films == films


def test_the_same_answers_are_told():
    labels, mask = make_films(50)
    said = spoil(labels, 0.2, 2)
    found = duel.compare(labels, mask, said, said)
    assert (found.verdict, found.difference, found.interval) == (duel.SAME, 0.0, (0.0, 0.0))


def test_unknown_labels_judge_nobody():
    labels, mask = make_films(100)
    mask[:, 0] = 0
    bad = labels.copy()
    bad[:, 0] = 1 - bad[:, 0]
    assert duel.compare(labels, mask, labels, bad).verdict == duel.SAME


def test_f1_by_hand():
    labels = np.asarray([[1, 0], [1, 0], [0, 1], [0, 1]], np.float32)
    said = np.asarray([[1, 0], [0, 0], [0, 1], [1, 1]], np.float32)
    found = duel.compare(labels, np.ones_like(labels), labels, said)
    # Three hits, four named, four true; no genre has three test films, so micro-F1 stands alone.
    assert found.figures["challenger"]["micro"] == found.challenger == 0.75 and found.champion == 1.0


def test_shapes_must_agree():
    labels, mask = make_films(3)
    with pytest.raises(MLError, match="one shape"):
        duel.compare(labels, mask, labels, labels[:2])


def test_decisions_are_brought_into_common_columns():
    chances, thresholds = np.asarray([[0.9, 0.2]], np.float32), np.asarray([0.5, 0.1], np.float32)
    said = duel.decide_genres(chances, thresholds, ["War", "Drama"], ["Comedy", "Drama", "War"], single=False)
    assert said.tolist() == [[0.0, 1.0, 1.0]]
    one = duel.decide_genres(chances, thresholds, ["War", "Drama"], ["Comedy", "Drama", "War"], single=True)
    assert one.tolist() == [[0.0, 0.0, 1.0]]
