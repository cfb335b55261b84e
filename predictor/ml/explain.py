"""Why a genre: which words of a plot raised or lowered it.

Weights are differences of calibrated logits, that is of the natural logarithm of the odds: a phrase of weight 0.7 about
doubled the odds of its genre, one of -0.7 halved them. They say what the model did, not what is true of the film.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np

from predictor.ml.calibration import PlattCalibration, logit
from predictor.ml.errors import InvalidExample
from predictor.ml.labels import Float32Array
from predictor.ml.spans import Phrase, PlotWords

WORD_BUDGETS: Final = {"nltk-words": 16_000, "plain-words": 16_000, "ngrams": 30_000}
"""Words that a network of this preprocessing may read for one explanation: some half a second on one core."""
DEFAULT_WORD_BUDGET: Final = 2_304
"""The same for encoders, nine passes over the longest plot: a core without AVX-512 reads 2,300 words a second."""
MOST_PASSES: Final = 200
WORDS_READ: Final = 2_000
"""Words behind this are read by no network: see ``ngrams.MAX_WORDS``."""
CUT_BY_WORDS: Final = ("nltk-words", "wordpiece")
"""Kinds of preprocessing that cut a plot at ``max_tokens``, where each word is a token or more."""
PIECES: Final = 4
"""Pieces that a phrase which matters is cut into."""

MARKED_SHARE: Final = 0.3
"""Largest share of the words that is marked: a text that is marked all over explains nothing."""
SMALLEST_WEIGHT: Final = 0.02
LEVELS: Final = (0.2, 0.4, 0.7)
"""Share of the strongest weight a word that begins the marks of level 1, 2 and 3."""


class ExplainedBundle(Protocol):
    """What is asked of a pipeline's bundle."""

    @property
    def calibration(self) -> PlattCalibration:
        """From logits to probabilities."""

    @property
    def preprocessing(self) -> Mapping[str, Any]:
        """The part of that name of the manifest."""


class ExplainedPlots(Protocol):
    """What is asked of a plot pipeline."""

    genres: tuple[str, ...]

    @property
    def bundle(self) -> ExplainedBundle:
        """Where the network comes from."""

    def logits(self, items: Sequence[str]) -> Float32Array:
        """Logits (N, G) of N plots."""


@dataclass(frozen=True, slots=True, eq=False)
class TextSpan:
    """A word or a phrase, and what it did to every genre.

    Attributes:
        start: where it begins, in characters of the plot as it was given.
        end: the character behind its last one.
        words: number of its words.
        weights: float32 (G,), calibrated logit of the whole plot minus that of the plot without this span.
    """

    start: int
    end: int
    words: int
    weights: Float32Array


@dataclass(frozen=True, slots=True)
class Mark:
    """A span that is worth showing for one genre.

    Attributes:
        start: where it begins, in characters of the plot.
        end: the character behind its last one.
        weight: difference of calibrated logits; above 0 the span raised the genre.
        level: 1 (weak) to 3 (strong), by the weight a word beside the strongest.
    """

    start: int
    end: int
    weight: float
    level: int


@dataclass(frozen=True, slots=True, eq=False)
class PlotExplanation:
    """What the words of one plot did.

    Attributes:
        genres: the G genre names.
        genre: the genre whose strongest phrases were looked at more closely.
        logits: float32 (G,), calibrated, of the whole plot.
        spans: in order, without overlap; words that no network reads are in none.
        passes: plots that the network read for it.
    """

    genres: tuple[str, ...]
    genre: str
    logits: Float32Array
    spans: tuple[TextSpan, ...]
    passes: int

    def marks(self) -> tuple[Mark, ...]:
        """The spans that matter most for ``genre``, in order; at most ``MARKED_SHARE`` of the words."""
        column = self.genres.index(self.genre)
        weighed = [(float(span.weights[column]), span) for span in self.spans]
        strongest = max((abs(weight) / span.words for weight, span in weighed), default=0.0)
        room = max(1.0, MARKED_SHARE * sum(span.words for span in self.spans))
        marks: list[Mark] = []
        for weight, span in sorted(weighed, key=lambda pair: (-abs(pair[0]) / pair[1].words, pair[1].start)):
            share = abs(weight) / span.words / strongest if strongest else 0.0
            level = sum(share >= least for least in LEVELS)
            if not level or abs(weight) < SMALLEST_WEIGHT:
                break
            if span.words > room:
                continue
            room -= span.words
            marks.append(Mark(span.start, span.end, weight, level))
        return tuple(sorted(marks, key=lambda mark: mark.start))


