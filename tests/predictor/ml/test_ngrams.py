import zlib
from pathlib import Path

import numpy as np
import pytest

from predictor.ml.errors import ArtifactError
from predictor.ml.ngrams import NgramEncoder, NgramVocabulary, build_ngrams, count_ngrams, split_words


def key(text: str) -> int:
    return zlib.crc32(text.encode())


def test_words_are_lower_case_without_punctuation() -> None:
    plot = "The KING\u2019s \u201chorse\u201d, 1999 - caf\u00e9_noir!"
    assert split_words(plot) == ["the", "king's", "horse", "1999", "caf\u00e9", "noir"]


def test_words_pairs_and_characters_are_counted() -> None:
    terms, characters = count_ngrams("red cat red")
    assert terms == {key("w:red"): 2, key("w:cat"): 1, key("w:red cat"): 1, key("w:cat red"): 1}
    assert characters[key("c: re")] == 2
    assert characters[key("c:red ")] == 2
    assert characters[key("c: cat ")] == 1
    assert len(characters) == 12


def test_rare_ngrams_are_left_out_and_idf_is_that_of_the_formula() -> None:
    vocabulary = build_ngrams(["red cat", "red dog", "blue"], min_films=2, min_films_characters=99)
    assert vocabulary.hashes.tolist() == [key("w:red")]
    assert vocabulary.idf[0] == pytest.approx(np.log(4 / 3) + 1)


def test_each_kind_has_length_one() -> None:
    encoder = NgramEncoder(build_ngrams(["red cat red", "blue dog"], min_films=1, min_films_characters=1))
    places, values = encoder.encode("red cat red")
    hashes = encoder.vocabulary.hashes[places]
    terms = np.isin(hashes, [key(f"w:{text}") for text in ("red", "cat", "red cat", "cat red")])
    assert terms.sum() == 4
    np.testing.assert_allclose([values[terms] @ values[terms], values[~terms] @ values[~terms]], 1.0, rtol=1e-5)
    assert values[hashes == key("w:red")][0] > values[hashes == key("w:cat")][0]


def test_batch_is_padded_with_value_zero() -> None:
    encoder = NgramEncoder(build_ngrams(["red cat", "blue"], min_films=1, min_films_characters=99))
    batch = encoder.batch(["blue", "red cat", "unheard of"])
    assert batch["ngrams"].shape == batch["ngram_values"].shape == (3, 3)
    assert (batch["ngram_values"] > 0).sum(axis=1).tolist() == [1, 3, 0]
    assert batch["ngrams"].dtype == np.int32
    assert batch["ngram_values"].dtype == np.float32


def test_plots_without_a_known_ngram_are_no_error() -> None:
    empty = NgramEncoder(NgramVocabulary(np.zeros(0, np.uint32), np.zeros(0, np.float32)))
    assert empty.batch(["red", ""])["ngram_values"].tolist() == [[0.0], [0.0]]


def test_saved_vocabulary_comes_back(tmp_path: Path) -> None:
    vocabulary = build_ngrams(["red cat", "red dog"], min_films=1, min_films_characters=1)
    path = tmp_path / "ngrams.npz"
    path.write_bytes(vocabulary.dump())
    loaded = NgramVocabulary.load(path)
    assert (loaded.hashes == vocabulary.hashes).all()
    np.testing.assert_allclose(loaded.idf, vocabulary.idf, rtol=1e-3)


@pytest.mark.parametrize("hashes", [[2, 1], [1, 1], [1, 2, 3]])
def test_disordered_vocabulary_is_refused(tmp_path: Path, hashes: list[int]) -> None:
    path = tmp_path / "ngrams.npz"
    path.write_bytes(NgramVocabulary(np.asarray(hashes, np.uint32), np.ones(2, np.float32)).dump())
    with pytest.raises(ArtifactError, match="ascending"):
        NgramVocabulary.load(path)


def test_unreadable_vocabulary_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ngrams.npz"
    path.write_bytes(b"no archive")
    with pytest.raises(ArtifactError, match=r"ngrams\.npz"):
        NgramVocabulary.load(path)
