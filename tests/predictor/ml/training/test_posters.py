"""Poster batches: decoded as serving decodes, repeatable, varied within bounds."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from predictor.ml.errors import TrainingError
from predictor.ml.examples import PosterExample
from predictor.ml.poster import PosterPreprocessing, to_model_input
from predictor.ml.training.posters import PosterBatches, cache_pixels, mix_posters, vary_poster
from predictor.ml.training.trainer import Batch

SQUARE = PosterPreprocessing(16, 16)


def write_posters(folder: Path, count: int) -> list[PosterExample]:
    generator = np.random.default_rng(1)
    examples = []
    for number in range(count):
        path = folder / f"{number}.png"
        Image.fromarray(generator.integers(0, 256, (20, 14, 3), np.uint8)).save(path)
        examples.append(PosterExample(str(number), path, ("Drama",), "test"))
    return examples


def make_batches(count: int = 10, zoom: float = 0.2, mixup: float = 0.0) -> PosterBatches:
    pixels = np.random.default_rng(2).integers(0, 256, (count, 16, 16, 3), np.uint8)
    labels = np.arange(count, dtype=np.float32)[:, None]
    return PosterBatches(pixels, labels, np.ones_like(labels), SQUARE, batch_size=4, zoom=zoom, mixup=mixup)


def test_training_sees_what_serving_sees(tmp_path: Path) -> None:
    examples = write_posters(tmp_path, 3)
    pixels = cache_pixels(examples, SQUARE, tmp_path / "cache")
    labels = np.zeros((3, 1), np.float32)
    (batch,) = PosterBatches(pixels, labels, labels, SQUARE).batches(0)
    for row, example in enumerate(examples):
        served = to_model_input(Image.open(example.path), SQUARE.as_dict())
        np.testing.assert_array_equal(batch.inputs[row], served)


def test_cache_is_kept_for_the_same_posters_only(tmp_path: Path) -> None:
    examples = write_posters(tmp_path, 3)
    cache_pixels(examples, SQUARE, tmp_path / "cache")
    cache_pixels(examples, SQUARE, tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 1
    assert len(cache_pixels(examples[:2], SQUARE, tmp_path / "cache")) == 2
    reversed_pixels = cache_pixels(examples[::-1], SQUARE, tmp_path / "cache")
    np.testing.assert_array_equal(reversed_pixels[::-1], cache_pixels(examples, SQUARE, tmp_path / "cache"))


def test_unreadable_poster_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.webp").write_bytes(b"no image")
    example = PosterExample("1", tmp_path / "broken.webp", ("Drama",), "test")
    with pytest.raises(TrainingError, match=r"poster broken\.webp must be a readable image"):
        cache_pixels([example], SQUARE, tmp_path / "cache")


def test_epoch_repeats_itself_and_differs_from_the_next() -> None:
    batches = make_batches()
    first, again, second = (list(batches.batches(epoch)) for epoch in (0, 0, 1))
    np.testing.assert_array_equal(first[0].inputs, again[0].inputs)
    assert not np.array_equal(first[0].labels, second[0].labels)
    assert len(first) == len(batches) == 3
    assert sorted(np.concatenate([batch.labels for batch in first]).ravel()) == list(range(10))


def test_without_zoom_order_and_pixels_stay() -> None:
    (first, *_) = make_batches(zoom=0.0).batches(5)
    np.testing.assert_array_equal(first.labels.ravel(), [0, 1, 2, 3])


def test_variation_keeps_shape_and_average_colour() -> None:
    pixels = np.full((16, 16, 3), 120, np.uint8)
    varied = [vary_poster(pixels, np.random.default_rng(seed), 0.2) for seed in range(20)]
    assert all(picture.shape == (16, 16, 3) and picture.dtype == np.uint8 for picture in varied)
    assert all(abs(float(picture.mean()) - 120) <= 22 for picture in varied)
    assert len({float(picture.mean()) for picture in varied}) > 5


def test_a_mixed_poster_is_mostly_itself_and_its_labels_follow() -> None:
    count = 6
    inputs = np.broadcast_to(np.eye(count, dtype=np.float32)[:, None, None], (count, 2, 2, count))
    mask = np.ones((count, count), np.float32)
    mask[:, 5] = 0
    mixed = mix_posters(Batch(inputs, np.eye(count, dtype=np.float32), mask), np.random.default_rng(3), 0.4)
    np.testing.assert_allclose(mixed.inputs[:, 0, 0], mixed.labels, atol=1e-6)
    np.testing.assert_allclose(mixed.labels.sum(axis=1), 1.0, atol=1e-6)
    assert (np.diag(mixed.labels) >= 0.5).all() and (mixed.labels < 1).any()
    np.testing.assert_array_equal(mixed.mask, mask)


def test_only_varied_posters_are_mixed() -> None:
    plain, mixed = (next(make_batches(mixup=value).batches(0)) for value in (0.0, 0.4))
    assert plain.inputs.shape == mixed.inputs.shape and not np.array_equal(plain.inputs, mixed.inputs)
    first, second = (next(make_batches(zoom=0.0, mixup=value).batches(0)) for value in (0.0, 0.4))
    np.testing.assert_array_equal(first.inputs, second.inputs)


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(TrainingError, match="must have one length"):
        PosterBatches(np.zeros((2, 4, 4, 3), np.uint8), np.zeros((1, 1), np.float32), np.zeros((1, 1)), SQUARE)