def explain_plot(pipeline: ExplainedPlots, plot: str, genre: str, *, word_budget: int | None = None) -> PlotExplanation:
    """Cuts phrases out of a plot and sees what becomes of its genres.

    First the whole text is cut into phrases, each of which is left out in turn; then, as far as the budget reaches,
    those that matter most for ``genre`` are cut up further, down to single words. A short plot is taken word by word
    at once. The answer is the same every time.

    Args:
        pipeline: scores plots.
        plot: the text.
        genre: the genre that is looked at most closely.
        word_budget: words that the network may read in all; by default what its kind reads in half a second.

    Returns:
        Weights of every phrase for every genre.

    Raises:
        InvalidExample: the pipeline does not know the genre.
    """
    column = find_genre(pipeline.genres, genre)
    settings = pipeline.bundle.preprocessing
    words = PlotWords.find(plot, _words_read(settings))
    budget = word_budget or WORD_BUDGETS.get(str(settings.get("type")), DEFAULT_WORD_BUDGET)
    read_at_once = min(len(words), int(settings.get("max_tokens", WORDS_READ)))
    passes = max(2, min(MOST_PASSES, budget // max(read_at_once, 1)))
    first = words.cut(passes if len(words) <= passes else max(2, passes // 2))
    logits = _read_log_odds(pipeline, [plot, *(words.without([phrase]) for phrase in first)])
    weights = {phrase: logits[0] - row for phrase, row in zip(first, logits[1:], strict=True)}
    used = len(logits)
    while pieces := _cut_strongest(weights, column, passes - used):
        found = [piece for cut in pieces.values() for piece in cut]
        rows = _read_log_odds(pipeline, [words.without([piece]) for piece in found])
        weights = {phrase: value for phrase, value in weights.items() if phrase not in pieces}
        weights |= {piece: logits[0] - row for piece, row in zip(found, rows, strict=True)}
        used += len(found)
    spans = tuple(
        TextSpan(*words.bounds(phrase), len(phrase), weights[phrase])
        for phrase in sorted(weights, key=lambda phrase: phrase.first)
    )
    return PlotExplanation(pipeline.genres, genre, logits[0], spans, used)


def _read_log_odds(pipeline: ExplainedPlots, plots: Sequence[str]) -> Float32Array:
    """Calibrated logits (N, G) of N plots; those of a softmax depend on all genres, so probabilities are asked for."""
    return np.asarray(logit(pipeline.bundle.calibration.apply(pipeline.logits(plots))), np.float32)


def _words_read(settings: Mapping[str, Any]) -> int:
    """Words of a plot that a network reads at most."""
    is_cut = settings.get("type") in CUT_BY_WORDS
    return min(WORDS_READ, int(settings.get("max_tokens", WORDS_READ))) if is_cut else WORDS_READ


def _cut_strongest(weights: Mapping[Phrase, Float32Array], column: int, passes: int) -> dict[Phrase, list[Phrase]]:
    """The phrases of several words that matter most for a genre, cut up; about half of the passes left are used."""
    pieces: dict[Phrase, list[Phrase]] = {}
    used = 0
    for phrase in sorted(weights, key=lambda phrase: (-abs(float(weights[phrase][column])), phrase.first)):
        cut = phrase.cut(PIECES)
        if len(cut) < 2:
            continue
        if used + len(cut) > (passes if not used else passes // 2):
            break
        pieces[phrase] = cut
        used += len(cut)
    return pieces


def find_genre(genres: tuple[str, ...], genre: str) -> int:
    """The column of a genre.

    Raises:
        InvalidExample: the model does not know it.
    """
    if genre not in genres:
        raise InvalidExample(f"This model knows the genres {', '.join(genres)}, not {genre!r}.")
    return genres.index(genre)
