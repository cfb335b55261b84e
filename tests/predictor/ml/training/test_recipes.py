from pathlib import Path

import pytest

from predictor.ml.errors import TrainingError
from predictor.ml.training.recipes import RECIPES, find_recipe, require_path, require_split


def test_each_kind_has_a_recipe() -> None:
    assert {kind for kind, _, _ in RECIPES.values()} == {"plot", "poster", "both"}


def test_recipe_is_found_by_name_and_kind() -> None:
    assert find_recipe("lstm-glove", "plot").__name__ == "train_lstm_glove"


@pytest.mark.parametrize(("name", "kind"), [("magic", None), ("lstm-glove", "poster")])
def test_unknown_recipe_or_other_kind_is_refused(name: str, kind: str | None) -> None:
    with pytest.raises(TrainingError, match=name):
        find_recipe(name, kind)


def test_missing_parts_are_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="plots in the split 'train'"):
        require_split({}, "train", "plots")
    with pytest.raises(TrainingError, match="GloVe vectors: no path"):
        require_path(None, "GloVe vectors")
    with pytest.raises(TrainingError, match="nothing is there"):
        require_path(tmp_path / "none", "GloVe vectors")
