"""A BERT or MPNet encoder in plain Keras layers, with a genre head: word-piece ids to logits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import keras
import numpy as np
import numpy.typing as npt
from keras import layers, ops

from predictor.ml.training.config import require

FARTHEST: Final = 128
"""Tokens farther apart than this share the last bucket of distances. Source: the MPNet reference configuration."""

MASKED_SCORE: Final = -1e4
"""Added to attention scores of padding; within the range of float16 and bfloat16."""

POOLINGS: Final = ("mean", "mean-max")

BELOW_BLOCKS: Final = ("words", "places", "distances")
"""How the names of the layers under the first block begin."""


@dataclass(frozen=True, slots=True)
class EncoderShape:
    """Sizes of the encoder; the defaults are those of all-MiniLM-L6-v2.

    Attributes:
        vocabulary_size: number of word-piece ids, V.
        positions: longest sequence, P.
        width: length of a token's vector, D; a multiple of ``heads``.
        blocks: number of transformer blocks.
        heads: attention heads of a block.
        inner: width of the feed-forward layer inside a block.
        distances: number of buckets of distances between tokens, for which every head has a learned score that all
            blocks share, as in MPNet; 0 for none, as in BERT; otherwise a multiple of 4.
        norm_epsilon: added to the variance in layer normalisation; 1e-12 in BERT, 1e-5 in MPNet.
    """

    vocabulary_size: int = 30_522
    positions: int = 512
    width: int = 384
    blocks: int = 6
    heads: int = 12
    inner: int = 1_536
    distances: int = 0
    norm_epsilon: float = 1e-12

    def __post_init__(self) -> None:
        for name in ("vocabulary_size", "positions", "width", "blocks", "heads", "inner"):
            require(getattr(self, name) >= 1, f"{name} must be at least 1", getattr(self, name))
        require(self.width % self.heads == 0, "width must be a multiple of heads", (self.width, self.heads))
        require(
            self.distances >= 0 and self.distances % 4 == 0,
            "distances must be 0 or a multiple of 4",
            self.distances,
        )
        require(self.norm_epsilon > 0, "norm_epsilon must be above 0", self.norm_epsilon)


def exact_gelu(values: Any) -> Any:
    """The Gaussian error linear unit, element by element, any shape.

    Written with ``erf`` because the operator that Keras exports for its own exact form is unknown to ONNX Runtime.

    Source:
        Hendrycks and Gimpel, "Gaussian error linear units" (2016): x * (1 + erf(x / sqrt 2)) / 2.
    """
    scale = ops.cast(0.7071067811865476, values.dtype)
    return values * (ops.erf(values * scale) + 1.0) * 0.5


@keras.saving.register_keras_serializable(package="genresite")
class PositionEmbedding(layers.Layer):
    """A learned vector for each place in the sequence."""

    def __init__(self, positions: int, width: int, **options: Any) -> None:
        """Keeps the number of places P and the width D of a vector."""
        super().__init__(**options)
        self.positions, self.width = positions, width
        self.table = self.add_weight(shape=(positions, width), initializer="glorot_uniform", name="table")

    def call(self, vectors: Any) -> Any:
        """Adds place vectors to (N, T, D), T <= P."""
        return vectors + ops.cast(self.table, vectors.dtype)[: ops.shape(vectors)[1]][None]

    def get_config(self) -> dict[str, Any]:
        """Settings to rebuild the layer from."""
        return {**super().get_config(), "positions": self.positions, "width": self.width}


def bucket_distances(positions: int, buckets: int) -> npt.NDArray[np.int32]:
    """The bucket of every distance between two tokens: near ones have their own, far ones share, ever more widely.

    Args:
        positions: longest sequence, P.
        buckets: number of buckets, a multiple of 4; the upper half is for tokens that come later.

    Returns:
        int32 (2 P - 1,): the bucket of the distances -(P - 1) to P - 1, attended place less attending place.

    Source:
        Raffel et al., "Exploring the limits of transfer learning" (2019), section 2.1, as MPNet uses it.
    """
    distance = np.arange(1 - positions, positions)
    half, exact = buckets // 2, buckets // 4
    apart = np.abs(distance)
    share = np.log(np.maximum(apart, 1) / exact) / np.log(FARTHEST / exact)
    far = np.minimum(exact + (share * (half - exact)).astype(np.int64), half - 1)
    return np.asarray(np.where(apart < exact, apart, far) + np.where(distance > 0, half, 0), np.int32)


@keras.saving.register_keras_serializable(package="genresite")
class DistanceScore(layers.Layer):
    """A learned score for each head and each bucket of distances between two tokens."""

    def __init__(self, positions: int, buckets: int, heads: int, **options: Any) -> None:
        """Keeps the longest sequence, the number of buckets and that of heads."""
        super().__init__(**options)
        self.positions, self.buckets, self.heads = positions, buckets, heads
        self.table = self.add_weight(shape=(buckets, heads), initializer="glorot_uniform", name="table")

    def call(self, tokens: Any) -> Any:
        """Ids (N, T) to scores (H, T, T) by attending and attended place, the same for all N."""
        steps = ops.arange(ops.shape(tokens)[1])
        apart = steps[None, :] - steps[:, None] + (self.positions - 1)
        buckets = ops.take(ops.convert_to_tensor(bucket_distances(self.positions, self.buckets)), apart, axis=0)
        return ops.transpose(ops.take(ops.cast(self.table, self.compute_dtype), buckets, axis=0), (2, 0, 1))

    def compute_output_spec(self, tokens: Any) -> Any:
        """(N, T) to (H, T, T)."""
        return keras.KerasTensor((self.heads, tokens.shape[1], tokens.shape[1]), dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Settings to rebuild the layer from."""
        sizes = {"positions": self.positions, "buckets": self.buckets, "heads": self.heads}
        return {**super().get_config(), **sizes}


