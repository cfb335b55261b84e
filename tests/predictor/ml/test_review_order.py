import numpy as np
import pytest

from predictor.ml.errors import MLError
from predictor.ml.review_order import (
    MEMORY,
    ReviewWeights,
    measure_closeness,
    measure_disagreement,
    measure_parts,
    measure_rarity,
    measure_uncertainty,
    rank,
)

EVEN = np.array([5.0, 5.0, 5.0, 5.0])
ONLY_UNCERTAINTY = ReviewWeights(1.0, 0.0, 0.0, 0.0)


def test_uncertainty_is_the_mean_closeness_of_the_three_most_doubtful_genres_to_their_thresholds() -> None:
    probabilities = np.array([[0.2, 0.1, 0.9, 0.0], [1.0, 0.0, 0.0, 0.0], [0.4, 0.2, 0.5, 0.8]])
    thresholds = np.array([0.4, 0.2, 0.5, 0.8])
    # Film 1: 0.2/0.4 = 0.5, 0.1/0.2 = 0.5, (1-0.9)/(1-0.5) = 0.2 and 0: (0.5 + 0.5 + 0.2) / 3.
    np.testing.assert_allclose(measure_uncertainty(probabilities, thresholds), [0.4, 0.0, 1.0])


def test_uncertainty_looks_beyond_the_top_genre() -> None:
    sure_of_one = [0.95, 0.0, 0.0, 0.0]
    sure_of_one_in_doubt_of_two = [0.95, 0.3, 0.3, 0.0]
    assert list(
        rank([sure_of_one, sure_of_one_in_doubt_of_two], [0.3] * 4, genre_counts=EVEN, weights=ONLY_UNCERTAINTY)
    ) == [1, 0]


def test_disagreement_is_one_bit_for_certain_opposites_and_none_without_one_side() -> None:
    plot = np.array([[1.0, 0.0], [0.7, 0.2], [0.9, 0.1], [0.5, 0.0]])
    poster = np.array([[0.0, 0.0], [0.7, 0.2], [np.nan, np.nan], [1.0, 0.0]])
    # Film 4: H(0.75) - H(0.5) / 2 - H(1) / 2 = 0.8112781 - 0.5.
    np.testing.assert_allclose(measure_disagreement(plot, poster, 4), [1.0, 0.0, 0.0, 0.3112781], atol=1e-6)
    np.testing.assert_array_equal(measure_disagreement(plot, None, 4), np.zeros(4))


def test_rarity_is_what_a_film_is_expected_to_add_to_scarce_genres() -> None:
    counts = np.array([99.0, 9.0, 0.0])  # one more film adds 0.01, 0.1 and 1
    probabilities = np.array([[1.0, 0.0, 0.0], [1.0, 0.6, 0.2], [0.0, 0.5, 0.9]])
    # 0.01, 0.01 + 0.06 + 0.2 and 0.05 + 0.9, over the largest of them.
    np.testing.assert_allclose(measure_rarity(probabilities, counts), [0.01 / 0.95, 0.27 / 0.95, 1.0])


def test_rarity_of_films_of_no_genre_is_nothing() -> None:
    np.testing.assert_array_equal(measure_rarity(np.zeros((2, 2)), np.array([3.0, 0.0])), [0.0, 0.0])
    assert measure_rarity(np.zeros((0, 2)), np.array([3.0, 0.0])).shape == (0,)


def test_a_rare_genre_makes_room_once_some_of_its_films_are_placed() -> None:
    rare, less_rare = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]
    # One more of the rare genre adds 1 / 2, then 1 / 3, 1 / 4; the first of the other 1 / 3.5.
    order = rank([rare, rare, rare, less_rare], [0.5] * 3, genre_counts=[1, 2.5, 50], weights=ReviewWeights(0, 0, 1, 0))
    assert order.tolist().index(3) == 2


def test_closeness_is_the_cosine_to_a_recent_film_that_fades_with_each_further_one() -> None:
    probabilities = np.array([[0.4, 0.0], [0.0, 0.8], [0.3, 0.4]])
    recent = np.array([[0.9, 0.0], [0.0, 0.5]])  # newest first
    # Film 3: cosine 0.6 to the newest, 0.8 to the one before it.
    np.testing.assert_allclose(measure_closeness(probabilities, recent), [1.0, MEMORY, 0.8 * MEMORY])
    np.testing.assert_array_equal(measure_closeness(probabilities, None), np.zeros(3))


def test_a_film_without_any_probability_is_close_to_nothing() -> None:
    np.testing.assert_array_equal(measure_closeness(np.zeros((1, 2)), np.array([[1.0, 0.0]])), [0.0])


