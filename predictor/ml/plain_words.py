"""Plots as plain words: lower case, no punctuation, no digits, no stop words; ids padded to one length."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from predictor.ml.artifacts import Bundle
from predictor.ml.errors import ArtifactError, InvalidExample
from predictor.ml.text import PADDING, UNKNOWN, Vocabulary

_APOSTROPHES: Final = re.compile("['\u2019\u2018`]")
_NO_LETTERS: Final = re.compile(r"[\W\d_]+")


def clean_words(plot: str) -> list[str]:
    """The words of a plot in lower case; an apostrophe joins its sides, other marks and digits part them."""
    text = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", plot).lower())
    return _NO_LETTERS.sub(" ", text).split()


class PlainWordEncoder:
    """Turns plots into rows of word ids of one length.

    Attributes:
        vocabulary: words and ids.
        stop_words: words left out, cleaned as the plots are.
        max_tokens: the length of every row.
    """

    def __init__(self, vocabulary: Vocabulary, stop_words: Iterable[str], *, max_tokens: int) -> None:
        """Keeps the vocabulary's index at hand.

        Raises:
            InvalidExample: ``max_tokens`` is below 1.
        """
        if max_tokens < 1:
            raise InvalidExample(f"Plots must be padded to 1 token or more, not {max_tokens}.")
        self.vocabulary = vocabulary
        self.stop_words = clean_stop_words(stop_words)
        self.max_tokens = max_tokens
        self._index = vocabulary.index()

    def clean(self, plot: str) -> str:
        """The plot's words without stop words, joined by spaces."""
        return " ".join(word for word in clean_words(plot) if word not in self.stop_words)

    def batch(self, plots: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
        """Model input of N plots: ``tokens``, int32 (N, max_tokens); a plot without a word is one unknown word."""
        rows = np.full((len(plots), self.max_tokens), PADDING, dtype=np.int32)
        for place, plot in enumerate(plots):
            words = self.clean(plot).split()[: self.max_tokens]
            ids = [self._index.get(word, UNKNOWN) for word in words] or [UNKNOWN]
            rows[place, : len(ids)] = ids
        return {"tokens": rows}


def clean_stop_words(stop_words: Iterable[str]) -> frozenset[str]:
    """Stop words as they look in a cleaned plot: "don't" is "dont"."""
    return frozenset(word for entry in stop_words for word in clean_words(entry))


def load_plain_encoder(bundle: Bundle) -> PlainWordEncoder:
    """Builds the encoder that a plot bundle of preprocessing type ``plain-words`` was trained with.

    Args:
        bundle: a verified bundle of kind ``plot``.

    Raises:
        ArtifactError: one of its files cannot be read.
    """
    settings = bundle.preprocessing
    vocabulary = Vocabulary.load(bundle.path(settings["vocabulary"]))
    stop_words = _read_lines(bundle.path(settings["stop_words"]))
    return PlainWordEncoder(vocabulary, stop_words, max_tokens=int(settings["max_tokens"]))


def _read_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 text file."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise ArtifactError(f"The word list {path.name} cannot be read as UTF-8 text: {exc}") from exc