@keras.saving.register_keras_serializable(package="genresite")
class Attend(layers.Layer):
    """Scaled dot-product attention over one joined tensor of queries, keys and values; has no weights.

    Attention weights are not dropped in training: drawing a random number for each costs a tenth of a step.
    """

    def __init__(self, heads: int, **options: Any) -> None:
        """Keeps the number of heads."""
        super().__init__(**options)
        self.heads = heads

    def call(self, joined: Any, tokens: Any, distances: Any = None) -> Any:
        """Queries, keys and values (N, T, 3 D) with their ids (N, T), 0 for padding, to (N, T, D).

        ``distances`` (H, T, T) are added to the scores of each film.
        """
        count, steps, width = ops.shape(joined)[0], ops.shape(joined)[1], joined.shape[-1] // 3
        split = ops.reshape(joined, (count, steps, 3, self.heads, width // self.heads))
        query, key, value = (ops.transpose(split[:, :, part], (0, 2, 1, 3)) for part in range(3))
        absent = ops.cast(ops.equal(tokens, 0), joined.dtype)[:, None, None, :] * MASKED_SCORE
        scale = (width // self.heads) ** -0.5
        scores = ops.matmul(query * ops.cast(scale, query.dtype), ops.transpose(key, (0, 1, 3, 2))) + absent
        if distances is not None:
            scores = scores + distances
        mixed = ops.transpose(ops.matmul(ops.softmax(scores, axis=-1), value), (0, 2, 1, 3))
        return ops.reshape(mixed, (count, steps, width))

    def compute_output_shape(
        self, joined_shape: Any, tokens_shape: Any = None, distances_shape: Any = None
    ) -> tuple[Any, ...]:
        """(N, T, 3 D) to (N, T, D)."""
        return (*joined_shape[:-1], joined_shape[-1] // 3)

    def get_config(self) -> dict[str, Any]:
        """Settings to rebuild the layer from."""
        return {**super().get_config(), "heads": self.heads}


@keras.saving.register_keras_serializable(package="genresite")
class PoolTokens(layers.Layer):
    """Mean over the tokens that are no padding, and with ``mean-max`` their maxima beside it."""

    def __init__(self, pooling: str = "mean", **options: Any) -> None:
        """Keeps the kind of pooling, one of ``POOLINGS``."""
        super().__init__(**options)
        require(pooling in POOLINGS, f"pooling must be one of {POOLINGS}", pooling)
        self.pooling = pooling

    def call(self, vectors: Any, tokens: Any) -> Any:
        """(N, T, D) and ids (N, T) to (N, D) or (N, 2 D), float32."""
        vectors = ops.cast(vectors, "float32")
        real = ops.cast(ops.not_equal(tokens, 0), "float32")[:, :, None]
        mean = ops.sum(vectors * real, axis=1) / ops.maximum(ops.sum(real, axis=1), 1.0)
        if self.pooling == "mean":
            return mean
        return ops.concatenate([mean, ops.max(vectors * real + (1.0 - real) * MASKED_SCORE, axis=1)], axis=-1)

    def compute_output_shape(self, vectors_shape: Any, tokens_shape: Any = None) -> tuple[Any, Any]:
        """(N, T, D) to (N, D) or (N, 2 D)."""
        return (vectors_shape[0], vectors_shape[-1] * (1 if self.pooling == "mean" else 2))

    def get_config(self) -> dict[str, Any]:
        """Settings to rebuild the layer from."""
        return {**super().get_config(), "pooling": self.pooling}


def _norm(shape: EncoderShape, name: str) -> Any:
    """A layer normalisation."""
    return layers.LayerNormalization(epsilon=shape.norm_epsilon, name=name)


def _block(vectors: Any, context: Sequence[Any], shape: EncoderShape, dropout: float, number: int, seed: int) -> Any:
    """One transformer block, normalisation after each half: (N, T, D) to (N, T, D).

    ``context`` holds the ids (N, T) and, where the shape has distances, their scores (H, T, T).
    """
    name = f"block{number}"
    joined = layers.Dense(3 * shape.width, name=f"{name}_qkv")(vectors)
    mixed = Attend(shape.heads, name=f"{name}_attend")(joined, *context)
    mixed = layers.Dense(shape.width, name=f"{name}_out")(mixed)
    mixed = layers.Dropout(dropout, seed=seed + 1, name=f"{name}_out_dropout")(mixed)
    vectors = _norm(shape, f"{name}_norm")(vectors + mixed)
    inner = layers.Dense(shape.inner, activation=exact_gelu, name=f"{name}_inner")(vectors)
    inner = layers.Dense(shape.width, name=f"{name}_outer")(inner)
    inner = layers.Dropout(dropout, seed=seed + 2, name=f"{name}_outer_dropout")(inner)
    return _norm(shape, f"{name}_final_norm")(vectors + inner)


@contextmanager
def _precision(policy: str) -> Iterator[None]:
    """Layers built inside compute with this Keras dtype policy."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def build_encoder(
    shape: EncoderShape,
    *,
    genre_count: int,
    pooling: str = "mean",
    dropout: float = 0.1,
    head_dropout: float = 0.1,
    seed: int = 0,
    precision: str = "float32",
) -> keras.Model:
    """An untrained encoder with one logit per genre.

    Args:
        shape: sizes of the encoder.
        genre_count: number of logits, G.
        pooling: how tokens become one vector, one of ``POOLINGS``.
        dropout: share of features dropped in training inside the encoder.
        head_dropout: share of pooled features dropped in training.
        seed: of dropout; weights follow the global seed.
        precision: Keras dtype policy of the encoder; the head is float32 always.

    Returns:
        Model from ``tokens`` int32 (N, T), 0 for padding, T <= P, to logits float32 (N, G).

    Raises:
        TrainingError: the kind of pooling is unknown.

    Source:
        Devlin et al., "BERT" (2018); Wang et al., "MiniLM" (2020); Song et al., "MPNet" (2020); mean pooling as in
        Reimers and Gurevych, "Sentence-BERT" (2019). Queries, keys and values come from one joined matrix: one large
        product is faster than three small ones.
    """
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    with _precision(precision):
        vectors = layers.Embedding(shape.vocabulary_size, shape.width, name="words")(tokens)
        vectors = PositionEmbedding(shape.positions, shape.width, name="places")(vectors)
        vectors = _norm(shape, "words_norm")(vectors)
        vectors = layers.Dropout(dropout, seed=seed, name="words_dropout")(vectors)
        context = [tokens]
        if shape.distances:
            context.append(DistanceScore(shape.positions, shape.distances, shape.heads, name="distances")(tokens))
        for number in range(shape.blocks):
            vectors = _block(vectors, context, shape, dropout, number, seed + 10 * (number + 1))
    pooled = PoolTokens(pooling, dtype="float32", name="pool")(vectors, tokens)
    pooled = layers.Dropout(head_dropout, seed=seed + 1, dtype="float32", name="head_dropout")(pooled)
    logits = layers.Dense(genre_count, dtype="float32", name="logits")(pooled)
    return keras.Model(tokens, logits, name="encoder_plot")


def depth_of(name: str, blocks: int) -> int:
    """How far below the head the layer of a variable lies.

    Args:
        name: path of a variable, for instance ``block2_qkv/kernel``.
        blocks: number of transformer blocks.

    Returns:
        0 for the head, 1 for the last block, ``blocks`` for the first, ``blocks + 1`` for the embeddings.
    """
    layer = name.split("/")[0]
    if layer.startswith("block"):
        return blocks - int(layer.removeprefix("block").split("_")[0])
    return blocks + 1 if layer.startswith(BELOW_BLOCKS) else 0
