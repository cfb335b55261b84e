"""Frozen, validated settings of training runs; a run is repeatable from these values and the data."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from predictor.ml.errors import TrainingError


def require(condition: bool, rule: str, value: object) -> None:
    """Raises TrainingError with the rule and the value received unless the condition holds."""
    if not condition:
        raise TrainingError(f"{rule}, not {value!r}.")


@dataclass(frozen=True, slots=True)
class TrainerConfig:
    """How a network is fitted, whatever it looks at.

    Attributes:
        seed: of weights, dropout and the order of batches.
        epochs: passes over the training examples at most.
        batch_size: examples in a batch.
        learning_rate: the highest rate of Adam, reached after the warm-up and then lowered along a cosine.
        warmup_share: share of all steps over which the rate rises from 0, in [0, 1).
        final_rate_share: the rate of the last step as a share of the highest.
        weight_decay: decoupled weight decay (AdamW), at least 0.
        clip_norm: largest norm of the whole gradient.
        label_smoothing: share of each label that is spread to its opposite, in [0, 0.5).
        patience: epochs without a better validation score before training stops.
        ema_momentum: how much of the running mean of the weights each step keeps, in [0, 1); the mean is what is
            validated and kept. 0 for no mean.
    """

    seed: int = 1
    epochs: int = 12
    batch_size: int = 64
    learning_rate: float = 1e-3
    warmup_share: float = 0.05
    final_rate_share: float = 0.02
    weight_decay: float = 0.0
    clip_norm: float = 1.0
    label_smoothing: float = 0.0
    patience: int = 3
    ema_momentum: float = 0.0

    def __post_init__(self) -> None:
        require(self.epochs >= 1, "epochs must be at least 1", self.epochs)
        require(self.batch_size >= 1, "batch_size must be at least 1", self.batch_size)
        require(self.learning_rate > 0, "learning_rate must be above 0", self.learning_rate)
        require(0 <= self.warmup_share < 1, "warmup_share must be in [0, 1)", self.warmup_share)
        require(0 <= self.label_smoothing < 0.5, "label_smoothing must be in [0, 0.5)", self.label_smoothing)
        require(self.weight_decay >= 0, "weight_decay must be at least 0", self.weight_decay)
        require(self.clip_norm > 0, "clip_norm must be above 0", self.clip_norm)
        require(self.patience >= 1, "patience must be at least 1", self.patience)
        require(0 <= self.ema_momentum < 1, "ema_momentum must be in [0, 1)", self.ema_momentum)


@dataclass(frozen=True, slots=True)
class LstmConfig:
    """The recipe ``lstm-glove``: word vectors, one bidirectional LSTM, pooling over time.

    Attributes:
        trainer: how it is fitted.
        vocabulary_size: number of word ids, padding and unknown included.
        min_count: rarer words of the training plots are unknown words.
        max_tokens: plots are cut there.
        units: width of the LSTM in each direction.
        embedding_dropout: share of word-vector channels dropped in training.
        dropout: share of pooled features dropped in training.
        word_dropout: share of words replaced by the unknown word in training.
    """

    trainer: TrainerConfig = field(
        default_factory=lambda: TrainerConfig(epochs=6, learning_rate=2e-3, label_smoothing=0.02, weight_decay=0.03)
    )
    vocabulary_size: int = 30_000
    min_count: int = 2
    max_tokens: int = 200
    units: int = 128
    embedding_dropout: float = 0.3
    dropout: float = 0.5
    word_dropout: float = 0.1

    def __post_init__(self) -> None:
        require(self.vocabulary_size >= 3, "vocabulary_size must be at least 3", self.vocabulary_size)
        require(self.max_tokens >= 1, "max_tokens must be at least 1", self.max_tokens)
        require(self.units >= 1, "units must be at least 1", self.units)
        for name in ("embedding_dropout", "dropout", "word_dropout"):
            require(0 <= getattr(self, name) < 1, f"{name} must be in [0, 1)", getattr(self, name))


def config_as_dict(config: Any) -> dict[str, Any]:
    """A config dataclass as plain nested values, for manifests."""
    return asdict(config)


def hash_config(*parts: Any) -> str:
    """SHA-256 of configs, strings and other JSON values together: names a run, so that only it is resumed."""
    plain = [asdict(part) if hasattr(part, "__dataclass_fields__") else part for part in parts]
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SingleConfig:
    """The recipe ``lstm-single``: word vectors, one LSTM, a softmax over the 27 genres of the IMDb set.

    Attributes:
        trainer: how it is fitted; without weight decay its optimizer is Adam.
        vocabulary_size: number of word ids, padding and unknown included.
        max_tokens: every plot is cut or padded to so many words.
        embedding_dim: length of a word vector; GloVe vectors, where given, bring their own.
        units: width of the LSTM.
        embedding_dropout: share of word-vector channels dropped in training.
        dropout: share of the last state dropped in training.
        own_weight: weight of a row of the set itself; a film of another source with one genre weighs 1.
        balance: how far rare genres are lifted: a film's weight is its genre's share to the power of minus this.
    """

    trainer: TrainerConfig = field(
        default_factory=lambda: TrainerConfig(epochs=8, learning_rate=2e-3, label_smoothing=0.05, patience=3)
    )
    vocabulary_size: int = 20_000
    max_tokens: int = 150
    embedding_dim: int = 100
    units: int = 128
    embedding_dropout: float = 0.3
    dropout: float = 0.4
    own_weight: float = 3.0
    balance: float = 0.25

    def __post_init__(self) -> None:
        require(self.vocabulary_size >= 3, "vocabulary_size must be at least 3", self.vocabulary_size)
        for name in ("max_tokens", "embedding_dim", "units"):
            require(getattr(self, name) >= 1, f"{name} must be at least 1", getattr(self, name))
        for name in ("embedding_dropout", "dropout"):
            require(0 <= getattr(self, name) < 1, f"{name} must be in [0, 1)", getattr(self, name))
        require(self.own_weight > 0, "own_weight must be above 0", self.own_weight)
        require(0 <= self.balance <= 1, "balance must be in [0, 1]", self.balance)


SCRATCH_PIXELS = 32 * 224 * 224
"""Pixels in a step of ``cnn-scratch`` at most: with them training peaks at 1.8 GB; 32 posters of 400 px took 4.0 GB."""


@dataclass(frozen=True, slots=True)
class ScratchConfig:
    """The recipe ``cnn-scratch``: convolution blocks from random weights, 25 sigmoid outputs.

    Attributes:
        trainer: how it is fitted.
        side_px: height and width of the input, 16 to 400; the demo networks of the field take 224, 250 or 400.
        filters: channels of each block; a block halves height and width.
        dense_units: width of the layer before the output.
        dropout: share of that layer dropped in training.
        zoom: largest share of a poster's sides that training cuts off; 0 varies nothing but the order.
        balance: where thresholds stand between macro-F1 (0) and micro-F1 (1).
    """

    trainer: TrainerConfig = field(
        default_factory=lambda: TrainerConfig(epochs=10, batch_size=32, learning_rate=1e-3, patience=3)
    )
    side_px: int = 224
    filters: tuple[int, ...] = (16, 32, 64, 96, 128)
    dense_units: int = 128
    dropout: float = 0.4
    zoom: float = 0.15
    balance: float = 0.25

    def __post_init__(self) -> None:
        object.__setattr__(self, "filters", tuple(self.filters))
        require(16 <= self.side_px <= 400, "side_px must be 16 to 400", self.side_px)
        require(bool(self.filters) and min(self.filters) >= 1, "filters must be numbers of 1 or more", self.filters)
        require(self.side_px >= 2 ** len(self.filters), "side_px must outlast the halving of each block", self.side_px)
        require(self.dense_units >= 1, "dense_units must be at least 1", self.dense_units)
        require(0 <= self.dropout < 1, "dropout must be in [0, 1)", self.dropout)
        require(0 <= self.zoom < 1, "zoom must be in [0, 1)", self.zoom)
        require(0 <= self.balance <= 1, "balance must be in [0, 1]", self.balance)

    @property
    def step_posters(self) -> int:
        """Posters in a step: the trainer's batch size, or fewer where large sides would take too much memory."""
        return max(1, min(self.trainer.batch_size, SCRATCH_PIXELS // self.side_px**2))


@dataclass(frozen=True, slots=True)
class BackboneConfig:
    """The recipe ``backbone``: an ImageNet network, a linear probe on it, then fine-tuning from its middle up.

    Attributes:
        trainer: how the fine-tuning is fitted.
        variant: the network: ``lite0``, ``lite1`` or ``lite2``.
        height_px: height of the input.
        width_px: width of the input.
        frozen_stages: so many of the seven stages keep their ImageNet weights.
        dropout: share of pooled features dropped in training.
        zoom: largest share of a poster's sides that training cuts off.
        mixup: both parameters of the beta distribution that draws how much of another poster training lays over one
            (Zhang et al., "mixup", 2018); 0 for none.
        levels: stages whose maps the output looks at beside the last one, see ``backbone.build_poster_network``.
        teacher_share: share of the probabilities that a plot bundle gives a training film in what the network is to
            say; the film's own labels have the rest.
        teacher_custom: whose list of genres that plot bundle is told to match; nothing leaves it to the plot.
        mask_cut: whether genres behind a list that its source cut are unknown (True) or absent (False) in training.
        fine_tune: whether the network is trained after the probe; False keeps its ImageNet weights.
        probe_penalty: weight of half the squared norm of the probe's weights, on standardised features.
        balance: where thresholds stand between macro-F1 (0) and micro-F1 (1).
    """

    trainer: TrainerConfig = field(
        default_factory=lambda: TrainerConfig(
            epochs=8, batch_size=32, learning_rate=1.5e-4, weight_decay=0.01, patience=3
        )
    )
    variant: str = "lite0"
    height_px: int = 224
    width_px: int = 160
    frozen_stages: int = 3
    dropout: float = 0.3
    zoom: float = 0.2
    mixup: float = 0.0
    levels: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    teacher_share: float = 0.0
    teacher_custom: str = ""
    mask_cut: bool = False
    fine_tune: bool = True
    probe_penalty: float = 0.15
    balance: float = 0.25

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", tuple(self.levels))
        require(all(0 <= level <= 6 for level in self.levels), "levels must be stages 0 to 6", self.levels)
        require(0 <= self.teacher_share < 1, "teacher_share must be in [0, 1)", self.teacher_share)
        require(0 <= self.frozen_stages <= 7, "frozen_stages must be 0 to 7", self.frozen_stages)
        require(0 <= self.dropout < 1, "dropout must be in [0, 1)", self.dropout)
        require(0 < self.zoom < 1, "zoom must be in (0, 1)", self.zoom)
        require(self.mixup >= 0, "mixup must be at least 0", self.mixup)
        require(self.probe_penalty > 0, "probe_penalty must be above 0", self.probe_penalty)
        require(0 <= self.balance <= 1, "balance must be in [0, 1]", self.balance)
