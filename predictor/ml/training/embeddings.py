"""Word vectors in the standard GloVe text format: a word and its numbers on each line, parted by spaces."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from predictor.ml.errors import TrainingError
from predictor.ml.labels import Float32Array
from predictor.ml.text import PADDING, Vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class WordVectors:
    """Vectors of a vocabulary.

    Attributes:
        matrix: float32 (V, D); row 0, padding, is zero.
        found: number of the vocabulary's words that the file knows.
    """

    matrix: Float32Array
    found: int


def _parse(line: str, number: int, size: int | None) -> tuple[str, list[str]]:
    """Word and numbers of a line; a word may hold spaces itself, so the numbers are taken from the end."""
    parts = line.rstrip("\n").split(" ")
    if size is None:
        return parts[0], parts[1:]
    if len(parts) < size + 1:
        raise TrainingError(f"GloVe line {number} must hold a word and {size} numbers, not {len(parts) - 1} numbers.")
    return " ".join(parts[:-size]), parts[-size:]


def load_glove(path: Path, vocabulary: Vocabulary, *, seed: int = 0) -> WordVectors:
    """Reads the vectors of a vocabulary's words from a GloVe text file.

    Words that the file does not know, and the unknown word, get small random vectors of the spread of the known
    ones; they are learned in training.

    Args:
        path: the text file, UTF-8.
        vocabulary: words and ids.
        seed: of the random vectors.

    Returns:
        The matrix and how many words were found.

    Raises:
        TrainingError: the file is missing or empty, a line has too few numbers, or a number is none.

    Source:
        Pennington et al., "GloVe: global vectors for word representation" (2014); the format of its release.
    """
    if not path.is_file():
        raise TrainingError(f"There is no file of word vectors at {path.name!r}: name a GloVe text file.")
    index = vocabulary.index()
    vectors: dict[int, Float32Array] = {}
    size: int | None = None
    with path.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, start=1):
            word, values = _parse(line, number, size)
            size = size or len(values)
            place = index.get(word)
            if place is not None:
                vectors[place] = _to_vector(values, number)
    if not size:
        raise TrainingError(f"The file of word vectors {path.name!r} holds none.")
    spread = float(np.std(list(vectors.values()))) if vectors else 0.1
    matrix = np.random.default_rng(seed).normal(0.0, spread, (len(vocabulary), size)).astype(np.float32)
    for place, vector in vectors.items():
        matrix[place] = vector
    matrix[PADDING] = 0.0
    return WordVectors(matrix, len(vectors))


def _to_vector(values: list[str], number: int) -> Float32Array:
    """The numbers of a line as float32.

    Raises:
        TrainingError: one of them is none.
    """
    try:
        return np.asarray(values, dtype=np.float32)
    except ValueError as exc:
        raise TrainingError(f"GloVe line {number} must hold numbers behind the word: {exc}.") from exc
