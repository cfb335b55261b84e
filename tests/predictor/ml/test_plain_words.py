from pathlib import Path

import numpy as np
import pytest

from predictor.ml.artifacts import save_bundle
from predictor.ml.errors import ArtifactError, InvalidExample
from predictor.ml.pipeline import PlotPipeline, load_pipeline
from predictor.ml.plain_words import PlainWordEncoder, clean_stop_words, clean_words
from predictor.ml.text import Vocabulary

from .bundles import WORDS, manifest, plot_network


def make_encoder(max_tokens: int = 4) -> PlainWordEncoder:
    return PlainWordEncoder(Vocabulary(("joke", "dont")), ["the", "isn't"], max_tokens=max_tokens)


def test_marks_digits_and_case_are_gone() -> None:
    assert clean_words("A 10-year-old Ghost_story: DON’T stop, can't\u00a02!") == [
        "a", "year", "old", "ghost", "story", "dont", "stop", "cant",
    ]  # fmt: skip


def test_stop_words_are_cleaned_as_plots_are() -> None:
    assert clean_stop_words(["Isn't", "the"]) == {"isnt", "the"}
    assert make_encoder().clean("The joke isn't ... the END") == "joke end"


def test_every_row_has_the_same_length() -> None:
    rows = make_encoder().batch(["the joke, don't", "one two three four five joke", "", "the"])["tokens"]
    assert rows.dtype == np.int32
    assert rows.tolist() == [[2, 3, 0, 0], [1, 1, 1, 1], [1, 0, 0, 0], [1, 0, 0, 0]]


def test_rows_need_a_length() -> None:
    with pytest.raises(InvalidExample, match="not 0"):
        make_encoder(0)


def make_bundle(folder: Path, stop_words: bytes = b"the\n"):
    preprocessing = {
        "type": "plain-words", "vocabulary": "vocabulary.txt", "stop_words": "stop_words.txt", "max_tokens": 6,
    }  # fmt: skip
    files: dict[str, Path | bytes] = {
        "model.onnx": plot_network(), "vocabulary.txt": Vocabulary(WORDS).dump(), "stop_words.txt": stop_words,
    }  # fmt: skip
    genres = ("comedy", "horror", "war")
    return save_bundle(folder, manifest("plot", genres, preprocessing=preprocessing, output="softmax"), files)


def test_softmax_bundle_names_one_genre_whose_scores_add_up_to_one(tmp_path: Path) -> None:
    pipeline = load_pipeline(make_bundle(tmp_path / "one-tiny-1").folder)
    assert isinstance(pipeline, PlotPipeline)
    funny, empty = pipeline.predict(["The JOKE! The joke?", ""])
    assert funny.decided == ("comedy",)
    assert len(empty.decided) == 1
    assert funny.probabilities.sum() == pytest.approx(1.0)


def test_unreadable_word_list_is_refused(tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path / "one-tiny-1", b"\xff\xfe\n")
    with pytest.raises(ArtifactError, match=r"stop_words\.txt"):
        load_pipeline(bundle.folder)
