"""One training loop for plots and posters: masked loss, checkpoints that survive a kill, early stopping."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TextIO

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from predictor.ml.evaluation import MIN_SUPPORT, average_precision, mean_over_genres
from predictor.ml.labels import Float32Array
from predictor.ml.training.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from predictor.ml.training.config import TrainerConfig, hash_config
from predictor.ml.training.losses import masked_binary_crossentropy
from predictor.ml.training.progress import Progress

Score = Callable[[Float32Array, Float32Array, Float32Array], float]
Criterion = Callable[..., Any]
"""A loss: (labels, logits, mask, label_smoothing=) -> scalar tensor."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Model input of B examples with their labels.

    Attributes:
        inputs: what the model takes, (B, ...).
        labels: float32 (B, G), 0 or 1.
        mask: float32 (B, G), 0 where the label is unknown.
    """

    inputs: npt.NDArray[Any]
    labels: Float32Array
    mask: Float32Array


class BatchSource(Protocol):
    """Examples in batches; the same epoch number always gives the same batches in the same order."""

    def __len__(self) -> int:
        """Batches in an epoch."""

    def batches(self, epoch: int) -> Iterator[Batch]:
        """The batches of an epoch, counted from 0."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Logits of a whole source with the labels and mask in the same order, float32 (N, G) each."""

    logits: Float32Array
    labels: Float32Array
    mask: Float32Array


def predict(model: Any, source: BatchSource) -> Answers:
    """Runs a model over a source in inference mode."""

    @tf.function(reduce_retracing=True)
    def forward(inputs: Any) -> Any:
        return model(inputs, training=False)

    rows = [
        (np.asarray(forward(tf.convert_to_tensor(batch.inputs)), np.float32), batch.labels, batch.mask)
        for batch in source.batches(0)
    ]
    logits, labels, mask = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    return Answers(logits, labels, mask)


def score_ranking(logits: Float32Array, labels: Float32Array, mask: Float32Array) -> float:
    """Default validation score: mean average precision over the known cells of genres with enough films.

    Falls back to the negative masked cross-entropy where no genre has enough of them.
    """
    value = mean_over_genres(average_precision, labels, logits, mask, min_support=MIN_SUPPORT)
    return value if not math.isnan(value) else -_loss_of(logits, labels, mask)


def _loss_of(logits: Float32Array, labels: Float32Array, mask: Float32Array) -> float:
    return float(np.asarray(masked_binary_crossentropy(labels, logits, mask)))


