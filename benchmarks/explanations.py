"""Whether explanations can be trusted, and what one costs.

    .venv/bin/python benchmarks/explanations.py --data DATA

The test of trust, on films of the split ``test`` (or of another, to choose between ways to explain): deleting the words
that are marked as raising a genre must lower its logit more than deleting as many words drawn at random from the same
plot. For posters, covering the hottest fifth of the picture must lower it more than covering as many cells drawn at
random; what is covered gets the poster's mean colour, while heat maps are made with grey. The genre of a film is the
most likely one that the model decided for. Drops are in calibrated logits, that is natural log-odds, and in percentage
points.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from predictor.ml.calibration import sigmoid  # noqa: E402
from predictor.ml.explain import explain_plot  # noqa: E402
from predictor.ml.heat_maps import METHODS, HeatMap, explain_poster  # noqa: E402
from predictor.ml.pipeline import PlotPipeline, PosterPipeline, load_pipeline  # noqa: E402
from predictor.ml.spans import Phrase, PlotWords  # noqa: E402
from predictor.ml.training.datasets import read_plots, read_posters  # noqa: E402

DRAWS = 5
FEWEST_WORDS = 20
TIMED_WORDS = 200
HOT_SHARE = 0.2


@dataclass(frozen=True)
class Trial:
    """One film: calibrated logits of its genre as it is, without what is marked, without as much drawn at random."""

    whole: float
    without_marked: float
    without_random: tuple[float, ...]

    def drops(self, of_probability: bool) -> tuple[float, float]:
        """How far the genre falls by deleting the marks, and by deleting at random (mean of the draws)."""
        values = np.asarray([self.whole, self.without_marked, *self.without_random])
        values = 100 * sigmoid(values) if of_probability else values
        return float(values[0] - values[1]), float(values[0] - values[2:].mean())


def try_plot(pipeline: PlotPipeline, plot: str, genre: str, random: np.random.Generator) -> Trial | None:
    """Deletes the marked words of one plot, and as many at random; None where nothing raised the genre."""
    marks = [mark for mark in explain_plot(pipeline, plot, genre).marks() if mark.weight > 0]
    words = PlotWords.find(plot)
    marked = [
        number
        for number, (start, end) in enumerate(words.places)
        if any(mark.start <= start and end <= mark.end for mark in marks)
    ]
    if not marked:
        return None
    drawn = [random.choice(len(words), len(marked), replace=False) for _ in range(DRAWS)]
    texts = [words.without([Phrase(int(number), int(number) + 1) for number in chosen]) for chosen in [marked, *drawn]]
    return make_trial(pipeline, [plot, *texts], genre)


def make_trial(pipeline: Any, items: Sequence[Any], genre: str) -> Trial:
    """Calibrated logits of the whole, of the item without what is marked, and of those without what was drawn."""
    column = pipeline.genres.index(genre)
    calibration = pipeline.bundle.calibration
    logits = pipeline.logits(items)[:, column] * calibration.scale[column] + calibration.offset[column]
    return Trial(float(logits[0]), float(logits[1]), tuple(map(float, logits[2:])))


def cover(picture: Image.Image, heat: HeatMap, cells: Sequence[int]) -> np.ndarray:
    """A poster with some cells of its heat map covered with its mean colour."""
    rows, columns = heat.contributions.shape
    pixels = np.array(picture)
    mean = pixels.mean(axis=(0, 1)).round().astype(np.uint8)
    for cell in cells:
        row, column = divmod(int(cell), columns)
        top, bottom = (round(edge * picture.height / rows) for edge in (row, row + 1))
        left, right = (round(edge * picture.width / columns) for edge in (column, column + 1))
        pixels[top:bottom, left:right] = mean
    return pixels


def try_poster(
    pipeline: PosterPipeline, picture: Image.Image, genre: str, method: str, random: np.random.Generator
) -> Trial | None:
    """Covers the hottest cells of one poster, and as many at random; None where nothing speaks for the genre."""
    heat = explain_poster(pipeline, picture, genre, method=method)
    if not heat.speaks:
        return None
    cells = heat.contributions.ravel()
    count = round(HOT_SHARE * len(cells))
    hottest = np.argsort(-cells, kind="stable")[:count]
    drawn = [random.choice(len(cells), count, replace=False) for _ in range(DRAWS)]
    return make_trial(pipeline, [np.asarray(picture), *(cover(picture, heat, c) for c in [hottest, *drawn])], genre)


def choose_genre(pipeline: Any, item: Any) -> str:
    """The most likely genre that is decided, else the most likely one."""
    scores = pipeline.predict([item])[0]
    return str(scores.decided[0] if scores.decided else scores.top(1)[0][0])


def try_plots(pipeline: PlotPipeline, options: argparse.Namespace) -> list[Trial | None]:
    """Draws plots of the split and tries each."""
    random = np.random.default_rng(options.seed)
    rows = read_plots(options.data)[options.split]
    plots = [row.plot for row in rows if len(PlotWords.find(row.plot)) >= FEWEST_WORDS]
    drawn = [plots[number] for number in random.choice(len(plots), min(options.films, len(plots)), replace=False)]
    return [try_plot(pipeline, plot, choose_genre(pipeline, plot), random) for plot in drawn]


def try_posters(pipeline: PosterPipeline, options: argparse.Namespace, method: str) -> list[Trial | None]:
    """Draws posters of the split and tries each."""
    random = np.random.default_rng(options.seed)
    paths = [row.path for row in read_posters(options.data)[options.split]]
    trials = []
    for number in random.choice(len(paths), min(options.films, len(paths)), replace=False):
        with Image.open(paths[number]) as opened:
            picture = opened.convert("RGB")
        trials.append(try_poster(pipeline, picture, choose_genre(pipeline, picture), method, random))
    return trials


def print_trials(name: str, split: str, what: str, tried: list[Trial | None]) -> None:
    """Prints the share of films in which the marks matter more, and the mean drops."""
    trials = [trial for trial in tried if trial is not None]
    drops = np.asarray([trial.drops(of_probability=False) for trial in trials])
    points = np.asarray([trial.drops(of_probability=True) for trial in trials])
    better = (drops[:, 0] > drops[:, 1]).mean()
    gap = drops[:, 0] - drops[:, 1]
    error = 1.96 * gap.std(ddof=1) / np.sqrt(len(gap))
    print(f"\n{name}: {len(trials)} films of {split}; {len(tried) - len(trials)} more had nothing marked")
    print(f"  {what} lowers the genre more than at random:  {100 * better:.1f} % of the films")
    print(f"  mean drop, log-odds:     marked {drops[:, 0].mean():6.3f}   random {drops[:, 1].mean():6.3f}", end="")
    print(f"   difference {gap.mean():.3f} +- {error:.3f} (95 %)")
    print(f"  mean drop, % points:     marked {points[:, 0].mean():6.1f}   random {points[:, 1].mean():6.1f}")


def measure_seconds(explain: Callable[[], Any]) -> float:
    """Median time of seven explanations, in seconds."""
    seconds = []
    for _ in range(7):
        start = time.perf_counter()
        explain()
        seconds.append(time.perf_counter() - start)
    return median(seconds)


def check_plots(pipeline: PlotPipeline, options: argparse.Namespace) -> None:
    """The test of trust for plots, and the time of a plot of 200 words and one of 20,000 characters."""
    trials = try_plots(pipeline, options)
    print_trials(pipeline.version, options.split, "deleting the marked words", trials)
    words = " ".join(row.plot for row in read_plots(options.data)["test"][:400]).split()
    plots = {"200 words": " ".join(words[:TIMED_WORDS]), "20,000 characters": " ".join(words)[:20_000]}
    for name, plot in plots.items():
        explain = partial(explain_plot, pipeline, plot, "Drama")
        seconds = measure_seconds(explain)
        print(f"  one explanation, {name}: median {1000 * seconds:.0f} ms, {explain().passes} passes, one thread")


def check_posters(pipeline: PosterPipeline, options: argparse.Namespace) -> None:
    """The test of trust for posters by either method, and the time of one heat map."""
    picture = Image.new("RGB", (500, 750), (60, 90, 160))
    for method in METHODS:
        explain = partial(explain_poster, pipeline, picture, "Drama", method=method)
        if explain().method != method:
            continue
        trials = try_posters(pipeline, options, method)
        print_trials(f"{pipeline.version}, by {method}", options.split, "covering the hottest fifth", trials)
        print(f"  one explanation: median {1000 * measure_seconds(explain):.0f} ms, one thread")


def find_newest(root: Path, kind: str) -> Path | None:
    """The bundle of a kind that was made last, by its manifest's file name order within one date."""
    folders = [path.parent for path in root.glob(f"{kind}-*/manifest.json")]
    return max(
        folders, key=lambda folder: (load_pipeline(folder).bundle.manifest["created"], folder.name), default=None
    )


def main() -> None:
    """Runs the test of trust for each kind and prints it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with plots.csv.gz and posters.csv")
    parser.add_argument("--models", type=Path, default=ROOT / "predictor" / "pretrained", help="folder of the bundles")
    parser.add_argument("--version", action="append", default=[], help="bundles by name instead of the newest ones")
    parser.add_argument("--split", choices=("validation", "test"), default="test")
    parser.add_argument("--films", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261121)
    options = parser.parse_args()
    found = [options.models / name for name in options.version]
    for folder in found or [find_newest(options.models, kind) for kind in ("plot", "poster")]:
        if folder is None:
            continue
        pipeline = load_pipeline(folder, threads=1)
        if isinstance(pipeline, PlotPipeline):
            check_plots(pipeline, options)
        elif isinstance(pipeline, PosterPipeline):
            check_posters(pipeline, options)


if __name__ == "__main__":
    main()
