"""What corrections are worth: a model learns from 0 to 1,000 of them, in the review queue's order and at random.

    .venv/bin/python benchmarks/feedback.py --data DATA

A model of the recipe `tfidf-linear` is first trained on a tenth of the training films. Then held-out labels of other
training films are replayed as corrections, and the model is trained anew with them: films drawn at random against
films as the review queue (`predictor.ml.review_order`) would hand them out, ranked anew after every 100 by the model
of the moment. Three seeds draw the tenth and the films that wait. Macro-F1 is that of the headline figures: genres
with 20 films or more. Calibration and thresholds are fitted on validation films, as the recipe does; measured on
these themselves (`--on validation`, for tuning the order), each half is decided by what was fitted on the other.

To stay within minutes on one core, n-grams that few plots have are left out, and so many films wait as `--waiting`
says. One thread; nothing is written but the picture that `--picture` names.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

# One core, so that the benchmark can run beside other work: the libraries read this when they are loaded.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402
from scipy.sparse import csr_matrix  # noqa: E402

from predictor.ml.calibration import PlattCalibration, fit_platt  # noqa: E402
from predictor.ml.evaluation import f1_scores  # noqa: E402
from predictor.ml.ngrams import NgramEncoder, build_ngrams  # noqa: E402
from predictor.ml.review_order import USUAL_WEIGHTS, ReviewWeights, rank  # noqa: E402
from predictor.ml.thresholds import decide, fit_thresholds  # noqa: E402
from predictor.ml.training.datasets import known_genres_of, label_arrays, read_plots  # noqa: E402
from predictor.ml.training.tfidf import TfidfConfig, build_features, fit_genre  # noqa: E402

STEPS = (0, 100, 250, 500, 1000)
RANKED_ANEW_EVERY = 100
SEEDS = (0, 1, 2)
RECENT = 20
MIN_FILMS, MIN_FILMS_CHARACTERS = 5, 25
ORDERS = ("random", "queue")

Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Films:
    """Plots as features, and their labels: (N, V), (N, G), (N, G); `tenth` of the training films are labelled."""

    features: csr_matrix
    labels: Array
    mask: Array
    tenth: int


@dataclass(frozen=True)
class Model:
    """A linear model with what was fitted on validation films."""

    weights: Array
    bias: Array
    calibration: PlattCalibration
    thresholds: Array

    def say(self, films: Films, rows: Rows | slice = slice(None)) -> Array:
        """Calibrated probabilities, (N, G)."""
        return self.calibration.apply(films.features[rows] @ self.weights + self.bias).astype(np.float64)


def read_films(folder: Path, waiting: int) -> dict[str, Films]:
    """The films of each split as features; of the training films a tenth and so many that wait, drawn once."""
    splits = read_plots(folder)
    known = known_genres_of(splits["train"])
    tenth = len(splits["train"]) // 10
    drawn = np.random.default_rng(0).permutation(len(splits["train"]))[: tenth + waiting]
    splits["train"] = [splits["train"][row] for row in drawn]
    # The words of films that wait are known before their labels are: they may count for the vocabulary.
    vocabulary = build_ngrams(
        (film.plot for film in splits["train"]), min_films=MIN_FILMS, min_films_characters=MIN_FILMS_CHARACTERS
    )
    encoder = NgramEncoder(vocabulary)
    return {
        split: Films(build_features(encoder, [film.plot for film in films]), *label_arrays(films, known), tenth)
        for split, films in splits.items()
    }


def train(films: Films, rows: Rows, held_out: Films, config: TfidfConfig) -> Model:
    """The recipe on these rows."""
    genres = films.labels.shape[1]
    weights, bias = np.zeros((films.features.shape[1], genres), np.float32), np.zeros(genres)
    for genre in range(genres):
        told = rows[films.mask[rows, genre] > 0]
        weights[:, genre], bias[genre] = fit_genre(films.features[told], films.labels[told, genre], config)
    logits = held_out.features @ weights + bias
    calibration = fit_platt(logits, held_out.labels, held_out.mask)
    return Model(weights, bias, calibration, fit_thresholds(calibration.apply(logits), held_out.labels))


def measure(model: Model, films: dict[str, Films], split: str) -> float:
    """Macro-F1 of genres with 20 films or more."""
    measured = films[split]
    if split != "validation":
        return f1_scores(measured.labels, decide(model.say(measured), model.thresholds))["macro_supported"]
    logits = measured.features @ model.weights + model.bias
    mixed = np.random.default_rng(0).permutation(len(logits))
    said = np.zeros(logits.shape, bool)
    for fitted, decided in ((mixed[::2], mixed[1::2]), (mixed[1::2], mixed[::2])):
        calibration = fit_platt(logits[fitted], measured.labels[fitted], measured.mask[fitted])
        thresholds = fit_thresholds(calibration.apply(logits[fitted]), measured.labels[fitted])
        said[decided] = decide(calibration.apply(logits[decided]), thresholds)
    return f1_scores(measured.labels, said)["macro_supported"]


def replay(films: dict[str, Films], order: str, seed: int, split: str, weights: ReviewWeights) -> dict[int, float]:
    """Macro-F1 after each number of corrections."""
    train_films, config = films["train"], TfidfConfig()
    mixed = np.random.default_rng(seed).permutation(len(train_films.labels))
    labelled, waiting = mixed[: train_films.tenth], mixed[train_films.tenth :]
    model = train(train_films, labelled, films["validation"], config)
    figures = {0: measure(model, films, split)}
    for done in range(RANKED_ANEW_EVERY, STEPS[-1] + 1, RANKED_ANEW_EVERY):
        if order == "queue":
            waiting = waiting[order_queue(model, train_films, labelled, waiting, seed, weights)]
        for step in (step for step in STEPS if done - RANKED_ANEW_EVERY < step < done):
            # A step within a hundred: the queue was ranked at its beginning and goes on from there.
            asked = np.append(labelled, waiting[: step - done + RANKED_ANEW_EVERY])
            figures[step] = measure(train(train_films, asked, films["validation"], config), films, split)
        labelled = np.append(labelled, waiting[:RANKED_ANEW_EVERY])
        waiting = waiting[RANKED_ANEW_EVERY:]
        if order == "queue" or done in STEPS:
            model = train(train_films, labelled, films["validation"], config)
        if done in STEPS:
            figures[done] = measure(model, films, split)
    return figures


def order_queue(model: Model, films: Films, labelled: Rows, waiting: Rows, seed: int, weights: ReviewWeights) -> Rows:
    """The films that wait, in the review queue's order."""
    return rank(
        model.say(films, waiting),
        model.thresholds,
        genre_counts=films.labels[labelled].sum(axis=0),
        recent=model.say(films, labelled[-RECENT:][::-1]),
        seed=seed,
        weights=weights,
    )


