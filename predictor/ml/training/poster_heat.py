"""Recipe ``poster-heat``: a finished poster network learns to tell in one pass where a genre comes from.

Covering a poster patch by patch and asking the network each time is true to it, and takes some 25 passes. Here windows
of training posters are covered once and for all, and a linear map of the network's last maps learns what each covering
costs each genre. It becomes the network's second output; its first one stays as it is, and with it every figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from predictor.ml.artifacts import Bundle, load_bundle, save_bundle
from predictor.ml.errors import TrainingError
from predictor.ml.examples import PosterExample
from predictor.ml.heat_maps import GREY, cut_evenly
from predictor.ml.labels import Float32Array
from predictor.ml.poster import PosterPreprocessing, normalise_pixels, resize_poster
from predictor.ml.runtime import OnnxNetwork
from predictor.ml.training.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from predictor.ml.training.config import config_as_dict, hash_config, require
from predictor.ml.training.datasets import fingerprint_examples
from predictor.ml.training.onnx_activation import append_activation, expose_maps
from predictor.ml.training.posters import open_poster
from predictor.ml.training.progress import Progress
from predictor.ml.training.recipes import TrainingRequest, require_path, require_split

NETWORK: Final = "model.onnx"
_SMALLEST_SPREAD: Final = 1e-6
_POSTERS_AT_ONCE: Final = 50

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HeatConfig:
    """Settings of the recipe ``poster-heat``.

    Attributes:
        posters: training posters that are covered, at most.
        checked: posters of ``validation`` that the penalty is chosen on, at most.
        windows: coverings of each poster.
        largest_share: of the map's height, and of its width, that a window takes at most.
        penalties: weights of the squared norm to try, beside the mean squared error.
    """

    posters: int = 3000
    checked: int = 150
    windows: int = 16
    largest_share: float = 0.4
    penalties: tuple[float, ...] = (0.1, 0.3, 1.0, 3.0, 10.0)

    def __post_init__(self) -> None:
        for name in ("posters", "checked", "windows"):
            require(getattr(self, name) >= 1, f"{name} must be at least 1", getattr(self, name))
        require(0 < self.largest_share <= 1, "largest_share must be in (0, 1]", self.largest_share)
        require(len(self.penalties) > 0, "penalties must name at least one", self.penalties)
        require(all(value > 0 for value in self.penalties), "penalties must be above 0", self.penalties)


@dataclass(frozen=True, slots=True)
class Window:
    """Cells of a map, the bottom and the right edge not included."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, slots=True, eq=False)
