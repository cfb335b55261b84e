import numpy as np
import pytest
from sklearn import metrics

from predictor.ml.report import render_metrics
from predictor.ml.single_label import choose_one, count_confusions, evaluate_single

GENRES = ("comedy", "horror", "war")


def make_films(count: int = 90) -> tuple[np.ndarray, np.ndarray]:
    """One-hot labels and probabilities that are right about half of the time."""
    generator = np.random.default_rng(2)
    labels = np.eye(3)[generator.integers(0, 3, count)]
    scores = np.exp(labels + generator.normal(size=labels.shape))
    return labels, scores / scores.sum(axis=1, keepdims=True)


def test_the_first_of_equals_is_chosen() -> None:
    np.testing.assert_array_equal(choose_one([[0.4, 0.4, 0.2], [0.1, 0.2, 0.7]]), [[1, 0, 0], [0, 0, 1]])


def test_confusions_by_hand() -> None:
    truth, said = np.eye(3)[[0, 0, 2]], np.eye(3)[[0, 2, 2]]
    assert count_confusions(truth, said, GENRES) == {"comedy": {"comedy": 1, "war": 1}, "war": {"war": 1}}


def test_figures_equal_scikit_learn() -> None:
    labels, scores = make_films()
    figures = evaluate_single(labels, scores, GENRES, train_shares=labels.mean(axis=0), bootstrap_rounds=50)
    truth, said = labels.argmax(axis=1), scores.argmax(axis=1)
    single = figures["single_label"]
    assert single["accuracy"] == pytest.approx(metrics.accuracy_score(truth, said), abs=1e-4)
    assert single["macro_f1"] == pytest.approx(metrics.f1_score(truth, said, average="macro"), abs=1e-4)
    assert single["top_3"] == 1.0
    low, high = single["interval_95"]["accuracy"]
    assert low < single["accuracy"] < high
    matrix = metrics.confusion_matrix(truth, said)
    assert [[single["confusion"][a].get(b, 0) for b in GENRES] for a in GENRES] == matrix.tolist()
    assert figures["f1"]["micro"] == single["accuracy"]


def test_trivial_answers_by_hand() -> None:
    labels = np.eye(3)[[0, 0, 0, 1]]
    figures = evaluate_single(labels, labels, GENRES, train_shares=[0.5, 0.25, 0.25], bootstrap_rounds=0)
    trivial = figures["single_label"]["trivial"]
    assert trivial["most frequent"] == {"accuracy": 0.75, "macro_f1": round(2 * 0.75 / 1.75 / 3, 4), "top_3": 1.0}
    assert trivial["label priors"]["accuracy"] == 0.4375


def test_report_shows_accuracy_and_confusions() -> None:
    labels, scores = make_films()
    text = render_metrics("tiny on test", evaluate_single(labels, scores, GENRES, train_shares=[0.5, 0.3, 0.2]))
    for part in ("accuracy", "right one among three", "most frequent confusions", "comedy > "):
        assert part in text
