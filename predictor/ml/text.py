"""Plot text to token ids: NLTK's word tokeniser, a fixed vocabulary, float-free."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
import threading
import types
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from predictor.ml.artifacts import Bundle
from predictor.ml.errors import ArtifactError, InvalidExample

Int32Array = npt.NDArray[np.int32]

PADDING: Final = 0
UNKNOWN: Final = 1
_RESERVED: Final = ("<pad>", "<unk>")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])[\"')\]]*\s+")
_QUOTES: Final = {"``": '"', "''": '"'}
_LOADING: Final = threading.Lock()


class _Tokenizer(Protocol):
    def tokenize(self, text: str) -> list[str]: ...


def _load_tokenizer() -> _Tokenizer:
    """The tokeniser, loaded once; the lock keeps a second thread from seeing the half-made packages."""
    with _LOADING:
        return _import_tokenizer()


@cache
def _import_tokenizer() -> _Tokenizer:
    """NLTK's word tokeniser without NLTK's package start-up.

    ``import nltk`` takes about a second and brings scikit-learn, SciPy and pandas into the process. The module
    with the tokeniser needs none of it, so it is imported under two empty parent packages, which are taken away
    again: a later ``import nltk`` elsewhere gets the whole package.

    Raises:
        ArtifactError: NLTK is not installed.
    """
    if "nltk" in sys.modules:
        return importlib.import_module("nltk.tokenize.destructive").NLTKWordTokenizer()  # type: ignore[no-any-return]
    spec = importlib.util.find_spec("nltk")
    if spec is None or not spec.submodule_search_locations:
        raise ArtifactError("NLTK is not installed: it is needed to split plots into words.")
    root = Path(spec.submodule_search_locations[0])
    for name, folder in (("nltk", root), ("nltk.tokenize", root / "tokenize")):
        package = types.ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    try:
        module = importlib.import_module("nltk.tokenize.destructive")
    finally:
        for name in [name for name in sys.modules if name == "nltk" or name.startswith("nltk.")]:
            del sys.modules[name]
    return module.NLTKWordTokenizer()  # type: ignore[no-any-return]


def tokenize(plot: str, limit: int | None = None) -> list[str]:
    """Splits a plot into lower-case words and punctuation marks.

    Sentences are split first, because the tokeniser takes a full stop off the end of its input only; the
    quotation marks that it tells apart become one, as in the GloVe vocabulary.

    Args:
        plot: any text; compatibility forms of characters are unified (NFKC).
        limit: largest number of tokens; sentences behind it are not even looked at.

    Returns:
        The tokens in order; may be empty.
    """
    tidy = unicodedata.normalize("NFKC", plot).replace("\u2019", "'").replace("\u2018", "'")
    tokenizer = _load_tokenizer()
    sentences = _SENTENCE_END.split(tidy.strip())
    tokens = (token for sentence in sentences for token in tokenizer.tokenize(sentence))
    return [_QUOTES.get(token, token.lower()) for token in islice(tokens, limit)]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words and their ids; id 0 is padding, id 1 every word that is not listed.

    Attributes:
        words: the listed words; word ``i`` has id ``i + 2``.
    """

    words: tuple[str, ...]

    def __len__(self) -> int:
        """Number of ids, the two reserved ones included."""
        return len(self.words) + len(_RESERVED)

    def index(self) -> dict[str, int]:
        """Id of each listed word."""
        return {word: place + len(_RESERVED) for place, word in enumerate(self.words)}

    @classmethod
    def build(cls, token_lists: Iterable[Iterable[str]], *, size: int, min_count: int = 2) -> Vocabulary:
        """Lists the most frequent words, ties in alphabetical order.

        Args:
            token_lists: the tokens of each training plot.
            size: largest number of ids, the two reserved ones included.
            min_count: rarer words are left out.
        """
        counts = Counter(token for tokens in token_lists for token in tokens)
        ranked = sorted((word for word in counts if counts[word] >= min_count), key=lambda w: (-counts[w], w))
        return cls(tuple(ranked[: max(size - len(_RESERVED), 0)]))

    def dump(self) -> bytes:
        """UTF-8 text, one word a line, as ``load`` reads it."""
        return "".join(f"{word}\n" for word in self.words).encode("utf-8")

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Reads a vocabulary that ``dump`` wrote.

        Raises:
            ArtifactError: the file cannot be read as UTF-8 text, or a word stands twice.
        """
        try:
            words = tuple(path.read_text(encoding="utf-8").split("\n")[:-1])
        except (OSError, UnicodeDecodeError) as exc:
            raise ArtifactError(f"The vocabulary {path.name} cannot be read as UTF-8 text: {exc}") from exc
        if len(set(words)) != len(words):
            raise ArtifactError(f"The vocabulary {path.name} must list each word once.")
        return cls(words)


class PlotEncoder:
    """Turns plots into the token ids that an embedding layer takes.

    Attributes:
        vocabulary: words and ids.
        max_tokens: longer plots are cut there.
    """

    def __init__(self, vocabulary: Vocabulary, *, max_tokens: int) -> None:
        """Keeps the vocabulary's index at hand.

        Raises:
            InvalidExample: ``max_tokens`` is below 1.
        """
        if max_tokens < 1:
            raise InvalidExample(f"Plots must be cut at 1 token or more, not {max_tokens}.")
        self.vocabulary = vocabulary
        self.max_tokens = max_tokens
        self._index = vocabulary.index()

    def encode(self, plot: str) -> Int32Array:
        """Ids of one plot: int32 (T,), 1 <= T <= max_tokens; a plot without a token is one unknown word."""
        ids = [self._index.get(token, UNKNOWN) for token in tokenize(plot, self.max_tokens)]
        return np.asarray(ids or [UNKNOWN], dtype=np.int32)

    def batch(self, plots: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
        """Model input of N plots: ``tokens``, int32 (N, T), padded with 0 to the longest of them."""
        return {"tokens": pad([self.encode(plot) for plot in plots])}


def pad(rows: Sequence[Int32Array]) -> Int32Array:
    """Stacks id rows of different length: int32 (N, T), T the longest, 0 behind the shorter ones."""
    width = max((len(row) for row in rows), default=1)
    stacked = np.full((len(rows), width), PADDING, dtype=np.int32)
    for place, row in enumerate(rows):
        stacked[place, : len(row)] = row
    return stacked


def load_encoder(bundle: Bundle) -> PlotEncoder:
    """Builds the encoder that a plot bundle was trained with.

    Args:
        bundle: a verified bundle of kind ``plot``.

    Returns:
        The encoder.

    Raises:
        ArtifactError: its preprocessing is of an unknown type.
    """
    preprocessing: Mapping[str, Any] = bundle.preprocessing
    if preprocessing.get("type") != "nltk-words":
        raise ArtifactError(
            f"Bundle {bundle.name} must have preprocessing of type 'nltk-words', not {preprocessing.get('type')!r}."
        )
    vocabulary = Vocabulary.load(bundle.path(preprocessing["vocabulary"]))
    return PlotEncoder(vocabulary, max_tokens=int(preprocessing["max_tokens"]))