class _Looked:
    """A network that shows its last maps, and how posters are brought to it.

    Attributes:
        network: its second output are the maps (N, C, h, w).
        preprocessing: of the posters.
        bare: maps float32 (h, w, C) of a picture that is grey all over.
    """

    network: OnnxNetwork
    preprocessing: PosterPreprocessing
    bare: Float32Array

    @classmethod
    def open(cls, path: Path, preprocessing: PosterPreprocessing) -> _Looked:
        network = OnnxNetwork(path, threads=2)
        grey = np.full((1, preprocessing.height_px, preprocessing.width_px, 3), GREY, np.uint8)
        maps = network.run_all({network.inputs[0]: normalise_pixels(grey, preprocessing)})[1]
        return cls(network, preprocessing, maps[0].transpose(1, 2, 0))

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of the maps."""
        return self.bare.shape[0], self.bare.shape[1]

    def read(self, example: PosterExample) -> npt.NDArray[np.uint8]:
        """Pixels uint8 (H, W, 3) of a poster in the input's sides."""
        return np.asarray(resize_poster(open_poster(example.path), self.preprocessing))

    def show(self, pixels: npt.NDArray[np.uint8]) -> Float32Array:
        """Maps float32 (h, w, C) of a poster, less those of grey."""
        shown = normalise_pixels(pixels[None], self.preprocessing)
        maps = self.network.run_all({self.network.inputs[0]: shown})[1]
        return np.asarray(maps[0].transpose(1, 2, 0) - self.bare, np.float32)

    def cover(self, pixels: npt.NDArray[np.uint8], windows: Sequence[Window]) -> Float32Array:
        """What covering each of K windows takes from the logits, float32 (K, G)."""
        rows, columns = (cut_evenly(0, side, cells) for side, cells in zip(pixels.shape[:2], self.grid, strict=True))
        shown = np.repeat(pixels[None], len(windows) + 1, axis=0)
        for copy, window in zip(shown[1:], windows, strict=True):
            copy[rows[window.top] : rows[window.bottom], columns[window.left] : columns[window.right]] = GREY
        logits = self.network.run({self.network.inputs[0]: normalise_pixels(shown, self.preprocessing)})
        return np.asarray(logits[0] - logits[1:], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Posters of a split, and what covering each of K windows costs them, float32 (N, K, G)."""

    rows: Sequence[PosterExample]
    costs: Float32Array


def train_poster_heat(request: TrainingRequest) -> Bundle:
    """Gives a poster bundle a heat map as its second output; the same request resumes a killed run.

    Args:
        request: needs ``posters`` and ``poster_bundle``.

    Returns:
        The bundle: that of the request under another name, whose manifest tells of the heat map too.

    Raises:
        TrainingError: posters or the bundle are missing, or its network averages no map over the picture.
        ArtifactError: the bundle is refused, or the output exists.
    """
    config = replace(HeatConfig(), **dict(request.overrides))
    base = load_bundle(require_path(request.poster_bundle, "a poster bundle"))
    if base.kind != "poster":
        raise TrainingError(f"A heat map is for a poster version, not for {base.name}, which reads {base.kind}s.")
    preprocessing = PosterPreprocessing.from_manifest(base.preprocessing)
    request.work.mkdir(parents=True, exist_ok=True)
    shown, finished = request.work / "maps.onnx", request.work / NETWORK
    blank = np.zeros((1, preprocessing.height_px, preprocessing.width_px, 3), np.float32)
    maps = expose_maps(base.path(NETWORK), shown, blank)
    looked = _Looked.open(shown, preprocessing)
    parts = {
        split: _cover_all(looked, split, count, base, config, request)
        for split, count in (("validation", config.checked), ("train", config.posters))
    }
    weights, told = _fit(looked, parts, config, request)
    append_activation(base.path(NETWORK), finished, maps, weights, looked.bare @ weights.astype(np.float32))
    return _save(request, base, finished, {**told, "fingerprint": fingerprint_examples(parts["train"].rows)})


def draw_windows(grid: tuple[int, int], config: HeatConfig, seed: tuple[int, ...]) -> list[Window]:
    """The windows of one poster: two cells and more in height and width where the map has as many.

    Args:
        grid: rows and columns of the map.
        config: how many, and how large.
        seed: gives the same windows again.

    Returns:
        ``config.windows`` windows within the map.
    """
    random = np.random.default_rng(seed)
    sides = []
    for cells in grid:
        most = max(1, round(config.largest_share * cells))
        length = random.integers(min(2, most), most + 1, config.windows)
        start = random.integers(0, cells - length + 1)
        sides.append((start, start + length))
    return [Window(*map(int, edges)) for edges in zip(*sides[0], *sides[1], strict=True)]


def _cover_all(
    looked: _Looked, split: str, count: int, base: Bundle, config: HeatConfig, request: TrainingRequest
) -> _Part:
    """Covers each window of so many posters of a split, going on where a run, perhaps one over fewer posters, stood."""
    rows = require_split(request.posters, split, "posters")
    drawn = [rows[number] for number in np.random.default_rng(request.seed).permutation(len(rows))[:count]]
    settings = (base.scoring_hash, request.seed, config.windows, config.largest_share)
    folder = request.work / f"covered-{split}"
    run = load_checkpoint(folder, hash_config(*settings, fingerprint_examples(rows)))
    costs = list(run.groups["costs"][0]) if run.epoch else []
    progress = Progress(len(drawn) - len(costs), title=f"covering {split}", stream=request.stream)
    for number in range(len(costs), len(drawn)):
        windows = draw_windows(looked.grid, config, (request.seed, number))
        costs.append(looked.cover(looked.read(drawn[number]), windows))
        if len(costs) % _POSTERS_AT_ONCE == 0 or len(costs) == len(drawn):
            save_checkpoint(folder, Checkpoint(run.run, len(costs), groups={"costs": [np.stack(costs)]}))
        progress.advance()
    return _Part(drawn, np.stack(costs[: len(drawn)]))


def _fit(
    looked: _Looked, parts: dict[str, _Part], config: HeatConfig, request: TrainingRequest
) -> tuple[npt.NDArray[np.float16], dict[str, Any]]:
    """Weights (C, G) of the maps, by the penalty that explains most of what covering costs on ``validation``."""
    channels, genres = looked.bare.shape[-1], parts["train"].costs.shape[-1]
    products, targets, count = np.zeros((channels, channels)), np.zeros((channels, genres)), 0
    for seen, cost in _sum_windows(looked, parts["train"], config, request):
        products += seen.T @ seen
        targets += seen.T @ cost
        count += len(seen)
    checked = list(_sum_windows(looked, parts["validation"], config, request))
    explained = {}
    found = {}
    for penalty in config.penalties:
        found[penalty] = _solve(products / count, targets / count, penalty).astype(np.float16)
        explained[penalty] = _explain_share(checked, found[penalty])
        Progress(1, title="poster-heat", stream=request.stream).say(
            f"penalty {penalty}: {explained[penalty]:.3f} of the squared costs explained on validation"
        )
    best = max(explained, key=lambda penalty: explained[penalty])
    told = {"penalty": best, "explained": {str(key): round(value, 4) for key, value in explained.items()}}
    return found[best], {"config": config_as_dict(config), "examples": len(parts["train"].rows), **told}


def _sum_windows(
    looked: _Looked, part: _Part, config: HeatConfig, request: TrainingRequest
) -> Iterator[tuple[Float32Array, Float32Array]]:
    """For some posters at a time: maps summed over each window, float32 (M, C), and its costs, float32 (M, G)."""
    # A second look at each poster, one pass beside the many that covered it: the maps of all would fill a checkpoint.
    progress = Progress(len(part.rows), title="reading maps", stream=request.stream)
    for start in range(0, len(part.rows), _POSTERS_AT_ONCE):
        seen = []
        for number in range(start, min(start + _POSTERS_AT_ONCE, len(part.rows))):
            maps = looked.show(looked.read(part.rows[number]))
            for window in draw_windows(looked.grid, config, (request.seed, number)):
                seen.append(maps[window.top : window.bottom, window.left : window.right].sum(axis=(0, 1)))
            progress.advance()
        yield np.stack(seen), part.costs[start : start + _POSTERS_AT_ONCE].reshape(len(seen), -1)


def _solve(products: Array, targets: Array, penalty: float) -> Array:
    """Ridge regression without a constant term, on channels brought to one spread, (C, G)."""
    spread = np.sqrt(np.diag(products)) + _SMALLEST_SPREAD
    scaled = products / spread[:, None] / spread + penalty * np.eye(len(products))
    return np.asarray(np.linalg.solve(scaled, targets / spread[:, None]) / spread[:, None])


def _explain_share(checked: Sequence[tuple[Float32Array, Float32Array]], weights: npt.NDArray[np.float16]) -> float:
    """Share of the squared costs, over all genres, that the weights tell."""
    missed = sum(float(np.square(cost - seen @ weights.astype(np.float32)).sum()) for seen, cost in checked)
    whole = sum(float(np.square(cost).sum()) for _, cost in checked)
    return 1.0 - missed / whole if whole else 0.0


def _save(request: TrainingRequest, base: Bundle, network: Path, told: dict[str, Any]) -> Bundle:
    """The base's bundle under another name, with the new network."""
    files = {name: network if name == NETWORK else base.folder / name for name in base.manifest["files"]}
    heat = {"base": base.name, "command": request.command, "seed": request.seed, **told}
    manifest = {
        **{name: value for name, value in base.manifest.items() if name not in ("format", "name", "files")},
        "training": {**base.manifest.get("training", {}), "heat_map": heat},
    }
    return save_bundle(request.output, manifest, files)
