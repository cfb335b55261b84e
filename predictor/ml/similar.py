"""Films that are alike: what a model says of their genres, and the words that their plots share.

A film is two directions: its genres' probabilities, and its plot's content words. The words are weighed by how rare
they are in plots and projected on 256 numbers by a fixed pseudo-random sign for each word and number, so that any word
counts, also one that no plot had before, and nothing but the words' rarity needs to be learned. Both are kept as signed
bytes and searched by brute force; the nearest are put in order by their words themselves, which the projection only
guesses.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from predictor.ml.errors import ArtifactError
from predictor.ml.labels import GENRES, Float32Array

LAYOUT: Final = "signs-256-1"
"""Names how vectors are made: those of another layout are not to be compared with these."""
WORD_NUMBERS: Final = 256
VECTOR_BYTES: Final = len(GENRES) + WORD_NUMBERS
GENRE_SHARE: Final = 0.4
"""How much the genres weigh in a score; the words weigh the rest. Chosen on ``validation``: see docs/models.md."""
RARITY_POWER: Final = 1.5
"""Rare words are what two plots of one film share: 1.5 finds more of them than 1. Chosen on ``validation``."""
COMMON_SHARE: Final = 0.04
"""A word that more of the plots have is no content word: "young", "father", "back"."""
DULL_FILMS, DULL_DEVIATIONS, DULL_LIFT = 30, 6.0, 2.0
"""A word of so many plots that points to no genre is no reason to name: "nobody", "closer", "coming".

It points to a genre that its plots have twice as often as all plots do, six standard deviations from chance. "Short" is
no genre in this: short films are told in words of their own.
"""
MOST_WORDS: Final = 2_000
SHORTLIST: Final = 100
_BLOCK_ROWS: Final = 4_096
# A unit vector of 256 numbers has hardly one above a quarter; the bytes are spent on what there is.
_GENRE_SCALE: Final = 127.0
_WORD_SCALE: Final = 508.0
_WORD: Final = re.compile(r"[^\W\d_]{3,40}")

Int8Array = npt.NDArray[np.int8]
Int64Array = npt.NDArray[np.int64]


def fold_word(word: str) -> str:
    """A word in lower case, without the s of most plurals."""
    word = word.lower()
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def split_words(plot: str) -> list[str]:
    """The words of a plot as they stand there, three letters or more; the first 2,000."""
    return _WORD.findall(unicodedata.normalize("NFKC", plot))[:MOST_WORDS]


def _hash(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "replace"))


@lru_cache(maxsize=20_000)
def _signs(word: str) -> Int8Array:
    """The signs of a word, int8 (256,), -1 or 1: the bits of its BLAKE2b digest."""
    digest = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=WORD_NUMBERS // 8).digest()
    return np.unpackbits(np.frombuffer(digest, np.uint8)).astype(np.int8) * 2 - 1


@dataclass(frozen=True, slots=True, eq=False)
class WordRarity:
    """How many of the training plots have a word.

    Attributes:
        films: number of plots that were counted, N.
        counts: plots that have a word, by the CRC-32 of the folded word.
        dull: words, likewise, that point to no genre.
    """

    films: int
    counts: Mapping[int, int]
    dull: frozenset[int] = frozenset()

    @classmethod
    def learn(cls, films: Iterable[tuple[str, Iterable[str]]], *, min_films: int = 3) -> WordRarity:
        """Count words.

        Args:
            films: plots of training films, each with the film's genres.
            min_films: plots that must have a word; rarer ones count as never seen.

        Returns:
            The counts.
        """
        number, found, beside = 0, Counter[int](), defaultdict[int, Counter[str]](Counter)
        often: Counter[str] = Counter()
        for plot, genres in films:
            named = set(genres) - {"Short"}
            number += 1
            often.update(named)
            for word in {_hash(fold_word(word)) for word in split_words(plot)}:
                found[word] += 1
                beside[word].update(named)
        kept = {word: count for word, count in found.items() if count >= min_films}
        shares = {genre: count / number for genre, count in often.items()}
        dull = (
            word for word, count in kept.items() if count >= DULL_FILMS and not _points(count, beside[word], shares)
        )
        return cls(number, kept, frozenset(dull))

    def save(self, path: Path) -> None:
        """Write the counts as an ``.npz`` archive without pickles."""
        hashes = np.asarray(sorted(self.counts), np.uint32)
        counts = np.asarray([self.counts[int(key)] for key in hashes], np.uint32)
        dull = np.asarray(sorted(self.dull), np.uint32)
        number = np.int64(self.films)
        np.savez_compressed(path, allow_pickle=False, films=number, hashes=hashes, counts=counts, dull=dull)

    @classmethod
    def load(cls, path: Path) -> WordRarity:
        """Read what ``save`` wrote.

        Raises:
            ArtifactError: the file cannot be read, or is not what it should be.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                films, dull = int(stored["films"]), frozenset(stored["dull"].tolist())
                hashes, counts = stored["hashes"].tolist(), stored["counts"].tolist()
        except (OSError, EOFError, ValueError, KeyError) as exc:
            raise ArtifactError(f"The words {path.name} cannot be read: {exc}") from exc
        if not len(set(hashes)) == len(hashes) == len(counts):
            raise ArtifactError(f"The words {path.name} must be different hashes, each with one count.")
        return cls(films, dict(zip(hashes, counts, strict=True)), dull)

    def count(self, word: str) -> int:
        """Training plots that have the folded word."""
        return self.counts.get(_hash(word), 0)

    def weigh(self, plot: str) -> dict[str, float]:
        """The content words of a plot and their weights.

        Args:
            plot: any text.

        Returns:
            (1 + ln count) idf^1.5 by folded word, scaled so that the squares sum to 1; empty where there is none.

        Source:
            idf = ln((1 + N) / (1 + n)) + 1, the smoothed form of scikit-learn's documentation.
        """
        weights: dict[str, float] = {}
        for word, often in Counter(fold_word(word) for word in split_words(plot)).items():
            films = self.count(word)
            if films <= COMMON_SHARE * self.films:
                rarity = math.log((1.0 + self.films) / (1.0 + films)) + 1.0
                weights[word] = (1.0 + math.log(often)) * rarity**RARITY_POWER
        length = math.sqrt(sum(weight * weight for weight in weights.values()))
        return {word: weight / length for word, weight in weights.items()}

    def tells(self, word: str) -> bool:
        """Whether a folded word is worth naming as a reason."""
        return _hash(word) not in self.dull