def find_equal(figures: Array, gain: float) -> float:
    """The number of corrections, between two steps in a straight line, that first brings the gain; else infinity."""
    gains = figures - figures[0]
    for place in range(1, len(STEPS)):
        if gains[place] >= gain:
            share = (gain - gains[place - 1]) / (gains[place] - gains[place - 1])
            return STEPS[place - 1] + share * (STEPS[place] - STEPS[place - 1])
    return float("inf")


def draw(figures: dict[str, Array], path: Path, split: str) -> None:
    """The picture: the mean over the seeds, and each seed as a thin line."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    style = {"svg.fonttype": "none", "svg.hashsalt": "genresite", "font.family": "sans-serif", "font.size": 8}
    with pyplot.rc_context({**style, "axes.spines.top": False, "axes.spines.right": False}):
        figure, axes = pyplot.subplots(figsize=(5.2, 3.2))
        for name, colour, mark in (("queue", "#2f5d8a", "o"), ("random", "#b4532a", "s")):
            for line in figures[name]:
                axes.plot(STEPS, line, color=colour, linewidth=0.6, alpha=0.4)
            axes.plot(STEPS, figures[name].mean(axis=0), color=colour, marker=mark, markersize=4, label=name)
        axes.set(xlabel="corrections", ylabel=f"macro-F1 ({split} films)")
        axes.legend(frameon=False)
        figure.tight_layout()
        figure.savefig(path, metadata={"Date": None})


def report(figures: dict[str, Array], split: str) -> None:
    """The table and what follows from it."""
    print(f"macro-F1, {split} films{'':6}" + "".join(f"{step:>9,}" for step in STEPS) + f"{'gain':>9}")
    for name, rows in figures.items():
        for seed, row in zip(SEEDS, rows, strict=False):
            print(f"  {name}, seed {seed}{'':{17 - len(name)}}" + "".join(f"{value:9.4f}" for value in row))
        mean = rows.mean(axis=0)
        line = "".join(f"{value:9.4f}" for value in mean)
        print(f"{name}, mean{'':{21 - len(name)}}{line}{mean[-1] - mean[0]:+9.4f}")
    chance, queue = (figures[name].mean(axis=0) for name in ORDERS)
    gain = chance[-1] - chance[0]
    needed = find_equal(queue, gain)
    lift, share = 100 * (queue[-1] - queue[0]), needed / STEPS[-1]
    print(f"{STEPS[-1]:,} corrections lift macro-F1 by {lift:.1f} points in the queue's order and by {100 * gain:.1f}")
    print(f"at random; the queue brings the latter with {needed:.0f}, {share:.2f} of them.")


def main(options: argparse.Namespace) -> None:
    """Replay all of it and print the table."""
    start, films = time.perf_counter(), read_films(options.data, options.waiting)
    print(f"features of {len(films['train'].labels):,} training films: {time.perf_counter() - start:.0f} s", flush=True)
    weights = ReviewWeights(*(float(part) for part in options.weights.split(","))) if options.weights else USUAL_WEIGHTS
    runs: dict[str, list[list[float]]] = {name: [] for name in ORDERS}
    for seed in SEEDS[: options.seeds]:
        for name in ORDERS:
            found = replay(films, name, seed, options.on, weights)
            runs[name].append([found[step] for step in STEPS])
            print(f"seed {seed}, {name}: {[round(value, 4) for value in runs[name][-1]]}", file=sys.stderr, flush=True)
    figures = {name: np.asarray(rows) for name, rows in runs.items()}
    report(figures, options.on)
    print(f"{time.perf_counter() - start:.0f} s")
    if options.picture:
        draw(figures, options.picture, options.on)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--on", choices=("test", "validation"), default="test", help="films that are measured on")
    parser.add_argument("--waiting", type=int, default=10_000, help="films whose labels wait")
    parser.add_argument("--seeds", type=int, default=len(SEEDS))
    parser.add_argument("--weights", help="four numbers: uncertainty, disagreement, rarity, closeness")
    parser.add_argument("--picture", type=Path, help="where the SVG goes")
    main(parser.parse_args())