class Trainer:
    """Fits one model; calling ``fit`` again after a kill goes on from the last whole epoch."""

    def __init__(
        self,
        model: Any,
        config: TrainerConfig,
        folder: Path,
        *,
        run_key: str = "",
        score: Score = score_ranking,
        criterion: Criterion = masked_binary_crossentropy,
        stream: TextIO | None = None,
    ) -> None:
        """Prepares a run.

        Args:
            model: an untrained Keras model that returns logits (B, G); set ``trainable`` flags before.
            config: how to fit it.
            folder: where the checkpoint lies.
            run_key: what else names the run: fingerprint of the data, architecture settings.
            score: validation score from logits, labels and mask; greater is better.
            criterion: the loss that is minimised and told of validation.
            stream: where progress goes; default stderr.
        """
        self.model = model
        self.config = config
        self.folder = folder
        self._run = hash_config(config, run_key)
        self._score = score
        self._criterion = criterion
        self._stream = stream

    def fit(self, train: BatchSource, validation: BatchSource) -> list[dict[str, float]]:
        """Trains until the last epoch or until validation has not improved for ``patience`` epochs.

        Args:
            train: training batches.
            validation: validation batches.

        Returns:
            One row for each epoch: ``epoch``, ``loss``, ``validation_loss``, ``validation_score``. The model has
            the weights of the best epoch.

        Raises:
            TrainingError: the folder holds the checkpoint of another run.
        """
        optimizer = self._build_optimizer(len(train))
        state = load_checkpoint(self.folder, self._run)
        if state.epoch:
            self._restore(state, optimizer)
        step = self._build_step(optimizer)
        progress = Progress(
            (self.config.epochs - state.epoch) * len(train), title=self.folder.name, stream=self._stream
        )
        while state.epoch < self.config.epochs and state.epoch - state.best_epoch < self.config.patience:
            self._run_epoch(state, step, train, validation, progress, optimizer)
            state.groups["model"] = _values(self.model.variables)
            state.groups["optimizer"] = _values(optimizer.variables)
            save_checkpoint(self.folder, state)
        _assign(self.model.variables, state.groups["best"])
        return state.history

    def _run_epoch(
        self,
        state: Checkpoint,
        step: Any,
        train: BatchSource,
        validation: BatchSource,
        progress: Progress,
        optimizer: Any,
    ) -> None:
        """One pass over the training batches and its validation; renews the state."""
        losses = []
        for batch in train.batches(state.epoch):
            losses.append(float(step(*(tf.convert_to_tensor(x) for x in (batch.inputs, batch.labels, batch.mask)))))
            progress.advance(f"epoch {state.epoch + 1} loss {np.mean(losses[-100:]):.4f}")
        state.epoch += 1
        score, held_out = self._validate(state, validation, optimizer)
        row = {
            "epoch": float(state.epoch),
            "loss": float(np.mean(losses)),
            "validation_loss": held_out,
            "validation_score": score,
        }
        state.history.append(row)
        progress.say(
            f"{self.folder.name}: epoch {state.epoch}/{self.config.epochs} loss {row['loss']:.4f} "
            f"validation loss {held_out:.4f} score {score:.4f}"
        )

    def _validate(self, state: Checkpoint, validation: BatchSource, optimizer: Any) -> tuple[float, float]:
        """Score and loss on validation; keeps the weights if the score is the best so far."""
        with _mean_weights(self.model, optimizer):
            answers = predict(self.model, validation)
            score = self._score(answers.logits, answers.labels, answers.mask)
            if score > state.best_score:
                state.best_score, state.best_epoch = score, state.epoch
                state.groups["best"] = _values(self.model.variables)
        return score, float(np.asarray(self._criterion(answers.labels, answers.logits, answers.mask)))

    def _build_optimizer(self, steps_per_epoch: int) -> Any:
        """AdamW whose rate rises over the warm-up and falls along a cosine."""
        config = self.config
        total = max(steps_per_epoch * config.epochs, 1)
        warmup = int(total * config.warmup_share)
        schedule = keras.optimizers.schedules.CosineDecay(
            0.0 if warmup else config.learning_rate,
            max(total - warmup, 1),
            alpha=config.final_rate_share,
            warmup_target=config.learning_rate if warmup else None,
            warmup_steps=warmup,
        )
        optimizer = keras.optimizers.AdamW(
            schedule,
            weight_decay=config.weight_decay,
            global_clipnorm=config.clip_norm,
            use_ema=config.ema_momentum > 0,
            ema_momentum=config.ema_momentum,
        )
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        optimizer.build(self.model.trainable_variables)
        return optimizer

    def _build_step(self, optimizer: Any) -> Any:
        """The compiled training step: (inputs, labels, mask) -> loss."""
        model, criterion, smoothing = self.model, self._criterion, self.config.label_smoothing

        @tf.function(reduce_retracing=True)
        def step(inputs: Any, labels: Any, mask: Any) -> Any:
            with tf.GradientTape() as tape:
                logits = tf.cast(model(inputs, training=True), tf.float32)
                loss = criterion(labels, logits, mask, label_smoothing=smoothing)
                total = tf.add_n([loss, *model.losses])
            gradients = tape.gradient(total, model.trainable_variables)
            optimizer.apply(gradients, model.trainable_variables)
            return loss

        return step

    def _restore(self, state: Checkpoint, optimizer: Any) -> None:
        """Puts a checkpoint's values into the model and the optimizer."""
        _assign(self.model.variables, state.groups["model"])
        _assign(optimizer.variables, state.groups["optimizer"])


@contextmanager
def _mean_weights(model: Any, optimizer: Any) -> Iterator[None]:
    """Lets the model have the running mean of its weights, where the optimizer keeps one."""
    if not getattr(optimizer, "use_ema", False):
        yield
        return
    own = _values(model.trainable_variables)
    optimizer.finalize_variable_values(model.trainable_variables)
    try:
        yield
    finally:
        _assign(model.trainable_variables, own)


def _values(variables: Any) -> list[npt.NDArray[Any]]:
    """The values of Keras variables, random states of dropout included."""
    return [np.array(variable.numpy() if hasattr(variable, "numpy") else variable.value) for variable in variables]


def _assign(variables: Any, values: list[npt.NDArray[Any]]) -> None:
    """Writes values into Keras variables, one by one in order."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
