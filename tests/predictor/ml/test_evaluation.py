import numpy as np
import pytest
from sklearn import metrics

from predictor.ml import evaluation
from predictor.ml.errors import MLError


@pytest.fixture
def cells() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, probabilities and decisions of 300 films and 5 genres, scores rounded so that ties occur."""
    generator = np.random.default_rng(3)
    probabilities = np.round(generator.random((300, 5)), 2)
    labels = (generator.random((300, 5)) < probabilities * np.asarray([1, 0.8, 0.5, 0.3, 0.1])).astype(float)
    return labels, probabilities, probabilities >= 0.5


def test_f1_by_hand() -> None:
    labels = [[1, 0], [1, 0], [0, 1]]
    said = [[1, 0], [0, 0], [1, 0]]
    scores = evaluation.f1_scores(labels, said)
    assert scores["micro"] == pytest.approx(2 * 1 / (2 + 3))
    assert scores["macro"] == pytest.approx((0.5 + 0.0) / 2)
    assert scores["samples"] == pytest.approx((1 + 0 + 0) / 3)
    assert scores["macro_supported"] == 0.0


@pytest.mark.parametrize("average", ["micro", "macro", "weighted", "samples"])
def test_f1_equals_scikit_learn(cells: tuple[np.ndarray, ...], average: str) -> None:
    labels, _, said = cells
    peer = metrics.f1_score(labels, said, average=average, zero_division=0)
    assert evaluation.f1_scores(labels, said)[average] == pytest.approx(peer)


def test_macro_of_supported_genres_leaves_rare_ones_out(cells: tuple[np.ndarray, ...]) -> None:
    labels, _, said = cells
    labels[:, 4] = 0
    labels[:19, 4] = 1
    peer = metrics.f1_score(labels[:, :4], said[:, :4], average="macro")
    assert evaluation.f1_scores(labels, said)["macro_supported"] == pytest.approx(peer)


def test_ranking_areas_equal_scikit_learn_with_ties(cells: tuple[np.ndarray, ...]) -> None:
    labels, probabilities, _ = cells
    for genre in range(5):
        truth, score = labels[:, genre], probabilities[:, genre]
        assert evaluation.average_precision(truth, score) == pytest.approx(
            metrics.average_precision_score(truth, score)
        )
        assert evaluation.roc_auc(truth, score) == pytest.approx(metrics.roc_auc_score(truth, score))


def test_areas_of_a_genre_without_films_are_no_number() -> None:
    assert np.isnan(evaluation.average_precision([0, 0], [0.1, 0.2]))
    assert np.isnan(evaluation.roc_auc([1, 1], [0.1, 0.2]))


def test_brier_and_ece_by_hand() -> None:
    errors = evaluation.calibration_errors([[1.0], [0.0]], [[0.8], [0.4]], bins=2)
    assert errors["brier"] == pytest.approx((0.04 + 0.16) / 2)
    assert errors["ece"] == pytest.approx((0.2 + 0.4) / 2)


def test_probability_of_one_falls_into_the_last_bin() -> None:
    assert evaluation.calibration_errors([[1.0]], [[1.0]])["ece"] == 0.0


def test_ranking_scores_by_hand() -> None:
    labels = [[1, 0, 0, 0], [0, 0, 0, 1]]
    scores = [[0.9, 0.1, 0.2, 0.3], [0.9, 0.8, 0.7, 0.1]]
    said = [[1, 0, 0, 0], [1, 1, 0, 0]]
    result = evaluation.ranking_scores(labels, scores, said)
    assert result == {"hit_at_1": 0.5, "hit_at_3": 0.5, "jaccard": 0.5, "exact_match": 0.5}


def test_masked_cells_count_neither_for_nor_against() -> None:
    labels, said = [[1, 0], [0, 0]], [[1, 1], [1, 0]]
    assert evaluation.f1_scores(labels, said, [[1, 0], [0, 1]])["micro"] == 1.0


def test_interval_holds_the_figure(cells: tuple[np.ndarray, ...]) -> None:
    labels, probabilities, said = cells
    intervals, by_genre = evaluation.bootstrap_intervals(labels, probabilities, said, rounds=200)
    figures = evaluation.evaluate(labels, probabilities, [0.5] * 5, tuple("abcde"), bootstrap_rounds=0)
    flat = {**figures, **figures["f1"]}
    assert set(intervals) == {
        *figures["f1"],
        *(n for n in flat if n not in ("films", "f1", "per_genre", "reliability", "mix_ups")),
    } - {*"abcde"}
    # The calibration error of a draw is biased upwards, so its interval need not hold the figure.
    outside = [name for name, (low, high) in intervals.items() if name != "ece" and not low <= flat[name] <= high]
    assert not outside
    low, high = intervals["micro"]
    assert 0 < high - low < 0.15
    row = figures["per_genre"]["a"]
    assert all(low <= row[name] <= high for name, (low, high) in by_genre[0].items())


def test_a_genre_that_draws_miss_does_not_lift_the_mean(cells: tuple[np.ndarray, ...]) -> None:
    labels, probabilities, said = cells
    labels[:, 4] = 0
    labels[np.argmin(probabilities[:, 4]), 4] = 1
    intervals, _ = evaluation.bootstrap_intervals(labels, probabilities, said, rounds=200)
    low, high = intervals["map"]
    figure = evaluation.mean_over_genres(evaluation.average_precision, labels, probabilities)
    assert low < figure < high < figure + 0.05


def test_trivial_rows(cells: tuple[np.ndarray, ...]) -> None:
    labels, _, _ = cells
    rows = evaluation.trivial_rows(labels, labels.mean(axis=0))
    assert rows["nothing"]["micro"] == 0.0
    assert rows["nothing"]["cell_accuracy"] == pytest.approx(1 - labels.mean())
    two = np.zeros_like(labels)
    two[:, :2] = 1
    assert rows["most frequent two"]["micro"] == pytest.approx(metrics.f1_score(labels, two, average="micro"))
    assert rows["most frequent two"]["hit_at_3"] == pytest.approx(labels[:, :2].max(axis=1).mean())
    assert rows["label priors"]["hit_at_3"] == pytest.approx(labels[:, :3].max(axis=1).mean())
    assert rows["label priors"]["ece"] == pytest.approx(0.0, abs=0.03)
    for row in rows.values():
        assert row["map"] == pytest.approx(labels.mean(axis=0).mean())
        assert row["roc_auc"] == 0.5
    assert "hit_at_1" not in rows["nothing"]
    assert "ece" not in rows["most frequent two"]


def test_decisions_may_be_given(cells: tuple[np.ndarray, ...]) -> None:
    labels, probabilities, _ = cells
    result = evaluation.evaluate(labels, probabilities, [0.5] * 5, tuple("abcde"), predicted=labels, bootstrap_rounds=0)
    assert result["f1"]["micro"] == 1.0
    assert result["per_genre"]["b"]["precision"] == 1.0


def test_evaluate_gives_plain_rounded_values(cells: tuple[np.ndarray, ...]) -> None:
    labels, probabilities, _ = cells
    names = tuple("abcde")
    result = evaluation.evaluate(
        labels, probabilities, [0.5] * 5, names, np.ones_like(labels), train_shares=[0.2] * 5, bootstrap_rounds=20
    )
    assert result["films"] == 300
    assert result["masked"]["f1"] == result["f1"]
    assert set(result["per_genre"]) == set(names)
    assert result["per_genre"]["a"]["support"] == labels[:, 0].sum()
    assert isinstance(result["interval_95"]["micro"], list)


def test_shapes_that_differ_are_refused() -> None:
    with pytest.raises(MLError, match="one shape"):
        evaluation.f1_scores([[1, 0]], [[1]])
