"""Why a genre: which words of a plot raised or lowered it, and which regions of a poster speak for it.

Weights are differences of calibrated logits, that is of the natural logarithm of the odds: a phrase of weight 0.7 about
doubled the odds of its genre, one of -0.7 halved them. They say what the model did, not what is true of the film.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from PIL import Image

from predictor.ml.calibration import PlattCalibration, logit
from predictor.ml.errors import InvalidExample
from predictor.ml.labels import Float32Array
from predictor.ml.pipeline import PosterImage
from predictor.ml.spans import Phrase, PlotWords

WORD_BUDGETS: Final = {"nltk-words": 16_000, "plain-words": 16_000, "ngrams": 30_000}
"""Words that a network of this preprocessing may read for one explanation: some half a second on one core."""
DEFAULT_WORD_BUDGET: Final = 2_800
"""The same for encoders, which read 3,300 words a second on a busy core and twice as many on an idle one."""
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

OCCLUSION: Final = "occlusion"
ACTIVATION: Final = "activation"
METHODS: Final = (OCCLUSION, ACTIVATION)
GREY: Final = 127
PATCH_ROWS: Final = 7
PATCH_COLUMNS: Final = 5
_WORKING_SIDE_PX: Final = 448


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


class ExplainedPosters(Protocol):
    """What is asked of a poster pipeline."""

    genres: tuple[str, ...]

    @property
    def bundle(self) -> ExplainedBundle:
        """Where the network comes from."""

    def logits(self, items: Sequence[PosterImage]) -> Float32Array:
        """Logits (N, G) of N posters."""

    def features(self, items: Sequence[PosterImage]) -> tuple[Float32Array, Float32Array] | None:
        """Logits (N, G) and last feature map (N, h, w, C), or None."""

    def class_weights(self, channels: int) -> Float32Array | None:
        """Weights (C, G) behind the feature map, or None."""


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


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of a poster, the right and the bottom edge not included."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Spot:
    """The cell of a heat map where most speaks for a genre, or against it.

    Attributes:
        box: the cell, in pixels of the poster.
        weight: its calibrated logits; above 0 it speaks for the genre.
        row: 0 (top), 1 or 2 (bottom), the third of the poster that its middle lies in.
        column: 0 (left), 1 or 2 (right), likewise.
    """

    box: Box
    weight: float
    row: int
    column: int


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """Where a poster speaks for a genre.

    Attributes:
        genre: the genre.
        contributions: float32 (h, w), calibrated logits; cell (0, 0) is the top left of ``box``. By ``activation``
            they sum to what the poster adds to the genre's logit; by ``occlusion`` each says what it costs the genre
            to cover four neighbouring cells, in the mean over those that include this one.
        box: what the cells cover in equal parts, in pixels of the poster as it was given.
        method: ``activation`` or ``occlusion``.
    """

    genre: str
    contributions: Float32Array
    box: Box
    method: str

    @property
    def values(self) -> Float32Array:
        """Float32 (h, w) in [0, 1]: what speaks for the genre, 1 the strongest; all 0 where nothing does."""
        positive = np.maximum(self.contributions, 0.0)
        return np.asarray(positive / max(float(positive.max()), 1e-9), dtype=np.float32)

    @property
    def speaks(self) -> bool:
        """Whether any region speaks for the genre."""
        return bool((self.contributions > SMALLEST_WEIGHT).any())

    def find_spot(self, *, against: bool = False) -> Spot | None:
        """The cell that speaks most for the genre, or most ``against`` it; None where none does noticeably."""
        flat = self.contributions.argmin() if against else self.contributions.argmax()
        row, column = (int(place) for place in np.unravel_index(flat, self.contributions.shape))
        weight = float(self.contributions[row, column])
        if (-weight if against else weight) <= SMALLEST_WEIGHT:
            return None
        rows, columns = self.contributions.shape
        down = np.linspace(self.box.top, self.box.bottom, rows + 1).round().astype(int).tolist()
        right = np.linspace(self.box.left, self.box.right, columns + 1).round().astype(int).tolist()
        cell = Box(right[column], down[row], right[column + 1], down[row + 1])
        return Spot(cell, weight, (2 * row + 1) * 3 // (2 * rows), (2 * column + 1) * 3 // (2 * columns))

    def enlarge(self, width_px: int, height_px: int) -> Float32Array:
        """The values over the box at another size, float32 (height_px, width_px) in [0, 1], smooth between cells."""
        picture = Image.fromarray(self.values).resize((width_px, height_px), Image.Resampling.BICUBIC)
        return np.clip(np.asarray(picture, dtype=np.float32), 0.0, 1.0)


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
    column = _find_genre(pipeline.genres, genre)
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


def explain_poster(pipeline: ExplainedPosters, image: PosterImage, genre: str, *, method: str = OCCLUSION) -> HeatMap:
    """Finds the regions of a poster that speak for a genre.

    ``occlusion`` covers patches with grey and sees what becomes of the genre: some 25 passes of the network.
    ``activation`` needs two, and a network that shows its last feature map: the genre's logit is a weighted sum of the
    map's channels, averaged over the picture, so each cell's part of it can be read off. Each cell has seen far more
    of the poster than it covers, so that the regions it names matter less: see "Explanations" in docs/models.md.

    Args:
        pipeline: scores posters.
        image: an RGB picture, or uint8 (H, W, 3).
        genre: the genre.
        method: ``occlusion`` or ``activation``; the latter becomes the former where the network does not allow it.

    Returns:
        The heat map.

    Raises:
        InvalidExample: the pipeline does not know the genre, the picture is not RGB, or the method is unknown.

    Source:
        Zhou et al., "Learning Deep Features for Discriminative Localization" (2016), equation 2.
    """
    column = _find_genre(pipeline.genres, genre)
    picture = image if isinstance(image, Image.Image) else Image.fromarray(np.asarray(image))
    if picture.mode != "RGB":
        raise InvalidExample(f"A poster must be an RGB picture, not {picture.mode}.")
    if method not in METHODS:
        raise InvalidExample(f"A heat map is made by one of {', '.join(METHODS)}, not {method!r}.")
    box = Box(0, 0, *picture.size)
    scale = float(pipeline.bundle.calibration.scale[column])
    activation = _read_activation(pipeline, picture, column) if method == ACTIVATION else None
    if activation is not None:
        return HeatMap(genre, scale * activation, box, ACTIVATION)
    return HeatMap(genre, scale * _cover_patches(pipeline, picture, column), box, OCCLUSION)


def _read_activation(pipeline: ExplainedPosters, picture: Image.Image, column: int) -> Float32Array | None:
    """Each cell's part (h, w) of a genre's logit, or None if the network is not linear behind its feature map."""
    # A flat grey picture beside the poster tells whether the weights found are those that the network uses.
    flat = np.full((picture.height, picture.width, 3), GREY, np.uint8)
    answer = pipeline.features([np.asarray(picture), flat])
    if answer is None:
        return None
    logits, maps = answer
    weights = pipeline.class_weights(maps.shape[-1])
    if weights is None:
        return None
    cells = maps @ weights / (maps.shape[1] * maps.shape[2])
    parts = cells.sum(axis=(1, 2))
    if not np.allclose(parts[0] - parts[1], logits[0] - logits[1], rtol=1e-2, atol=2e-2):
        return None
    return np.asarray(cells[0, :, :, column], np.float32)


def _cover_patches(pipeline: ExplainedPosters, picture: Image.Image, column: int) -> Float32Array:
    """What covering each cell costs a genre's logit, (PATCH_ROWS, PATCH_COLUMNS).

    Windows of two by two cells are covered, one pixel at least, and a cell gets the mean of the windows over it.
    """
    small = picture.copy()
    small.thumbnail((_WORKING_SIDE_PX, _WORKING_SIDE_PX))
    pixels = np.asarray(small)
    rows = np.linspace(0, pixels.shape[0], PATCH_ROWS + 1).round().astype(int)
    columns = np.linspace(0, pixels.shape[1], PATCH_COLUMNS + 1).round().astype(int)
    windows = [(row, left) for row in range(PATCH_ROWS - 1) for left in range(PATCH_COLUMNS - 1)]
    covered = [pixels]
    for row, left in windows:
        copy = pixels.copy()
        copy[rows[row] : rows[row + 2], columns[left] : columns[left + 2]] = GREY
        covered.append(copy)
    logits = pipeline.logits(covered)[:, column]
    total = np.zeros((PATCH_ROWS, PATCH_COLUMNS), np.float32)
    count = np.zeros_like(total)
    for (row, left), value in zip(windows, logits[1:], strict=True):
        total[row : row + 2, left : left + 2] += logits[0] - value
        count[row : row + 2, left : left + 2] += 1
    return np.asarray(total / count, np.float32)


def _find_genre(genres: tuple[str, ...], genre: str) -> int:
    """The column of a genre.

    Raises:
        InvalidExample: there is none.
    """
    if genre not in genres:
        raise InvalidExample(f"This model knows the genres {', '.join(genres)}, not {genre!r}.")
    return genres.index(genre)
