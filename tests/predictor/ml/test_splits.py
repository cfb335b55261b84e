from collections import Counter

import pytest

from predictor.ml.errors import MLError
from predictor.ml.splits import assign_split, find_leaks, fingerprint


def test_split_of_a_film_never_changes() -> None:
    assert [assign_split(key) for key in ("tt1", "tt2", "tt3")] == [assign_split(key) for key in ("tt1", "tt2", "tt3")]


def test_shares_are_met() -> None:
    counts = Counter(assign_split(f"tt{number}") for number in range(4000))
    assert abs(counts["train"] / 4000 - 0.8) < 0.03
    assert abs(counts["test"] / 4000 - 0.1) < 0.03


def test_another_seed_is_another_assignment() -> None:
    keys = [f"tt{number}" for number in range(200)]
    assert [assign_split(key, seed=1) for key in keys] != [assign_split(key, seed=2) for key in keys]


def test_shares_must_sum_to_one() -> None:
    with pytest.raises(MLError, match="sum to 1"):
        assign_split("tt1", {"train": 0.5, "test": 0.4})


def test_leaks_name_key_and_splits() -> None:
    assert find_leaks({"train": ["a", "b"], "test": ["b", "c", "c"]}) == {"b": ["train", "test"]}


def test_fingerprint_ignores_order_and_sees_every_change() -> None:
    rows = [("tt1", "plot", "Drama"), ("tt2", "plot", "Comedy")]
    assert fingerprint(rows) == fingerprint(rows[::-1])
    assert fingerprint(rows) != fingerprint([*rows, rows[0]])
    assert fingerprint([("a", "bc")]) != fingerprint([("ab", "c")])
