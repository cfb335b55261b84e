"""Films that teach which one genre a plot has: those of the IMDb 27-genre set, and films with several genres."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from predictor.ml.examples import PlotExample
from predictor.ml.labels import IMDB27, Float32Array, encode
from predictor.ml.text import Int32Array
from predictor.ml.training.datasets import IMDB27_FOLDER, known_genres_of, label_arrays
from predictor.ml.training.plot_batches import PlotBatches
from predictor.ml.training.trainer import Batch

SMOOTHING: Final = 50.0
"""Films by which a source's own shares are drawn towards those of all sources together."""

LARGEST_RATIO: Final = 50.0
"""Bound on how much likelier a genre may be in a source than in the set, and the other way round."""


@dataclass(frozen=True, slots=True)
class SingleFilms:
    """Plots of the set and of other sources as arrays.

    Attributes:
        own: plots of the set, exactly one genre each.
        others: plots of other sources, one genre of the set's names or more each.
        labels: float32 (N, 27), own films first; several of a row may be 1: one of them is the genre.
        weights: float32 (N, 27), how much likelier a genre is in the film's source than in the set; 0 for one that
            the source does not know. 1 in the set's own rows.
    """

    own: list[PlotExample]
    others: list[PlotExample]
    labels: Float32Array
    weights: Float32Array

    @property
    def examples(self) -> list[PlotExample]:
        """All films, in the order of the arrays."""
        return [*self.own, *self.others]

    @property
    def own_shares(self) -> Float32Array:
        """Share of each genre (27,) among the set's own films, smoothed so that none is 0."""
        count = len(self.own)
        totals = self.labels[:count].sum(axis=0) + 0.5
        return np.asarray(totals / totals.sum(), np.float32)


def gather_films(own: Sequence[PlotExample], others: Sequence[PlotExample]) -> SingleFilms:
    """Lays out films for ``partial_crossentropy``.

    A source's share of a genre is counted with each film split evenly among its genres. Weighing a genre by its share
    in the source over that in the set is the usual correction for labels whose mixture differs.

    Args:
        own: training plots of the set.
        others: training plots of other sources; those without a genre of the set's names are left out.

    Returns:
        Both as arrays.

    Source:
        Saerens et al., "Adjusting the outputs of a classifier to new a priori probabilities" (2002).
    """
    useful = [row for row in others if any(genre in IMDB27 for genre in row.genres)]
    own_labels = np.stack([encode(row.genres, IMDB27) for row in own])
    labels, mask = label_arrays(useful, known_genres_of(useful), IMDB27)
    films = SingleFilms(list(own), useful, np.concatenate([own_labels, labels]), np.ones_like(own_labels))
    if not useful:
        return films
    split = labels / labels.sum(axis=1, keepdims=True)
    common = (split.sum(axis=0) + 0.5) / (len(split) + 0.5 * split.shape[1])
    sources = np.asarray([row.source for row in useful])
    ratios = np.empty_like(labels)
    for source in set(sources):
        chosen = sources == source
        shares = (split[chosen].sum(axis=0) + SMOOTHING * common) / (chosen.sum() + SMOOTHING)
        ratios[chosen] = np.clip(shares / films.own_shares, 1.0 / LARGEST_RATIO, LARGEST_RATIO)
    weights = np.concatenate([films.weights, (ratios * mask).astype(np.float32)])
    return SingleFilms(films.own, films.others, films.labels, weights)


def exclude_plots(examples: Sequence[PlotExample], held_out: Sequence[PlotExample]) -> list[PlotExample]:
    """The examples of other sources whose plots are none of those held out."""
    taken = {row.plot.strip() for row in held_out}
    return [row for row in examples if row.source != IMDB27_FOLDER and row.plot.strip() not in taken]


class SampledBatches:
    """Batches of every film of the set and, drawn anew each epoch, as many of other sources as are asked for."""

    def __init__(
        self,
        rows: Sequence[Int32Array],
        labels: Float32Array,
        mask: Float32Array,
        *,
        own: int,
        drawn: int,
        batch_size: int,
        seed: int,
    ) -> None:
        """Keeps the examples.

        Args:
            rows: N rows of token ids, those of the set first.
            labels: (N, G).
            mask: (N, G).
            own: number of films of the set.
            drawn: films of other sources in an epoch; fewer if there are not so many.
            batch_size: examples in a batch.
            seed: of the draw and the order.
        """
        self._rows, self._labels, self._mask = rows, labels, mask
        self._own, self._drawn = own, min(drawn, len(rows) - own)
        self._batch_size, self._seed = batch_size, seed

    def __len__(self) -> int:
        """Batches in an epoch."""
        return -(-(self._own + self._drawn) // self._batch_size)

    def batches(self, epoch: int) -> Iterator[Batch]:
        """The batches of an epoch; the same number gives the same batches."""
        generator = np.random.default_rng([self._seed, epoch, 27])
        others = generator.choice(len(self._rows) - self._own, self._drawn, replace=False) + self._own
        chosen = np.concatenate([np.arange(self._own), others])
        source = PlotBatches(
            [self._rows[place] for place in chosen],
            self._labels[chosen],
            self._mask[chosen],
            batch_size=self._batch_size,
            seed=self._seed,
        )
        yield from source.batches(epoch)
