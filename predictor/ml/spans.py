"""Words and phrases of a plot as places in its own text, so that they can be cut out and marked."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_LETTER: Final = r"[^\W_][\u0300-\u036f]*"
_WORD: Final = re.compile(rf"(?:{_LETTER})+(?:['\u2019-](?:{_LETTER})+)*")
_SENTENCE_END: Final = re.compile(r"[.!?][\"'\u2019\u201d)\]]*\s")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Neighbouring words: the first one's number, and the number behind the last one's."""

    first: int
    stop: int

    def __len__(self) -> int:
        """Number of words."""
        return self.stop - self.first

    def cut(self, pieces: int) -> list[Phrase]:
        """Cuts it into at most ``pieces`` phrases of like length, none of them empty."""
        count = max(1, min(pieces, len(self)))
        edges = [self.first + round(len(self) * number / count) for number in range(count + 1)]
        return [Phrase(start, stop) for start, stop in pairwise(edges)]


@dataclass(frozen=True, slots=True)
class PlotWords:
    """A plot and where its words stand.

    Attributes:
        text: the plot.
        places: start and end of each word, characters of ``text``; punctuation belongs to no word.
    """

    text: str
    places: tuple[tuple[int, int], ...]

    @classmethod
    def find(cls, text: str, limit: int | None = None) -> PlotWords:
        """Finds the words of a text.

        Args:
            text: any text; an apostrophe or a hyphen between letters, and a combining accent, belong to the word.
            limit: largest number of words; what stands behind them is left out.
        """
        return cls(text, tuple(match.span() for match in _WORD.finditer(text))[:limit])

    def __len__(self) -> int:
        """Number of words."""
        return len(self.places)

    def bounds(self, phrase: Phrase) -> tuple[int, int]:
        """Start and end of a phrase, characters of the text."""
        return self.places[phrase.first][0], self.places[phrase.stop - 1][1]

    def without(self, phrases: Sequence[Phrase]) -> str:
        """The text with phrases that do not overlap cut out, and all else, blanks and punctuation too, as it was."""
        kept, behind = [], 0
        for start, end in sorted(self.bounds(phrase) for phrase in phrases):
            kept.append(self.text[behind:start])
            behind = end
        return "".join([*kept, self.text[behind:]])

    def cut(self, pieces: int) -> list[Phrase]:
        """Cuts the whole text into at most ``pieces`` phrases of like length.

        Phrases end where sentences end, unless there are too many sentences for that.

        Args:
            pieces: at least 1.

        Returns:
            Phrases in order that together hold every word once; none for a text without words.
        """
        if not self.places:
            return []
        whole = Phrase(0, len(self))
        sentences = self._sentences()
        if len(sentences) > pieces:
            return whole.cut(pieces)
        length = math.ceil(len(self) / pieces)
        while sum(math.ceil(len(sentence) / length) for sentence in sentences) > pieces:
            length += 1
        return [piece for sentence in sentences for piece in sentence.cut(math.ceil(len(sentence) / length))]

    def _sentences(self) -> list[Phrase]:
        """Sentences as phrases, in order."""
        starts = [0]
        for number, ((_, end), (start, _)) in enumerate(pairwise(self.places), start=1):
            if _SENTENCE_END.search(self.text[end:start]):
                starts.append(number)
        return [Phrase(first, stop) for first, stop in pairwise([*starts, len(self)])]