def test_every_part_lies_between_zero_and_one() -> None:
    chance = np.random.default_rng(3)
    probabilities, plot, poster, recent = (chance.random((50, 6)) for _ in range(4))
    parts = measure_parts(
        probabilities,
        chance.uniform(0.05, 0.7, 6),
        genre_counts=chance.integers(0, 900, 6),
        plot=plot,
        poster=poster,
        recent=recent,
    )
    for part in (parts.uncertainty, parts.disagreement, parts.rarity, parts.closeness):
        assert part.shape == (50,)
        assert part.min() >= 0
        assert part.max() <= 1
        assert part.max() > part.min()


def test_worth_adds_the_weighted_parts_and_takes_closeness_off() -> None:
    parts = measure_parts(
        [[0.25, 0.0]],
        [0.5, 0.5],
        genre_counts=[0, 0],
        plot=[[1.0, 0.0]],
        poster=[[0.0, 0.0]],
        recent=[[0.3, 0.4]],
    )
    # Uncertainty (0.5 + 0) / 2, disagreement 1, rarity 1 as the only film, closeness 0.6.
    np.testing.assert_allclose(parts.worth(ReviewWeights(4.0, 2.0, 1.0, 0.5)), [1.0 + 2.0 + 1.0 - 0.3])


def test_near_identical_films_are_spread() -> None:
    same = [0.3, 0.3, 0.0, 0.0]
    other = [0.0, 0.0, 0.28, 0.28]
    order = rank([same, same, same, other], [0.3] * 4, genre_counts=EVEN)
    assert list(order).index(3) == 1


def test_what_was_just_reviewed_comes_later() -> None:
    films = [[0.3, 0.3, 0.0, 0.0], [0.0, 0.0, 0.3, 0.3]]
    for recent, first in (([films[0]], 1), ([films[1]], 0)):
        assert rank(films, [0.3] * 4, genre_counts=EVEN, recent=recent)[0] == first


def test_seed_decides_between_equals_and_nothing_else() -> None:
    equals = np.full((30, 4), 0.3)
    orders = [rank(equals, [0.3] * 4, genre_counts=EVEN, seed=seed).tolist() for seed in (1, 1, 2)]
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]
    assert sorted(orders[2]) == list(range(30))
    clear = [[0.0] * 4, [0.3] * 4, [0.1] * 4]
    clear_orders = [rank(clear, [0.3] * 4, genre_counts=EVEN, seed=seed, weights=ONLY_UNCERTAINTY) for seed in range(9)]
    assert {tuple(order.tolist()) for order in clear_orders} == {(1, 2, 0)}


def test_every_film_has_one_place_even_beyond_the_spread_ones() -> None:
    probabilities = np.random.default_rng(1).random((700, 3))
    order = rank(probabilities, [0.5] * 3, genre_counts=[1, 2, 3])
    assert sorted(order.tolist()) == list(range(700))


def test_no_films_have_an_empty_order() -> None:
    assert rank(np.zeros((0, 3)), [0.5] * 3, genre_counts=[1, 2, 3]).tolist() == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"probabilities": [0.1, 0.2]}, r"shape \(N, G\), not \(2,\)"),
        ({"probabilities": [[0.1, 1.2]]}, "between 0 and 1"),
        ({"probabilities": [[0.1, float("nan")]]}, "between 0 and 1"),
        ({"thresholds": [0.5]}, r"Thresholds must have shape \(2,\), not \(1,\)"),
        ({"thresholds": [0.5, 1.0]}, "Thresholds must lie between"),
        ({"genre_counts": [3, -1]}, "at least 0, not -1"),
        ({"poster": [[0.1, 0.2], [0.1, 0.2]]}, r"poster must have shape \(1, 2\)"),
        ({"recent": [[0.1, 0.2, 0.3]]}, "Recent probabilities must have shape"),
    ],
)
def test_wrong_shapes_and_values_are_refused(change: dict[str, object], message: str) -> None:
    call: dict[str, object] = {"probabilities": [[0.1, 0.2]], "thresholds": [0.5, 0.5], "genre_counts": [1, 1]}
    call.update(change)
    with pytest.raises(MLError, match=message):
        rank(call.pop("probabilities"), call.pop("thresholds"), **call)  # type: ignore[arg-type]


def test_weights_below_zero_are_refused() -> None:
    with pytest.raises(MLError, match=r"weight of rarity must be a number of at least 0, not -1"):
        ReviewWeights(rarity=-1.0)
