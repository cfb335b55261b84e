from pathlib import Path

import numpy as np
import pytest

from predictor.ml.artifacts import Bundle
from predictor.ml.errors import ArtifactError
from predictor.ml.ngrams import build_ngrams
from predictor.ml.plot_inputs import load_plot_input

from .tokenizer_file import write_tokenizer


def make_bundle(folder: Path, **preprocessing: object) -> Bundle:
    write_tokenizer(folder / "tokenizer.json", ["love"])
    (folder / "ngrams.npz").write_bytes(build_ngrams(["love"], min_films=1, min_films_characters=9).dump())
    (folder / "words.txt").write_text("love\n")
    files = {name: {} for name in ("tokenizer.json", "ngrams.npz", "words.txt")}
    return Bundle(folder, {"name": "plot-x-1", "preprocessing": preprocessing, "files": files})


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"type": "nltk-words", "vocabulary": "words.txt", "max_tokens": 9}, ["tokens"]),
        ({"type": "wordpiece", "tokenizer": "tokenizer.json", "max_tokens": 9}, ["tokens"]),
        ({"type": "ngrams", "ngrams": "ngrams.npz"}, ["ngrams", "ngram_values"]),
        (
            {"type": "wordpiece+ngrams", "tokenizer": "tokenizer.json", "max_tokens": 9, "ngrams": "ngrams.npz"},
            ["tokens", "ngrams", "ngram_values"],
        ),
    ],
)
def test_each_type_gives_the_inputs_of_its_network(
    tmp_path: Path, settings: dict[str, object], names: list[str]
) -> None:
    batch = load_plot_input(make_bundle(tmp_path, **settings)).batch(["love", "love love"])
    assert list(batch) == names
    assert all(len(values) == 2 and isinstance(values, np.ndarray) for values in batch.values())


def test_unknown_type_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="'letters'"):
        load_plot_input(make_bundle(tmp_path, type="letters"))
