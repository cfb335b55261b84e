"""Fine-tuning: slower rates for deeper layers, checkpoints within an epoch, a choice of losses."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

import keras
import tensorflow as tf

from predictor.ml.training.config import TrainerConfig
from predictor.ml.training.encoder import depth_of
from predictor.ml.training.encoder_losses import compute_loss
from predictor.ml.training.trainer import Batch, BatchSource, Criterion, Trainer


class SlicedBatches:
    """Cuts each epoch of a source into equal slices that a trainer takes for epochs.

    Checkpoints come after each slice, so that a kill costs minutes where an epoch takes half an hour.
    """

    def __init__(self, source: BatchSource, slices: int) -> None:
        """Keeps the source; ``slices`` is at least 1."""
        self._source, self._slices = source, slices

    def __len__(self) -> int:
        """Batches in a slice; the last one of an epoch may have fewer."""
        return math.ceil(len(self._source) / self._slices)

    def batches(self, epoch: int) -> Iterator[Batch]:
        """The batches of slice ``epoch``, counted from 0 over all epochs."""
        whole, part = divmod(epoch, self._slices)
        return islice(self._source.batches(whole), part * len(self), (part + 1) * len(self))


class LayeredAdamW:
    """AdamW with an own rate for each depth of the network, and one norm for the clipping of all gradients."""

    def __init__(self, optimizers: Sequence[Any], groups: Sequence[Sequence[int]], clip_norm: float) -> None:
        """Joins optimizers.

        Args:
            optimizers: one for each group.
            groups: places of each group's variables among the trainable ones.
            clip_norm: largest norm of the whole gradient.
        """
        self._optimizers, self._groups, self._clip_norm = optimizers, groups, clip_norm

    @property
    def variables(self) -> list[Any]:
        """The state of all of them."""
        return [variable for optimizer in self._optimizers for variable in optimizer.variables]

    def apply(self, gradients: Sequence[Any], variables: Sequence[Any]) -> None:
        """Takes one step; gradients and variables in the order of the model's trainable variables."""
        clipped, _ = tf.clip_by_global_norm(list(gradients), self._clip_norm)
        for optimizer, places in zip(self._optimizers, self._groups, strict=True):
            optimizer.apply([clipped[place] for place in places], [variables[place] for place in places])


def rate_of(depth: int, config: TrainerConfig, *, layer_decay: float, head_rate: float) -> float:
    """Highest learning rate at a depth: the head's own, the last block's, then falling by ``layer_decay`` a block."""
    return head_rate if depth == 0 else config.learning_rate * layer_decay ** (depth - 1)


class EncoderTrainer(Trainer):
    """Fits an encoder of ``build_encoder``; resumes as ``Trainer`` does."""

    def __init__(
        self,
        *args: Any,
        blocks: int,
        layer_decay: float,
        head_rate: float,
        loss: str | Criterion = "bce",
        **options: Any,
    ) -> None:
        """As ``Trainer``, with what fine-tuning needs beside.

        Args:
            *args: of ``Trainer``.
            blocks: transformer blocks of the model.
            layer_decay: each block learns by this factor more slowly than the one above it, in (0, 1].
            head_rate: highest learning rate of the head.
            loss: one of ``encoder_losses.LOSSES``, or what is minimised in its place.
            **options: of ``Trainer``.
        """
        super().__init__(*args, **options)
        self._blocks, self._layer_decay, self._head_rate = blocks, layer_decay, head_rate
        self._minimised: Criterion = partial(compute_loss, loss) if isinstance(loss, str) else loss

    def _build_optimizer(self, steps_per_epoch: int) -> Any:
        """One AdamW a depth, all on one warm-up and one fall to the final rate."""
        config, variables = self.config, self.model.trainable_variables
        total = max(steps_per_epoch * config.epochs, 1)
        warmup = max(int(total * config.warmup_share), 1)
        depths = [depth_of(variable.path, self._blocks) for variable in variables]
        optimizers, groups = [], []
        for depth in sorted(set(depths)):
            rate = rate_of(depth, config, layer_decay=self._layer_decay, head_rate=self._head_rate)
            schedule = keras.optimizers.schedules.CosineDecay(
                0.0, max(total - warmup, 1), alpha=config.final_rate_share, warmup_target=rate, warmup_steps=warmup
            )
            optimizer = keras.optimizers.AdamW(schedule, weight_decay=config.weight_decay, epsilon=1e-6)
            optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
            places = [place for place, found in enumerate(depths) if found == depth]
            optimizer.build([variables[place] for place in places])
            optimizers.append(optimizer)
            groups.append(places)
        return LayeredAdamW(optimizers, groups, config.clip_norm)

    def _build_step(self, optimizer: Any) -> Any:
        """The compiled training step: (inputs, labels, mask) -> loss."""
        model, smoothing, minimised = self.model, self.config.label_smoothing, self._minimised

        @tf.function(reduce_retracing=True)
        def step(inputs: Any, labels: Any, mask: Any) -> Any:
            with tf.GradientTape() as tape:
                logits = tf.cast(model(inputs, training=True), tf.float32)
                loss = minimised(labels, logits, mask, label_smoothing=smoothing)
            optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
            return loss

        return step
