"""Lower blocks that are answered once: the same answers, kept, resumed and told from those of other weights."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from predictor.ml.text import pad
from predictor.ml.training.encoder import EncoderShape, build_encoder
from predictor.ml.training.frozen_blocks import VectorBatches, freeze_blocks, keep_vectors, split_network
from predictor.ml.training.progress import watched

SHAPE = EncoderShape(vocabulary_size=20, positions=24, width=8, blocks=3, heads=2, inner=16, distances=8)


def build(seed: int = 4) -> keras.Model:
    keras.utils.set_random_seed(seed)
    model = build_encoder(SHAPE, genre_count=3, dropout=0.1, precision="mixed_bfloat16")
    freeze_blocks(model, 2)
    return model


def rows(count: int = 150) -> list[np.ndarray]:
    generator = np.random.default_rng(0)
    return [generator.integers(1, 20, generator.integers(2, 9)).astype(np.int32) for _ in range(count)]


@contextmanager
def killed_after(steps: int) -> Iterator[None]:
    def watch(done: int, _total: int, _note: str) -> None:
        if done == steps:
            raise KeyboardInterrupt

    with watched(watch), pytest.raises(KeyboardInterrupt):
        yield


def keep(path: Path, *, key: str = "one", seed: int = 4) -> tuple[Any, str]:
    """The kept vectors and what the run said."""
    said = io.StringIO()
    lower, _ = split_network(build(seed), 2)
    return keep_vectors(lower, rows(), path, key=key, stream=said), said.getvalue()


def test_both_parts_together_answer_as_the_whole(tmp_path: Path) -> None:
    model = build()
    lower, upper = split_network(model, 2)
    kept = keep_vectors(lower, rows(), tmp_path / "x.vectors", key="one")
    assert len(kept) == 150
    assert [len(vectors) for vectors in kept] == [len(row) for row in rows()]
    nothing = np.zeros((150, 1), np.float32)
    (batch,) = VectorBatches(kept, nothing, nothing, batch_size=150).batches(0)
    assert (batch.inputs.shape, batch.inputs.dtype.name) == ((150, 8, 8), "bfloat16")
    np.testing.assert_allclose(np.asarray(upper(batch.inputs)), np.asarray(model(pad(rows()))), atol=0.03)


def test_upper_part_trains_the_weights_of_the_whole() -> None:
    model = build()
    _, upper = split_network(model, 2)
    names = {variable.path.split("/")[0] for variable in upper.trainable_variables}
    assert names >= {"block2_qkv", "block2_final_norm", "logits"}
    assert all(name.startswith(("block2_", "logits")) for name in names)
    assert upper.trainable_variables[0] is model.get_layer("block2_qkv").trainable_variables[0]


def test_killed_run_goes_on_and_a_whole_one_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("predictor.ml.training.frozen_blocks._BATCH", 2)
    expected, _ = keep(tmp_path / "whole.vectors")
    steps: list[int] = []
    with killed_after(60):
        keep(tmp_path / "cut.vectors")
    with watched(lambda done, total, note: steps.append(total)):
        resumed, _ = keep(tmp_path / "cut.vectors")
    assert steps == [25] * 25  # 75 batches, of which 50 were marked as kept
    for one, other in zip(expected, resumed, strict=True):
        np.testing.assert_array_equal(one.view(np.uint16), other.view(np.uint16))
    with watched(lambda done, total, note: steps.append(-1)):
        keep(tmp_path / "cut.vectors")
    assert -1 not in steps


def test_other_weights_are_answered_anew(tmp_path: Path) -> None:
    first = np.array(keep(tmp_path / "x.vectors")[0][0])
    again = np.array(keep(tmp_path / "x.vectors", key="two", seed=5)[0][0])
    assert not np.array_equal(first, again)
