"""Plot text to word-piece ids, as a BERT encoder takes them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from predictor.ml.errors import ArtifactError, InvalidExample
from predictor.ml.text import PADDING, Int32Array, pad

SPECIAL_TOKENS: Final = 2
"""Every plot is framed by a start and an end token."""

PADDING_NAMES: Final = ("<pad>", "[PAD]")
"""What vocabularies call padding; MPNet's come first, for they keep BERT's unused names. Here it has id 0 always."""


@lru_cache(maxsize=4)
def _open_tokenizer(content: bytes, max_tokens: int) -> Tokenizer:
    """A tokeniser without padding that cuts plots; versions with the same one share it, for each takes several MB."""
    tokenizer = Tokenizer.from_buffer(content)
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


class WordpieceEncoder:
    """Turns plots into the ids that an encoder's embedding takes; id 0 is padding.

    Attributes:
        max_tokens: longer plots are cut there, the two framing tokens included.
    """

    def __init__(self, path: Path, *, max_tokens: int) -> None:
        """Loads the tokeniser.

        Args:
            path: its ``tokenizer.json``.
            max_tokens: at least 3.

        Raises:
            InvalidExample: ``max_tokens`` leaves no room for a word.
            ArtifactError: the file is no tokeniser.
        """
        if max_tokens <= SPECIAL_TOKENS:
            raise InvalidExample(f"Plots must be cut at {SPECIAL_TOKENS + 1} tokens or more, not {max_tokens}.")
        self.max_tokens = max_tokens
        try:
            self._tokenizer = _open_tokenizer(path.read_bytes(), max_tokens)
        except Exception as exc:  # the library raises bare Exception
            raise ArtifactError(f"The tokeniser {path.name} cannot be read: {exc}") from exc
        self._padding = next(
            (found for name in PADDING_NAMES if (found := self._tokenizer.token_to_id(name)) is not None), PADDING
        )

    def encode(self, plot: str) -> Int32Array:
        """Ids of one plot: int32 (T,), 3 <= T <= max_tokens for a text, 2 for one without a word."""
        ids = np.asarray(self._tokenizer.encode(plot).ids, dtype=np.int32)
        if self._padding != PADDING:  # the token that has id 0 takes the id of padding instead
            ids[ids == PADDING] = self._padding
        return ids

    def batch(self, plots: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
        """Model input of N plots: ``tokens``, int32 (N, T), padded with 0 to the longest of them."""
        return {"tokens": pad([self.encode(plot) for plot in plots])}
