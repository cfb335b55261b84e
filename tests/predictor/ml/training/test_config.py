import pytest

from predictor.ml.errors import TrainingError
from predictor.ml.training.config import LstmConfig, TrainerConfig, config_as_dict, hash_config


@pytest.mark.parametrize(
    "options",
    [
        {"epochs": 0},
        {"batch_size": 0},
        {"learning_rate": 0.0},
        {"warmup_share": 1.0},
        {"label_smoothing": 0.5},
        {"weight_decay": -1.0},
        {"clip_norm": 0.0},
        {"patience": 0},
    ],
)
def test_impossible_trainer_settings_are_refused_by_name(options: dict[str, float]) -> None:
    with pytest.raises(TrainingError, match=next(iter(options))):
        TrainerConfig(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize("options", [{"vocabulary_size": 2}, {"max_tokens": 0}, {"units": 0}, {"dropout": 1.0}])
def test_impossible_network_settings_are_refused_by_name(options: dict[str, float]) -> None:
    with pytest.raises(TrainingError, match=next(iter(options))):
        LstmConfig(**options)  # type: ignore[arg-type]


def test_config_is_plain_nested_values() -> None:
    assert config_as_dict(LstmConfig())["trainer"]["seed"] == 1


def test_hash_sees_every_setting() -> None:
    assert hash_config(LstmConfig()) == hash_config(LstmConfig())
    assert hash_config(LstmConfig()) != hash_config(LstmConfig(trainer=TrainerConfig(seed=2)))
    assert hash_config(LstmConfig(), "data") != hash_config(LstmConfig(), "other data")
