"""How each source of labels lists genres: which it never names, and how readily it names the others.

One catalogue calls nearly everything a drama, another has no word for a biography. What a list will say of a film
thus depends on the film and on whose list it is, and the manner of a plot tells a little of the latter. The genres
of a film are therefore learned apart from the customs of the sources, and put together for an answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from predictor.ml.calibration import logit, sigmoid, softmax
from predictor.ml.errors import TrainingError
from predictor.ml.examples import PlotExample
from predictor.ml.labels import GENRES, Float32Array, encode
from predictor.ml.training.datasets import IMDB27_FOLDER
from predictor.ml.training.plot_teacher import PlotTeacher

STRENGTH: Final = 5.0
"""Weight of the common custom in each source's own (inverse variance of a Gaussian prior on its offsets)."""

_STEPS: Final = 30


@dataclass(frozen=True, slots=True, eq=False)
class Customs:
    """The customs of the sources that have enough films.

    Attributes:
        sources: their S names, those with most training films first.
        known: float32 (S, G), 1 where the source uses the genre, else 0.
        offsets: float32 (S, G), log odds by which it names the genre more readily than the common custom.
    """

    sources: tuple[str, ...]
    known: Float32Array
    offsets: Float32Array

    def mix(self, logits: Float32Array, source_logits: Float32Array) -> Float32Array:
        """What a list of unknown origin will say.

        Args:
            logits: (N, G), log odds of the genres under the common custom.
            source_logits: (N, S), unbounded; their softmax is how likely each source is.

        Returns:
            float32 (N, G): log odds of standing in the list, the mean over the sources' customs.
        """
        weights = softmax(source_logits)
        listed = np.zeros(logits.shape, np.float64)
        for place in range(len(self.sources)):
            listed += weights[:, place, None] * self.known[place] * sigmoid(logits + self.offsets[place])
        return np.asarray(logit(listed), np.float32)


def find_sources(examples: Sequence[PlotExample], *, min_films: int) -> tuple[str, ...]:
    """The sources with enough films, those with most first; the single-label set lists no genres and is none."""
    counts = Counter(row.source for row in examples if row.source != IMDB27_FOLDER)
    return tuple(source for source, count in counts.most_common() if count >= min_films)


def encode_sources(examples: Sequence[PlotExample], sources: Sequence[str]) -> Float32Array:
    """One-hot rows float32 (N, S); all zeros for a film of none of the sources."""
    names = np.asarray([row.source for row in examples], dtype=object)
    return np.stack([names == source for source in sources], axis=1).astype(np.float32)


def know_genres(sources: Sequence[str], known: Mapping[str, Sequence[str]]) -> Float32Array:
    """float32 (S, G): 1 where a source uses a genre."""
    return np.stack([encode(known[source]) for source in sources])


def fit_offsets(logits: Any, labels: Any, mask: Any, rows: Any, *, strength: float = STRENGTH) -> Float32Array:
    """How much more readily each source names each genre than log odds given say, drawn towards not at all.

    Args:
        logits: (N, G), log odds under the common custom.
        labels: (N, G), 0 or 1.
        mask: (N, G), 0 where the label is unknown.
        rows: (N, S), one-hot sources.
        strength: weight of the prior, above 0.

    Returns:
        float32 (S, G), the offsets of largest penalised likelihood, by Newton's method.
    """
    scores, truth, known = (np.asarray(values, np.float64) for values in (logits, labels, mask))
    offsets = np.zeros((np.shape(rows)[1], scores.shape[1]))
    for place in range(len(offsets)):
        own = np.asarray(rows)[:, place] > 0
        for _ in range(_STEPS):
            fitted = sigmoid(scores[own] + offsets[place])
            gradient = ((fitted - truth[own]) * known[own]).sum(axis=0) + strength * offsets[place]
            curvature = (fitted * (1.0 - fitted) * known[own]).sum(axis=0) + strength
            offsets[place] -= np.clip(gradient / curvature, -1.0, 1.0)
    return offsets.astype(np.float32)


def teach_customs(answers: Float32Array, labels: Any, mask: Any, rows: Any) -> tuple[Float32Array, Float32Array]:
    """Moves a teacher's answers to the custom of each film's own source.

    Args:
        answers: (N, G), probabilities under the common custom.
        labels: (N, G), 0 or 1.
        mask: (N, G), 0 where the label is unknown.
        rows: (N, S), one-hot sources.

    Returns:
        The answers float32 (N, G) so moved, and the offsets float32 (S, G) that moved them.
    """
    offsets = fit_offsets(logit(answers), labels, mask, rows)
    return sigmoid(logit(answers) + np.asarray(rows) @ offsets).astype(np.float32), offsets


def describe_customs(customs: Customs) -> dict[str, Any]:
    """Plain values for a manifest: per source the log odds of the genres it uses, rounded."""
    return {
        source: {
            genre: round(float(offset), 3)
            for genre, offset, uses in zip(GENRES, customs.offsets[place], customs.known[place], strict=True)
            if uses
        }
        for place, source in enumerate(customs.sources)
    }


def recall_customs(told: Mapping[str, Mapping[str, float]], sources: Sequence[str]) -> Float32Array:
    """Offsets (S, G) from what ``describe_customs`` wrote; 0 where it names no such source or genre."""
    return np.asarray([[told.get(source, {}).get(genre, 0.0) for genre in GENRES] for source in sources], np.float32)


def start_customs(
    examples: Sequence[PlotExample],
    known: Mapping[str, Sequence[str]],
    labels: Float32Array,
    mask: Float32Array,
    teacher: PlotTeacher,
    *,
    min_films: int,
) -> tuple[Customs, PlotTeacher]:
    """The customs that training begins with, and a teacher's answers under each film's own custom.

    Args:
        examples: N training plots.
        known: the genres each source uses.
        labels: (N, G), 0 or 1.
        mask: (N, G), 0 where the label is unknown.
        teacher: one that knows customs has answered in them, and they are where training begins; the answers of
            another are moved to them; without any, offsets begin at 0.
        min_films: training films that a source must have for a custom of its own.

    Raises:
        TrainingError: no source has enough films.
    """
    sources = find_sources(examples, min_films=min_films)
    if not sources:
        raise TrainingError(f"Customs need a source of labels with {min_films} training films or more: there is none.")
    if teacher.customs or not teacher.paths:
        offsets = recall_customs(teacher.customs, sources)
    else:
        moved, offsets = teach_customs(teacher.probabilities, labels, mask, encode_sources(examples, sources))
        teacher = replace(teacher, probabilities=moved)
    return Customs(sources, know_genres(sources, known), offsets), teacher


def append_sources(
    examples: Sequence[PlotExample], sources: Sequence[str], labels: Float32Array, mask: Float32Array
) -> tuple[Float32Array, Float32Array]:
    """Labels and mask (N, G + S): behind the genres the sources, one-hot; unknown for a film of none of them."""
    rows = encode_sources(examples, sources)
    told = np.repeat(rows.max(axis=1, keepdims=True), len(sources), axis=1)
    return np.concatenate([labels, rows], axis=1), np.concatenate([mask, told], axis=1)
