"""Untrained networks that turn token ids into logits."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from predictor.ml.text import PADDING, UNKNOWN

MASKED = -1e4
"""Stands for padded steps in the maximum over time; far below any LSTM output, which lies in (-1, 1)."""


@keras.saving.register_keras_serializable(package="genresite")
class WordDropout(layers.Layer):
    """Replaces words by the unknown word in training, so that no single one decides and the unknown one is learned."""

    def __init__(self, rate: float, *, seed: int | None = None, **options: Any) -> None:
        """Keeps the share of replaced words, in [0, 1)."""
        super().__init__(**options)
        self.rate = rate
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, tokens: Any, training: bool = False) -> Any:
        """Ids (N, T), int32, to ids of the same shape; padding stays padding."""
        if not training or self.rate == 0:
            return tokens
        chosen = keras.random.uniform(ops.shape(tokens), seed=self.generator) < self.rate
        return ops.where(ops.logical_and(chosen, ops.not_equal(tokens, PADDING)), UNKNOWN, tokens)

    def get_config(self) -> dict[str, Any]:
        """Settings to rebuild the layer from."""
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}


@keras.saving.register_keras_serializable(package="genresite")
class PoolOverTime(layers.Layer):
    """Maximum and mean over the steps of a sequence that are no padding."""

    def __init__(self, **options: Any) -> None:
        """Takes masked input; the ids themselves say what is padding."""
        super().__init__(**options)
        self.supports_masking = True

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """Nothing is left to mask behind the pooling."""

    def call(self, sequence: Any, tokens: Any) -> Any:
        """Features (N, T, C) and their ids (N, T) to (N, 2 C): maxima first, then means."""
        real = ops.cast(ops.not_equal(tokens, PADDING), sequence.dtype)[:, :, None]
        largest = ops.max(sequence * real + (1.0 - real) * MASKED, axis=1)
        mean = ops.sum(sequence * real, axis=1) / ops.maximum(ops.sum(real, axis=1), 1.0)
        return ops.concatenate([largest, mean], axis=-1)

    def compute_output_shape(self, sequence_shape: Any, tokens_shape: Any = None) -> tuple[Any, Any]:
        """(N, T, C) to (N, 2 C)."""
        return (sequence_shape[0], 2 * sequence_shape[-1])


def build_lstm(
    *,
    vocabulary_size: int,
    max_tokens: int,
    embedding_dim: int,
    units: int,
    genre_count: int,
    embedding_dropout: float = 0.0,
    dropout: float = 0.0,
    seed: int = 0,
) -> keras.Model:
    """Word vectors, one LSTM, its last state, one logit per genre.

    Args:
        vocabulary_size: number of word ids, V.
        max_tokens: length of every row of ids, T.
        embedding_dim: length of a word vector, D.
        units: width of the LSTM, U.
        genre_count: number of logits, G.
        embedding_dropout: share of word-vector channels dropped in training.
        dropout: share of the last state dropped in training.
        seed: of dropout; weights follow the global seed.

    Returns:
        Model from ``tokens`` int32 (N, T), 0 behind the words for padding, to logits float32 (N, G).
    """
    tokens = keras.Input((max_tokens,), dtype="int32", name="tokens")
    vectors = layers.Embedding(vocabulary_size, embedding_dim, mask_zero=True, name="embedding")(tokens)
    vectors = layers.SpatialDropout1D(embedding_dropout, seed=seed, name="embedding_dropout")(vectors)
    state = layers.LSTM(units, name="lstm")(vectors)
    state = layers.Dropout(dropout, seed=seed + 1, name="dropout")(state)
    return keras.Model(tokens, layers.Dense(genre_count, name="logits")(state), name="lstm_plot")


def build_bilstm(
    *,
    vocabulary_size: int,
    embedding_dim: int,
    units: int,
    genre_count: int,
    embedding_dropout: float = 0.0,
    dropout: float = 0.0,
    word_dropout: float = 0.0,
    seed: int = 0,
) -> keras.Model:
    """Word vectors, one bidirectional LSTM, maximum and mean over time, one logit per genre.

    The pooled features are those of the LSTM joined with those of the word vectors themselves, so that a single
    telling word ("werewolf") reaches the output without passing through the recurrence.

    Args:
        vocabulary_size: number of word ids, V.
        embedding_dim: length of a word vector, D.
        units: width of the LSTM in each direction, U.
        genre_count: number of logits, G.
        embedding_dropout: share of word-vector channels dropped in training.
        dropout: share of pooled features dropped in training.
        word_dropout: share of words made unknown in training.
        seed: of dropout; weights follow the global seed.

    Returns:
        Model from ``tokens`` int32 (N, T), 0 for padding, to logits float32 (N, G).

    Source:
        Hochreiter and Schmidhuber (1997), Graves and Schmidhuber (2005); pooling over time as in
        Conneau et al., "Supervised learning of universal sentence representations" (2017).
    """
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    words = WordDropout(word_dropout, seed=seed, name="word_dropout")(tokens)
    vectors = layers.Embedding(vocabulary_size, embedding_dim, mask_zero=True, name="embedding")(words)
    vectors = layers.SpatialDropout1D(embedding_dropout, seed=seed + 1, name="embedding_dropout")(vectors)
    lstm = layers.LSTM(units, return_sequences=True, name="lstm")
    sequence = layers.Bidirectional(lstm, name="bilstm")(vectors)
    pooled = PoolOverTime(name="pool")(layers.Concatenate(name="join")([sequence, vectors]), tokens)
    pooled = layers.Dropout(dropout, seed=seed + 2, name="dropout")(pooled)
    logits = layers.Dense(genre_count, name="logits")(pooled)
    return keras.Model(tokens, logits, name="bilstm_plot")
