import numpy as np
from scipy.optimize import check_grad
from sklearn.linear_model import LogisticRegression

from predictor.ml.examples import PlotExample
from predictor.ml.training.single_head import Head, _Problem, choose_for_head, fit_head

GENERATOR = np.random.default_rng(3)
CENTRES = np.asarray([[2.0, 0.0], [-2.0, 1.0], [0.0, -2.0]])
TRUTH = np.arange(90) % 3
FEATURES = np.asarray(CENTRES[TRUTH] + GENERATOR.normal(size=(90, 2)), np.float32)
LABELS = np.eye(3, dtype=np.float32)[TRUTH]
EVEN = np.ones((90, 3), np.float32)
NONE = Head(np.zeros((2, 3), np.float32), np.zeros(3, np.float32))


def answer(head: Head) -> np.ndarray:
    return FEATURES @ head.kernel + head.bias


def test_head_agrees_with_logistic_regression() -> None:
    head = fit_head(FEATURES, LABELS, EVEN, np.ones(90), NONE, penalty=0.1)
    scaled = (FEATURES - FEATURES.mean(axis=0)) / FEATURES.std(axis=0)
    peer = LogisticRegression(C=1.0 / (0.1 * 90)).fit(scaled, TRUTH).decision_function(scaled)
    found = answer(head)
    np.testing.assert_allclose(found - found.mean(axis=1, keepdims=True), peer, atol=0.02)


def test_gradient_is_that_of_the_loss() -> None:
    labels = np.maximum(LABELS, np.eye(3)[(TRUTH + (np.arange(90) % 5 == 0)) % 3])
    given = GENERATOR.normal(size=(90, 3))
    problem = _Problem(FEATURES.astype(float), given, labels, np.full(90, 1 / 90), 0.1)
    point = GENERATOR.normal(size=9)
    assert check_grad(lambda x: problem.measure(x)[0], lambda x: problem.measure(x)[1], point) < 1e-5


def test_strong_penalty_keeps_the_kernel_that_is_given() -> None:
    start = Head(np.asarray([[1, -1, 0], [0, 0.5, -1]], np.float32), np.zeros(3, np.float32))
    head = fit_head(FEATURES, LABELS, EVEN, np.ones(90), start, penalty=1e6)
    np.testing.assert_allclose(head.kernel, start.kernel, atol=1e-4)


def test_genres_likelier_at_the_source_are_held_back() -> None:
    weights = EVEN * np.asarray([5.0, 1.0, 1.0], np.float32)
    plain, corrected = (fit_head(FEATURES, LABELS, rows, np.ones(90), NONE, penalty=0.1) for rows in (EVEN, weights))
    first, second = (np.exp(answer(head)) for head in (plain, corrected))
    assert (second / second.sum(axis=1, keepdims=True))[:, 0].mean() < (first / first.sum(axis=1, keepdims=True))[
        :, 0
    ].mean() - 0.1


def test_film_of_no_weight_teaches_nothing() -> None:
    shares = np.where(np.arange(90) < 60, 1.0, 0.0)
    wrong = LABELS.copy()
    wrong[60:] = np.roll(wrong[60:], 1, axis=1)
    heads = [fit_head(FEATURES, labels, EVEN, shares, NONE, penalty=0.1) for labels in (LABELS, wrong)]
    np.testing.assert_array_equal(heads[0].kernel, heads[1].kernel)


def test_films_with_the_fewest_genres_are_chosen_for_each_genre() -> None:
    lists = [("Drama", "War"), ("War",), ("Drama",), ("Film-Noir",), ("Drama", "News", "War")]
    films = [PlotExample(str(number), "plot", genres, "x") for number, genres in enumerate(lists)]
    assert choose_for_head(films, per_genre=1, seed=1) == [1, 2, 4]
    assert choose_for_head(films, per_genre=0, seed=1) == []
    assert choose_for_head(films, per_genre=9, seed=1) == [0, 1, 2, 4]
