"""The layers of the poster network pass what every architecture must pass.

Two of its seven stages stand for all: TensorFlow takes a minute to trace the training step of the whole network. The
whole network goes through training, export and serving once, in ``test_poster_recipe``.
"""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from predictor.ml.training.backbone import (
    build_poster_network,
    build_stages,
    freeze_stages,
)
from predictor.ml.training.export import convert_with_keras
from tests.predictor.ml.training.harness import ArchitectureHarness


class TestPosterNetwork(ArchitectureHarness):
    fit_rate = 0.05

    def build(self) -> Any:
        keras.utils.set_random_seed(3)
        image = keras.Input((16, 16, 3))
        pooled = keras.layers.GlobalAveragePooling2D()(build_stages("lite0", image, 0, 1))
        model = keras.Model(image, keras.layers.Dense(self.genre_count)(keras.layers.Dropout(0.1)(pooled)))
        freeze_stages(model, "lite0", 1)
        return model

    def sample(self, count: int, seed: int = 0) -> np.ndarray:
        generator = np.random.default_rng(seed)
        plain = generator.uniform(-1, 1, (count, 1, 1, 3)).repeat(16, axis=1)
        striped = plain * np.sin(np.arange(16) * generator.uniform(0.2, 1.5, (count, 1, 1)))[..., None]
        return striped.astype(np.float32)

    def convert(self, model: Any, path: Path) -> None:
        convert_with_keras(model, path)


def test_frozen_stages_and_statistics_stand_still() -> None:
    model = build_poster_network("lite0", 16, 16, 3)
    freeze_stages(model, "lite0", 3)
    trained = {layer.name for layer in model.layers if layer.trainable and layer.weights}
    assert "stem_conv" not in trained
    assert "block4_project" not in trained
    assert {"block5_expand", "block15_depthwise", "head_conv", "genre_logits"} <= trained
    assert not any("norm" in name for name in trained)
