from pathlib import Path

import numpy as np
import pytest

from predictor.ml.errors import TrainingError
from predictor.ml.text import Vocabulary
from predictor.ml.training.embeddings import load_glove

VOCABULARY = Vocabulary(("ghost", "laugh", "zzz", ". . ."))


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_known_words_get_their_vectors_others_small_random_ones(tmp_path: Path) -> None:
    path = write(tmp_path / "glove.txt", "ghost 1 2\nother 5 5\nlaugh -1 0.5\n")
    vectors = load_glove(path, VOCABULARY, seed=1)
    assert vectors.matrix.shape == (6, 2)
    assert vectors.matrix.dtype == np.float32
    assert vectors.matrix[0].tolist() == [0, 0]
    assert vectors.matrix[2].tolist() == [1, 2]
    assert vectors.matrix[3].tolist() == [-1, 0.5]
    assert vectors.found == 2
    assert np.abs(vectors.matrix[4]).sum() > 0
    assert (load_glove(path, VOCABULARY, seed=1).matrix == vectors.matrix).all()


def test_word_with_spaces_is_read_from_the_end_of_the_line(tmp_path: Path) -> None:
    vectors = load_glove(write(tmp_path / "glove.txt", "ghost 1 2\n. . . 3 4\n"), VOCABULARY)
    assert vectors.matrix[5].tolist() == [3, 4]


@pytest.mark.parametrize(
    ("text", "message"),
    [("ghost 1 2\nlaugh 1\n", "line 2"), ("ghost 1 two\n", "numbers"), ("", "holds none")],
)
def test_damaged_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        load_glove(write(tmp_path / "glove.txt", text), VOCABULARY)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"no file of word vectors at 'none\.txt'"):
        load_glove(tmp_path / "none.txt", VOCABULARY)
