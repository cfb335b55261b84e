"""Plot text to weighted n-grams of words and of characters, named by a hash instead of a list of words."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from predictor.ml.errors import ArtifactError
from predictor.ml.labels import Float32Array

CHARACTER_LENGTHS: Final = (3, 4, 5)
WORD_CACHE: Final = 50_000
SITE_PREFIX: Final = "site_"
"""Begins the names of all that a correction made on a site adds to a network: see ``training.adapt``."""
MAX_WORDS: Final = 2_000
"""Words of a plot that are looked at; the longest real plots are shorter, a hostile text may not be."""

_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_DROPPED_WORD_LENGTH: Final = 40

HashArray = npt.NDArray[np.uint32]


def split_words(plot: str) -> list[str]:
    """Lower-case words of a plot, apostrophes inside them kept, punctuation dropped."""
    tidy = unicodedata.normalize("NFKC", plot).replace("\u2019", "'").lower()
    return [word for word in _WORD.findall(tidy)[:MAX_WORDS] if len(word) <= _DROPPED_WORD_LENGTH]


def _hash(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "replace"))


@lru_cache(maxsize=WORD_CACHE)
def _hash_characters(word: str) -> tuple[int, ...]:
    """Hashes of the character n-grams of a word framed by blanks."""
    framed = f" {word} "
    return tuple(
        _hash(f"c:{framed[start : start + length]}")
        for length in CHARACTER_LENGTHS
        for start in range(max(len(framed) - length + 1, 0))
    )


def count_ngrams(plot: str) -> tuple[Counter[int], Counter[int]]:
    """Counts a plot's n-grams by their hash.

    Args:
        plot: any text.

    Returns:
        Counts of words and pairs of neighbouring words, and counts of 3 to 5 characters inside words.

    Source:
        CRC-32 as the hash: among some hundred thousand kept n-grams two share a value once in a few thousand.
    """
    words = split_words(plot)
    terms = Counter(_hash(f"w:{word}") for word in words)
    terms.update(_hash(f"w:{first} {second}") for first, second in pairwise(words))
    characters: Counter[int] = Counter()
    for word in words:
        characters.update(_hash_characters(word))
    return terms, characters


@dataclass(frozen=True, slots=True, eq=False)
class NgramVocabulary:
    """The n-grams that a linear model knows, and how much each weighs.

    Attributes:
        hashes: uint32 (V,), ascending.
        idf: float32 (V,), inverse document frequency.
    """

    hashes: HashArray
    idf: Float32Array

    def __len__(self) -> int:
        """Number of n-grams, V."""
        return len(self.hashes)

    def dump(self) -> bytes:
        """Both arrays as an ``.npz`` archive without pickles; weights rounded to float16."""
        stream = BytesIO()
        np.savez(stream, allow_pickle=False, hashes=self.hashes, idf=self.idf.astype(np.float16))
        return stream.getvalue()

    @classmethod
    def load(cls, path: Path) -> NgramVocabulary:
        """Reads a vocabulary that ``dump`` wrote.

        Raises:
            ArtifactError: the file cannot be read, or its hashes are not ascending.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                hashes, idf = stored["hashes"].astype(np.uint32), stored["idf"].astype(np.float32)
        except (OSError, ValueError, KeyError) as exc:
            raise ArtifactError(f"The n-grams {path.name} cannot be read: {exc}") from exc
        if hashes.shape != idf.shape or not (np.diff(hashes.astype(np.int64)) > 0).all():
            raise ArtifactError(f"The n-grams {path.name} must be ascending, each with one weight.")
        return cls(hashes, idf)


class NgramEncoder:
    """Turns plots into the places and values of their known n-grams.

    Each of the two kinds of n-grams is scaled to length 1 by itself, so that the many character n-grams of a long
    word do not drown the words.
    """

    def __init__(self, vocabulary: NgramVocabulary, prefix: str = "") -> None:
        """Keeps the vocabulary.

        Args:
            vocabulary: the n-grams that are known.
            prefix: begins the names of the arrays that ``batch`` makes.
        """
        self.vocabulary = vocabulary
        self._prefix = prefix

    def _weigh(self, counts: Counter[int]) -> tuple[npt.NDArray[np.int32], Float32Array]:
        """Places (K,) and values (K,) of the known n-grams of one kind: (1 + ln count) idf, scaled to length 1."""
        found = np.fromiter(counts.keys(), np.uint32, len(counts))
        often = np.fromiter(counts.values(), np.float32, len(counts))
        places = np.minimum(np.searchsorted(self.vocabulary.hashes, found), max(len(self.vocabulary) - 1, 0))
        known = self.vocabulary.hashes[places] == found if len(self.vocabulary) else np.zeros(len(found), bool)
        order = np.argsort(places[known], kind="stable")
        places, often = places[known][order], often[known][order]
        values = (1.0 + np.log(often)) * self.vocabulary.idf[places]
        return places.astype(np.int32), np.asarray(values / max(float(np.linalg.norm(values)), 1e-9), np.float32)

    def encode(self, plot: str) -> tuple[npt.NDArray[np.int32], Float32Array]:
        """Places int32 (K,) and values float32 (K,) of a plot's known n-grams; K may be 0."""
        parts = [self._weigh(counts) for counts in count_ngrams(plot)]
        return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])

    def batch(self, plots: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
        """Model input of N plots: ``ngrams`` int32 (N, K) and ``ngram_values`` float32 (N, K), value 0 for padding.

        The prefix stands before both names.
        """
        rows = [self.encode(plot) for plot in plots]
        width = max((len(places) for places, _ in rows), default=0) or 1
        ngrams = np.zeros((len(rows), width), np.int32)
        values = np.zeros((len(rows), width), np.float32)
        for row, (places, weights) in enumerate(rows):
            ngrams[row, : len(places)], values[row, : len(weights)] = places, weights
        return {f"{self._prefix}ngrams": ngrams, f"{self._prefix}ngram_values": values}


def build_ngrams(plots: Iterable[str], *, min_films: int, min_films_characters: int) -> NgramVocabulary:
    """Lists the n-grams of training plots that are not too rare.

    Args:
        plots: the training plots.
        min_films: plots that must have a word or a pair of words.
        min_films_characters: plots that must have a character n-gram.

    Returns:
        The vocabulary.

    Source:
        idf = ln((1 + N) / (1 + n)) + 1, the smoothed form of scikit-learn's documentation.
    """
    films, terms, characters = 0, Counter[int](), Counter[int]()
    for plot in plots:
        films += 1
        found_terms, found_characters = count_ngrams(plot)
        terms.update(found_terms.keys())
        characters.update(found_characters.keys())
    kept = {key: count for key, count in characters.items() if count >= min_films_characters}
    kept |= {key: count for key, count in terms.items() if count >= min_films}
    hashes = np.sort(np.fromiter(kept.keys(), np.uint32, len(kept)))
    often = np.asarray([kept[int(key)] for key in hashes], np.float64)
    return NgramVocabulary(hashes, np.asarray(np.log((1.0 + films) / (1.0 + often)) + 1.0, np.float32))
