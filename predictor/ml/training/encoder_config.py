"""Settings of the recipe ``encoder``."""

from __future__ import annotations

from dataclasses import dataclass, field

from predictor.ml.training.config import TrainerConfig, require
from predictor.ml.training.encoder import POOLINGS, EncoderShape
from predictor.ml.training.encoder_losses import LOSSES
from predictor.ml.training.tfidf import TfidfConfig
from predictor.ml.wordpiece import SPECIAL_TOKENS


def _fine_tuning() -> TrainerConfig:
    """Rates for a pretrained encoder: a tenth of those for a fresh network, and few epochs."""
    return TrainerConfig(
        epochs=2, batch_size=32, learning_rate=2e-4, warmup_share=0.06, weight_decay=0.01, label_smoothing=0.0
    )


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """The recipe ``encoder``: a pretrained MiniLM, fine-tuned on plots.

    Attributes:
        trainer: how it is fitted; ``learning_rate`` is that of the last block.
        shape: sizes of the encoder.
        max_tokens: plots are cut there; nine in ten are shorter than 160 tokens.
        slices: checkpoints and validations in an epoch.
        layer_decay: each block learns by this factor more slowly than the one above it.
        head_rate: highest learning rate of the genre head.
        frozen_blocks: this many of the lowest blocks, and the embeddings under them, stay as they are; their vectors
            are computed once and kept on disk, which lets a large encoder be tuned in a fraction of the time.
        teacher_share: weight of the answers of other encoders in what the network is to say of a training plot, in
            [0, 1); they lie beside the weights to start from.
        teaches: write the network's own answers to the training plots into the work folder, for a later run.
        train_words: fit the word vectors too; they are half of all weights, and rare words see few plots.
        customs: learn the genres of films apart from the customs of label sources, and mix them by the manner in
            which a plot is written (see ``customs``).
        custom_films: training films that a source must have for a custom of its own; with fewer it would be a guess.
        custom_share: weight of telling the source in the loss; 1 weighs it as one genre among all.
        kept_share: share of the weights that the run starts from in those that are kept, in [0, 1): the mean of both
            forgets less than a step away from the start.
        left_out: share of the word pieces of each training plot that an epoch leaves out, drawn anew each time, in
            [0, 1); after many epochs plots are known by heart, and this makes them new.
        pooling: how tokens become one vector.
        dropout: share of features dropped in training inside the encoder.
        head_dropout: share of pooled features dropped in training.
        loss: one of ``encoder_losses.LOSSES``.
        precision: Keras dtype policy while training.
        balance: where thresholds stand between macro-F1 (0) and micro-F1 (1).
        linear: settings of the linear model that the network is blended with; None for the network alone.
    """

    trainer: TrainerConfig = field(default_factory=_fine_tuning)
    shape: EncoderShape = field(default_factory=EncoderShape)
    max_tokens: int = 160
    slices: int = 2
    layer_decay: float = 0.85
    head_rate: float = 1e-3
    frozen_blocks: int = 0
    teacher_share: float = 0.0
    teaches: bool = False
    train_words: bool = False
    customs: bool = False
    custom_films: int = 200
    custom_share: float = 0.5
    kept_share: float = 0.0
    left_out: float = 0.0
    pooling: str = "mean"
    dropout: float = 0.1
    head_dropout: float = 0.2
    loss: str = "bce"
    precision: str = "mixed_bfloat16"
    balance: float = 0.15
    linear: TfidfConfig | None = field(default_factory=lambda: TfidfConfig(max_ngrams=120_000))

    def __post_init__(self) -> None:
        room = SPECIAL_TOKENS < self.max_tokens <= self.shape.positions
        require(room, f"max_tokens must be in {SPECIAL_TOKENS + 1}..{self.shape.positions}", self.max_tokens)
        require(self.slices >= 1, "slices must be at least 1", self.slices)
        require(0 < self.layer_decay <= 1, "layer_decay must be in (0, 1]", self.layer_decay)
        require(self.head_rate > 0, "head_rate must be above 0", self.head_rate)
        require(0 <= self.balance <= 1, "balance must be in [0, 1]", self.balance)
        above = 0 <= self.frozen_blocks < self.shape.blocks
        require(above, f"frozen_blocks must be in 0..{self.shape.blocks - 1}", self.frozen_blocks)
        frozen_words = not (self.train_words and self.frozen_blocks)
        require(frozen_words, "train_words needs frozen_blocks to be 0", self.frozen_blocks)
        require(0 <= self.teacher_share < 1, "teacher_share must be in [0, 1)", self.teacher_share)
        alone = not (self.customs and (self.frozen_blocks or self.teaches or self.loss != "bce"))
        require(alone, "customs need the loss bce, no frozen blocks and no teaching", self.customs)
        whole = 0 <= self.left_out < 1 and not (self.left_out and self.frozen_blocks)
        require(whole, "left_out must be in [0, 1), and 0 above frozen blocks", self.left_out)
        require(self.custom_films >= 1, "custom_films must be at least 1", self.custom_films)
        require(self.custom_share >= 0, "custom_share must be at least 0", self.custom_share)
        require(0 <= self.kept_share < 1, "kept_share must be in [0, 1)", self.kept_share)
        require(self.pooling in POOLINGS, f"pooling must be one of {POOLINGS}", self.pooling)
        require(self.loss in LOSSES, f"loss must be one of {LOSSES}", self.loss)
        for name in ("dropout", "head_dropout"):
            require(0 <= getattr(self, name) < 1, f"{name} must be in [0, 1)", getattr(self, name))
