"""Agreement on sets, against values worked out by hand and against NLTK."""

import random

import pytest
from nltk.metrics import AnnotationTask
from nltk.metrics import masi_distance as nltk_masi_distance

from predictor.ml.agreement import krippendorff_alpha, masi_distance, mean_jaccard, share_equal
from predictor.ml.errors import MLError


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ({"Drama"}, {"Drama"}, 0.0),
        ((), (), 0.0),
        ({"Drama"}, {"War"}, 1.0),
        ((), {"War"}, 1.0),
        # Jaccard 1/2, one holds the other: 1 - 1/2 * 2/3.
        ({"Drama"}, {"Drama", "War"}, 2 / 3),
        # Jaccard 1/3, they only overlap: 1 - 1/3 * 1/3.
        ({"Drama", "War"}, {"Drama", "Crime"}, 8 / 9),
    ],
)
def test_the_distance_of_two_sets(one, other, distance):
    assert masi_distance(one, other) == pytest.approx(distance)
    assert masi_distance(other, one) == pytest.approx(distance)


def test_alpha_of_two_people_by_hand():
    # Observed: (0 + 0 + 2/3) * 2 over 6 values = 2/9. Values: a a, b b, a ab.
    # Expected: ordered pairs a-b 2*3*2*1 = 12, a-ab 2*3*1*2/3 = 4, b-ab 2*2*1*2/3 = 8/3; over 6*5: 56/90.
    units = [[{"a"}, {"a"}], [{"b"}, {"b"}], [{"a"}, {"a", "b"}]]
    assert krippendorff_alpha(units) == pytest.approx(1 - (2 / 9) / (56 / 90))


def test_alpha_is_one_for_full_agreement_and_below_zero_for_contradiction():
    assert krippendorff_alpha([[{"a"}, {"a"}], [{"b", "c"}, {"c", "b"}]]) == 1.0
    alpha = krippendorff_alpha([[{"a"}, {"b"}], [{"b"}, {"a"}]])
    assert alpha is not None and alpha < 0


@pytest.mark.parametrize("units", [[], [[{"a"}]], [[{"a"}, {"a"}], [{"a"}, {"a"}]]])
def test_alpha_says_nothing_where_nothing_can_be_said(units):
    assert krippendorff_alpha(units) is None


def test_a_unit_that_one_person_saw_does_not_count():
    units = [[{"a"}, {"a"}], [{"b"}, {"c"}]]
    assert krippendorff_alpha([*units, [{"d"}]]) == krippendorff_alpha(units)


def test_alpha_is_near_that_of_nltk():
    """NLTK rounds the factors to 0.67 and 0.33."""
    draw = random.Random(5)
    genres = ["Action", "Comedy", "Drama", "War"]
    units = [[set(draw.sample(genres, draw.randint(1, 3))) for _person in range(3)] for _unit in range(30)]
    rows = [(person, unit, frozenset(names)) for unit, said in enumerate(units) for person, names in enumerate(said)]
    expected = AnnotationTask(rows, distance=nltk_masi_distance).alpha()
    assert krippendorff_alpha(units) == pytest.approx(expected, abs=0.01)


def test_shares_of_pairs():
    pairs = [({"a"}, {"a"}), ({"a"}, {"a", "b"}), ((), ())]
    assert share_equal(pairs) == pytest.approx(2 / 3)
    assert mean_jaccard(pairs) == pytest.approx(2.5 / 3)
    for measure in (share_equal, mean_jaccard):
        with pytest.raises(MLError, match="none came"):
            measure([])