def _points(count: int, beside: Mapping[str, int], shares: Mapping[str, float]) -> bool:
    """Whether a word of ``count`` plots points to a genre, by how many of them have each."""
    for genre, seen in beside.items():
        expected = count * shares[genre]
        deviation = math.sqrt(expected * (1.0 - shares[genre]))
        if seen >= DULL_LIFT * expected and seen - expected >= DULL_DEVIATIONS * deviation:
            return True
    return False


def project_words(weights: Mapping[str, float]) -> Float32Array:
    """Weighed words as 256 numbers.

    Args:
        weights: weight by folded word.

    Returns:
        float32 (256,) of length 1, or all zeros without a word.
    """
    if not weights:
        return np.zeros(WORD_NUMBERS, np.float32)
    signs = np.stack([_signs(word) for word in weights])
    return _scale(np.fromiter(weights.values(), np.float32, len(weights)) @ signs)


def direct_genres(scores: Mapping[str, float]) -> Float32Array:
    """Probabilities as a direction: their square roots.

    Args:
        scores: probability by genre; genres that are not the site's are passed over.

    Returns:
        float32 (28,) of length 1, or all zeros where nothing is known.

    Source:
        Bhattacharyya's coefficient is the cosine of such directions. Of seven forms of a model's answer it found the
        most films by their other half, together with the words.
    """
    return _scale(np.sqrt(np.asarray([max(scores.get(genre, 0.0), 0.0) for genre in GENRES], np.float64)))


def _scale(values: npt.NDArray[np.floating]) -> Float32Array:
    length = float(np.linalg.norm(values))
    return np.asarray(values / length if length > 0 else np.zeros_like(values), np.float32)


