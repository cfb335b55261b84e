"""Batches of plots of like length, so that little time goes into padding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from predictor.ml.labels import Float32Array
from predictor.ml.text import pad
from predictor.ml.training.trainer import Batch, predict


class PlotBatches:
    """Encoded plots in batches; shuffled by epoch number, or in order of length for measuring."""

    def __init__(
        self,
        rows: Sequence[npt.NDArray[Any]],
        labels: Float32Array,
        mask: Float32Array,
        *,
        batch_size: int,
        seed: int | None = None,
        left_out: float = 0.0,
    ) -> None:
        """Keeps the examples.

        Args:
            rows: N rows of token ids, (T,) each.
            labels: (N, G), 0 or 1.
            mask: (N, G), 0 where the label is unknown.
            batch_size: examples in a batch; the last may be smaller.
            seed: shuffles for training; None keeps the order of examples, for measuring.
            left_out: share of the ids of each plot that a training epoch leaves out, drawn anew for every epoch; the
                first and the last, which frame a plot, stay.
        """
        self._rows, self._labels, self._mask = rows, labels, mask
        self._lengths = np.asarray([len(row) for row in rows])
        self._batch_size, self._seed, self._left_out = batch_size, seed, left_out

    def __len__(self) -> int:
        """Batches in an epoch."""
        return -(-len(self._rows) // self._batch_size)

    def batches(self, epoch: int) -> Iterator[Batch]:
        """The batches of an epoch; the same number gives the same batches."""
        chance = np.random.default_rng([self._seed or 0, epoch, 1])
        for chosen in self._order(epoch):
            rows = [self._rows[place] for place in chosen]
            if self._left_out:
                rows = [leave_out(row, self._left_out, chance) for row in rows]
            yield Batch(self._stack(rows), self._labels[chosen], self._mask[chosen])

    def _stack(self, rows: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
        """Model input of these plots."""
        return pad(rows)

    def _order(self, epoch: int) -> list[np.ndarray]:
        """Example numbers of each batch.

        Shuffled, cut into blocks of 50 batches, sorted by length inside a block, and the batches shuffled again.
        """
        count, size = len(self._rows), self._batch_size
        if self._seed is None:
            return [np.arange(start, min(start + size, count)) for start in range(0, count, size)]
        generator = np.random.default_rng([self._seed, epoch])
        order = generator.permutation(count)
        blocks = [order[start : start + 50 * size] for start in range(0, count, 50 * size)]
        by_length = np.concatenate([block[np.argsort(self._lengths[block], kind="stable")] for block in blocks])
        batches = [by_length[start : start + size] for start in range(0, count, size)]
        return [batches[place] for place in generator.permutation(len(batches))]


def leave_out(row: npt.NDArray[Any], share: float, generator: np.random.Generator) -> npt.NDArray[Any]:
    """A plot without some of its ids, each left out with the same chance.

    Args:
        row: (T,); the first and the last are kept.
        share: the chance, in [0, 1).
        generator: source of chance.

    Source:
        Iyyer et al., "Deep unordered composition rivals syntactic methods for text classification" (2015): a text
        without a few of its words is still about the same.
    """
    kept = generator.random(len(row)) >= share
    kept[[0, -1]] = True
    return row[kept]


def put_back(places: npt.ArrayLike, answers: Float32Array) -> Float32Array:
    """Answers to plots that were asked in another order, (N, ...): ``answers[k]`` becomes row ``places[k]``."""
    back = np.zeros_like(answers)
    back[np.asarray(places)] = answers
    return back


def keep_answers(path: Path, model: Any, rows: Sequence[npt.NDArray[Any]]) -> Float32Array:
    """What a model says of each plot, as ``answer_by_length``, kept in a file for a run that goes on.

    Args:
        path: the file; only the same model and the same plots may name it.
        model: as for ``answer_by_length``.
        rows: as for ``answer_by_length``.
    """
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part.npy")
        np.save(draft, answer_by_length(model, rows), allow_pickle=False)
        draft.replace(path)
    return np.asarray(np.load(path, allow_pickle=False), np.float32)


def answer_by_length(
    model: Any, rows: Sequence[npt.NDArray[Any]], batches: type[PlotBatches] = PlotBatches
) -> Float32Array:
    """What a model says of each plot, (N, D), in the order of the rows; plots of like length share a batch.

    Args:
        model: a Keras model of what ``batches`` stacks.
        rows: N plots, (T, ...) each.
        batches: how they are stacked.
    """
    order = np.argsort([len(row) for row in rows], kind="stable")
    nothing = np.zeros((len(rows), 1), np.float32)
    source = batches([rows[place] for place in order], nothing, nothing, batch_size=64)
    return put_back(order, predict(model, source).logits)
