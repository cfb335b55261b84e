import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from predictor.ml.errors import ArtifactError, InvalidExample
from predictor.ml.text import PlotEncoder, Vocabulary, pad, tokenize


def test_words_punctuation_and_clitics_are_parted() -> None:
    assert tokenize("Don\u2019t go. It's 1995!") == ["do", "n't", "go", ".", "it", "'s", "1995", "!"]


def test_limit_cuts_without_changing_what_comes_before() -> None:
    plot = "One two. Three (four)! Five. " * 50
    assert tokenize(plot, 7) == tokenize(plot)[:7]


def test_both_quotation_marks_become_one() -> None:
    assert tokenize('He says "run" now') == ["he", "says", '"', "run", '"', "now"]


def test_compatibility_characters_are_unified() -> None:
    assert tokenize("\ufb01lm") == ["film"]


def test_tokens_are_those_of_nltk() -> None:
    sentence = "A well-known (if aging) spy can't retire, or won't; cannot we?"
    code = f"from nltk.tokenize import NLTKWordTokenizer as T; print('|'.join(T().tokenize({sentence!r})).lower())"
    peer = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    assert "|".join(tokenize(sentence)) == peer.stdout.strip()


def test_vocabulary_lists_frequent_words_first_and_ties_by_alphabet() -> None:
    vocabulary = Vocabulary.build([["b", "a", "c", "c", "rare"], ["a", "b", "c"]], size=4)
    assert vocabulary.words == ("c", "a")
    assert len(vocabulary) == 4
    assert vocabulary.index() == {"c": 2, "a": 3}


def test_vocabulary_survives_the_disk(tmp_path: Path) -> None:
    vocabulary = Vocabulary(("caf\u00e9", "\u2028", "a b"))
    (tmp_path / "words.txt").write_bytes(vocabulary.dump())
    assert Vocabulary.load(tmp_path / "words.txt") == vocabulary


def test_vocabulary_with_a_word_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("a\na\n")
    with pytest.raises(ArtifactError, match="once"):
        Vocabulary.load(tmp_path / "words.txt")


def test_vocabulary_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(ArtifactError, match="UTF-8"):
        Vocabulary.load(tmp_path / "words.txt")


def test_encoder_cuts_and_knows_unknown_words() -> None:
    encoder = PlotEncoder(Vocabulary(("ghost",)), max_tokens=3)
    assert encoder.encode("A ghost ghost ghost").tolist() == [1, 2, 2]
    assert encoder.encode("   ").tolist() == [1]


def test_batch_is_padded_to_its_longest_plot() -> None:
    batch = PlotEncoder(Vocabulary(("ghost",)), max_tokens=9).batch(["ghost", "a ghost"])["tokens"]
    assert batch.dtype == np.int32
    assert batch.tolist() == [[2, 0], [1, 2]]


def test_no_rows_are_padded_to_nothing() -> None:
    assert pad([]).shape == (0, 1)


def test_cut_must_leave_a_token() -> None:
    with pytest.raises(InvalidExample, match="not 0"):
        PlotEncoder(Vocabulary(()), max_tokens=0)