def pack_vector(genres: Float32Array, words: Float32Array) -> bytes:
    """Both directions as 284 signed bytes, as they are kept and searched."""
    numbers = np.concatenate([genres * _GENRE_SCALE, words * _WORD_SCALE])
    return bytes(np.clip(np.rint(numbers), -127, 127).astype(np.int8).tobytes())


def unpack_vectors(packed: Sequence[bytes | memoryview]) -> Int8Array:
    """Kept vectors as a matrix, int8 (N, 284).

    Raises:
        ArtifactError: one has another length.
    """
    joined = b"".join(bytes(row) for row in packed)
    if len(joined) != len(packed) * VECTOR_BYTES:
        raise ArtifactError(f"A film's vector must have {VECTOR_BYTES} bytes.")
    return np.frombuffer(joined, np.int8).reshape(-1, VECTOR_BYTES)


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """What is looked for.

    Attributes:
        genres: float32 (28,), of length 1 or all zeros.
        words: float32 (256,), likewise.
    """

    genres: Float32Array
    words: Float32Array

    @property
    def genre_share(self) -> float:
        """How much the genres weigh; all where there are no words, nothing where there are no genres."""
        if not self.words.any():
            return 1.0
        return GENRE_SHARE if self.genres.any() else 0.0


def search_nearest(matrix: Int8Array, query: Query, count: int) -> tuple[Int64Array, Float32Array]:
    """The rows that are nearest to what is looked for, the nearest first.

    Args:
        matrix: int8 (N, 284), as ``unpack_vectors`` makes it.
        query: what is looked for.
        count: rows wanted, K.

    Returns:
        Their places int64 (K',) and scores float32 (K',), K' being K or N, whichever is less.
    """
    share = query.genre_share
    numbers = np.concatenate([query.genres * (share / _GENRE_SCALE), query.words * ((1.0 - share) / _WORD_SCALE)])
    numbers = numbers.astype(np.float32)
    scores = np.empty(len(matrix), np.float32)
    # Blocks that stay in the processor's cache: a whole matrix of floats were four times the memory.
    for start in range(0, len(matrix), _BLOCK_ROWS):
        block = matrix[start : start + _BLOCK_ROWS]
        scores[start : start + len(block)] = block.astype(np.float32) @ numbers
    count = min(count, len(matrix))
    if count == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    places = np.argpartition(-scores, count - 1)[:count]
    # By place where scores are equal, so that the same question has the same answer.
    places = places[np.lexsort((places, -scores[places]))]
    return places.astype(np.int64), scores[places]


def read_genres(row: Int8Array) -> Float32Array:
    """The direction of the genres, float32 (28,), of a kept row."""
    return row[: len(GENRES)].astype(np.float32) / np.float32(_GENRE_SCALE)


def compare_genres(query: Query, row: Int8Array) -> float:
    """Cosine of the genres' directions of what is looked for and of a kept row."""
    return float(query.genres @ read_genres(row))


def compare_words(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    """Cosine of the words themselves, weighed by ``WordRarity.weigh``; 0 to 1."""
    few, many = sorted((first, second), key=len)
    return float(sum(weight * many[word] for word, weight in few.items() if word in many))


def blend(genres: float, words: float, genre_share: float) -> float:
    """The score of a pair from its two cosines."""
    return genre_share * genres + (1.0 - genre_share) * words


def name_shared_words(first: str, second: str, rarity: WordRarity, count: int = 3) -> list[str]:
    """The words that two plots share and that tell most, as the first plot writes them.

    A word that both write with a capital letter only is most likely a name, which says little of a film.

    Args:
        first: a plot.
        second: another one.
        rarity: how rare words are.
        count: words wanted.

    Returns:
        The words, the most telling first.
    """
    mine, theirs = rarity.weigh(first), rarity.weigh(second)
    written: dict[str, str] = {}
    for word in [*split_words(first), *split_words(second)]:
        if word.islower():
            written.setdefault(fold_word(word), word)
    shared = [word for word in mine if word in theirs and word in written and rarity.tells(word)]
    return [written[word] for word in sorted(shared, key=lambda word: (-mine[word] * theirs[word], word))[:count]]
