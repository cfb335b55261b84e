"""Settings of the recipe ``encoder-single``."""

from __future__ import annotations

from dataclasses import dataclass, field

from predictor.ml.training.config import TrainerConfig, require
from predictor.ml.training.encoder import EncoderShape
from predictor.ml.wordpiece import SPECIAL_TOKENS


def _fine_tuning() -> TrainerConfig:
    """Rates for a pretrained encoder; an epoch is one pass over the set's own films and the others drawn with them."""
    return TrainerConfig(epochs=5, batch_size=32, learning_rate=1e-4, warmup_share=0.06, weight_decay=0.01, patience=5)


@dataclass(frozen=True, slots=True)
class SingleEncoderConfig:
    """The recipe ``encoder-single``: an encoder with a softmax over the 27 genres of the IMDb set.

    The head is fitted on the frozen encoder; then, if asked for, the whole network from there.

    Attributes:
        trainer: how the whole network is fitted; ``learning_rate`` is that of the last block.
        fine_tune: fit the whole network too; if not, the encoder stays as it is and only the head is new. Three epochs
            from an encoder tuned on films of other sources made it no better.
        head_films: films of other sources that the head is fitted on, at most so many for each genre.
        head_others: weight of all of them together beside the set's own films together.
        head_kept: share of the head of an earlier run that the new one is drawn towards, in [0, 1].
        head_penalty: how strongly it is drawn.
        shape: sizes of the encoder.
        max_tokens: plots are cut there.
        others: films of other sources that an epoch draws, for each film of the set; at least 0.
        balance: how far rare genres are lifted: the set's shares to the power of so much are taken for granted in
            training and left out in answering. 0 answers by likelihood, 1 as though all genres were equally frequent.
        layer_decay: each block learns by this factor more slowly than the one above it.
        head_rate: highest learning rate of the genre head.
        dropout: share of features dropped in training inside the encoder.
        head_dropout: share of pooled features dropped in training.
        precision: Keras dtype policy while training.
    """

    trainer: TrainerConfig = field(default_factory=_fine_tuning)
    fine_tune: bool = False
    head_films: int = 260
    head_others: float = 0.5
    head_kept: float = 0.8
    head_penalty: float = 0.05
    shape: EncoderShape = field(default_factory=EncoderShape)
    max_tokens: int = 160
    others: float = 2.0
    balance: float = 0.15
    layer_decay: float = 0.85
    head_rate: float = 1e-3
    dropout: float = 0.1
    head_dropout: float = 0.2
    precision: str = "mixed_bfloat16"

    def __post_init__(self) -> None:
        room = SPECIAL_TOKENS < self.max_tokens <= self.shape.positions
        require(room, f"max_tokens must be in {SPECIAL_TOKENS + 1}..{self.shape.positions}", self.max_tokens)
        require(self.head_films >= 0, "head_films must be at least 0", self.head_films)
        require(self.head_others >= 0, "head_others must be at least 0", self.head_others)
        require(0 <= self.head_kept <= 1, "head_kept must be in [0, 1]", self.head_kept)
        require(self.head_penalty > 0, "head_penalty must be above 0", self.head_penalty)
        require(self.others >= 0, "others must be at least 0", self.others)
        require(0 <= self.balance <= 1, "balance must be in [0, 1]", self.balance)
        require(0 < self.layer_decay <= 1, "layer_decay must be in (0, 1]", self.layer_decay)
        require(self.head_rate > 0, "head_rate must be above 0", self.head_rate)
        for name in ("dropout", "head_dropout"):
            require(0 <= getattr(self, name) < 1, f"{name} must be in [0, 1)", getattr(self, name))
