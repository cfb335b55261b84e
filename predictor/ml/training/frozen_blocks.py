"""Lower blocks of an encoder that stay as they are: answered once, kept on disk, and trained on from there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

import keras
import ml_dtypes
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from keras import layers, ops

from predictor.ml.text import Int32Array, pad
from predictor.ml.training.encoder import BELOW_BLOCKS
from predictor.ml.training.plot_batches import PlotBatches
from predictor.ml.training.progress import Progress

_BATCH = 64


def freeze_blocks(model: keras.Model, blocks: int) -> None:
    """Lets the embeddings and the lowest ``blocks`` blocks of a ``build_encoder`` model stay; 0 for none."""
    if not blocks:
        return
    names = (*BELOW_BLOCKS, *(f"block{number}_" for number in range(blocks)))
    for layer in model.layers:
        if layer.name.startswith(names):
            layer.trainable = False


@keras.saving.register_keras_serializable(package="genresite")
class Presence(layers.Layer):
    """Tells vectors of tokens from padding, which is all zeros: a normalised vector never is."""

    def call(self, vectors: Any) -> Any:
        """(N, T, D) to int32 (N, T), 1 for a token and 0 for padding."""
        return ops.cast(ops.any(ops.not_equal(vectors, ops.cast(0, vectors.dtype)), axis=-1), "int32")

    def compute_output_spec(self, vectors: Any) -> Any:
        """(N, T, D) to (N, T)."""
        return keras.KerasTensor(vectors.shape[:-1], dtype="int32")


def split_network(model: keras.Model, blocks: int) -> tuple[keras.Model, keras.Model]:
    """An encoder in two parts that share its weights.

    Args:
        model: a model of ``build_encoder``.
        blocks: number of blocks of the lower part, at least 1 and less than the model has.

    Returns:
        The lower part, ids int32 (N, T) to vectors (N, T, D), and the upper one, those vectors, zeros behind the
        shorter plots, to logits (N, G).
    """
    hidden = model.get_layer(f"block{blocks - 1}_final_norm").output
    lower = keras.Model(model.input, hidden)
    rest = keras.Model([hidden, model.input], model.output)
    vectors = keras.Input((None, hidden.shape[-1]), dtype=hidden.dtype, name="vectors")
    return lower, keras.Model(vectors, rest([vectors, Presence(dtype=hidden.dtype, name="presence")(vectors)]))


class KeptVectors(Sequence[npt.NDArray[Any]]):
    """The vectors of many plots in one file on disk, each plot (T, D), bfloat16."""

    def __init__(self, path: Path, lengths: Sequence[int], width: int) -> None:
        """Opens a file that ``keep_vectors`` wrote: plots of these lengths one after the other."""
        self._ends = np.cumsum(np.asarray(lengths, np.int64))
        self._lengths = np.asarray(lengths, np.int64)
        self._values = np.memmap(path, np.uint16, mode="r", shape=(int(self._ends[-1]), width))

    def __len__(self) -> int:
        """Number of plots."""
        return len(self._ends)

    def __getitem__(self, place: Any) -> Any:
        """Vectors of one plot."""
        end = self._ends[place]
        return self._values[end - self._lengths[place] : end].view(ml_dtypes.bfloat16)


def keep_vectors(
    lower: keras.Model, rows: Sequence[Int32Array], path: Path, *, key: str, stream: TextIO | None = None
) -> KeptVectors:
    """Answers plots by the lower part once; a run with the same key finds them kept, a killed one goes on.

    Args:
        lower: of ``split_network``.
        rows: token ids of the plots, (T,) each.
        path: the file; what is known of it lies beside it, with the ending ``.json``.
        key: names the plots and the weights.
        stream: where progress goes; default stderr.

    Returns:
        The vectors, in the order of the rows.
    """
    lengths, width = [len(row) for row in rows], int(lower.output.shape[-1])
    ends, note = np.cumsum(np.asarray(lengths, np.int64)), path.with_suffix(".json")
    state = json.loads(note.read_text()) if note.is_file() and path.is_file() else {}
    done = int(state.get("batches", 0)) if state.get("key") == key else 0
    shape = (int(ends[-1]), width)
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.memmap(path, np.uint16, mode="r+" if done else "w+", shape=shape)

    @tf.function(reduce_retracing=True)
    def forward(tokens: Any) -> Any:
        return tf.cast(lower(tokens, training=False), tf.bfloat16)

    order = np.argsort(lengths, kind="stable")
    batches = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
    progress = Progress(len(batches) - done, title=path.stem, stream=stream)
    for number, chosen in enumerate(batches[done:], done + 1):
        answers = np.asarray(forward(tf.convert_to_tensor(pad([rows[place] for place in chosen])))).view(np.uint16)
        for place, answer in zip(chosen, answers, strict=True):
            values[ends[place] - lengths[place] : ends[place]] = answer[: lengths[place]]
        if number % 50 == 0 or number == len(batches):
            values.flush()
            note.write_text(json.dumps({"key": key, "batches": number}))
        progress.advance("vectors")
    del values
    return KeptVectors(path, lengths, width)


class VectorBatches(PlotBatches):
    """Kept vectors in batches, as ``PlotBatches`` has ids."""

    def _stack(self, rows: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
        """Vectors (B, T, D), zeros behind the shorter plots."""
        stacked = np.zeros((len(rows), max(map(len, rows)), rows[0].shape[-1]), ml_dtypes.bfloat16)
        for place, part in enumerate(rows):
            stacked[place, : len(part)] = part
        return stacked
