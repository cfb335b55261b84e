"""Posters as training batches: decoded once into a cache of pixels, varied a little differently in each epoch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from predictor.ml.errors import TrainingError
from predictor.ml.examples import PosterExample
from predictor.ml.labels import Float32Array
from predictor.ml.poster import PosterPreprocessing, normalise_pixels, resize_poster
from predictor.ml.splits import fingerprint
from predictor.ml.training.trainer import Batch

Pixels = npt.NDArray[np.uint8]

_KEY_DIGITS: Final = 16
_CONTRAST: Final = 0.15
_BRIGHTNESS: Final = 20.0


def cache_pixels(examples: Sequence[PosterExample], preprocessing: PosterPreprocessing, folder: Path) -> Pixels:
    """Decodes and resizes posters as serving does, or opens what an earlier call with the same posters kept.

    Args:
        examples: N posters.
        preprocessing: the sides to reach.
        folder: where the pixels are kept, one file for each list of posters and pair of sides.

    Returns:
        uint8 (N, height_px, width_px, 3), read from disk as needed.

    Raises:
        TrainingError: a poster is missing or no image.
    """
    sides = (preprocessing.height_px, preprocessing.width_px)
    names = (("sides", str(sides), str(preprocessing.shrink_px)), *((str(e.path),) for e in examples))
    kept = folder / f"pixels-{fingerprint((str(n), *row) for n, row in enumerate(names))[:_KEY_DIGITS]}.npy"
    if not kept.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        draft = kept.with_suffix(".part.npy")
        pixels = np.lib.format.open_memmap(draft, mode="w+", dtype=np.uint8, shape=(len(examples), *sides, 3))
        for row, example in enumerate(examples):
            pixels[row] = np.asarray(resize_poster(open_poster(example.path), preprocessing))
        pixels.flush()
        draft.replace(kept)
    opened: Pixels = np.load(kept, mmap_mode="r")
    return opened


def open_poster(path: Path) -> Image.Image:
    """Decodes one training poster to RGB.

    Raises:
        TrainingError: it is missing or no image.
    """
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except OSError as exc:
        raise TrainingError(f"The poster {path.name} must be a readable image: {exc}.") from exc


@dataclass(frozen=True, slots=True)
class PosterBatches:
    """Batches of posters with their labels; each epoch has its own order and its own variations.

    Attributes:
        pixels: uint8 (N, H, W, 3).
        labels: float32 (N, G), 0 or 1.
        mask: float32 (N, G), 0 where the label is unknown.
        preprocessing: how pixels are normalised.
        batch_size: posters in a batch.
        seed: of order and variations.
        zoom: largest share of either side that a variation cuts off; 0 for neither order nor variations.
        mixup: both parameters of the beta distribution that draws how much of another poster is laid over one; 0 for
            none. Only varied posters are mixed.
    """

    pixels: Pixels
    labels: Float32Array
    mask: Float32Array
    preprocessing: PosterPreprocessing
    batch_size: int = 32
    seed: int = 1
    zoom: float = 0.0
    mixup: float = 0.0

    def __post_init__(self) -> None:
        if not len(self.pixels) == len(self.labels) == len(self.mask):
            raise TrainingError(
                "Pixels, labels and mask must have one length, not "
                f"{len(self.pixels)}, {len(self.labels)} and {len(self.mask)}."
            )

    def __len__(self) -> int:
        """Batches in an epoch."""
        return -(-len(self.labels) // self.batch_size)

    def batches(self, epoch: int) -> Iterator[Batch]:
        """The batches of an epoch, counted from 0."""
        generator = np.random.default_rng((self.seed, epoch))
        varied = self.zoom > 0
        order = generator.permutation(len(self.labels)) if varied else np.arange(len(self.labels))
        for start in range(0, len(order), self.batch_size):
            rows = order[start : start + self.batch_size]
            pixels = [np.asarray(self.pixels[row]) for row in rows]
            if varied:
                pixels = [vary_poster(picture, generator, self.zoom) for picture in pixels]
            batch = Batch(normalise_pixels(np.stack(pixels), self.preprocessing), self.labels[rows], self.mask[rows])
            yield mix_posters(batch, generator, self.mixup) if varied and self.mixup else batch


def mix_posters(batch: Batch, generator: np.random.Generator, mixup: float) -> Batch:
    """Lays over each poster of a batch another one of it, and does the same to their labels.

    Args:
        batch: B posters.
        generator: source of chance.
        mixup: both parameters of the beta distribution of the shares, above 0.

    Returns:
        B posters, each at least half of what it was; a label cell is known where both are.

    Source:
        Zhang, Cisse, Dauphin and Lopez-Paz, "mixup: Beyond Empirical Risk Minimization" (2018).
    """
    own = generator.beta(mixup, mixup, len(batch.labels)).astype(np.float32)
    own = np.maximum(own, 1.0 - own)
    other = generator.permutation(len(batch.labels))
    pixels, labels = own[:, None, None, None], own[:, None]
    return Batch(
        pixels * batch.inputs + (1.0 - pixels) * batch.inputs[other],
        labels * batch.labels + (1.0 - labels) * batch.labels[other],
        batch.mask * batch.mask[other],
    )


def vary_poster(pixels: Pixels, generator: np.random.Generator, zoom: float) -> Pixels:
    """Mirrors, crops and recolours one poster a little; what it shows stays the same.

    Args:
        pixels: uint8 (H, W, 3).
        generator: source of chance.
        zoom: largest share of either side that is cut off, in [0, 1).

    Returns:
        uint8 (H, W, 3).
    """
    height, width = pixels.shape[:2]
    shares = 1.0 - zoom * generator.random(2)
    left, top = (1.0 - shares) * generator.random(2) * (width, height)
    box = (left, top, left + shares[0] * width, top + shares[1] * height)
    picture = Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR, box=box)
    varied = np.asarray(picture)[:, ::-1] if generator.random() < 0.5 else np.asarray(picture)
    contrast = 1.0 + _CONTRAST * (2.0 * generator.random() - 1.0)
    shift = _BRIGHTNESS * (2.0 * generator.random() - 1.0) + 127.0 * (1.0 - contrast)
    table = np.clip(np.arange(256) * contrast + shift, 0, 255).astype(np.uint8)
    return np.asarray(table[varied])
