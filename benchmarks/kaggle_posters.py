"""How a poster version does on the films of the Kaggle set "movie-classifier" alone, beside what is published on it.

    .venv/bin/python benchmarks/kaggle_posters.py predictor/pretrained/poster-pair-5 --data DATA

The labels are those of the set as they stand: at most three, in alphabetical order. Genres are the set's 24 and
Film-Noir. Thresholds and calibration are the shipped ones, fitted on all validation posters, of this and other sources.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from predictor.ml.evaluation import evaluate  # noqa: E402
from predictor.ml.labels import GENRES, POSTER25  # noqa: E402
from predictor.ml.training.measuring import score_bundle  # noqa: E402

SOURCE = "kaggle7254"
PUBLISHED = {"micro-F1": 0.429, "samples-F1": 0.425, "ROC-AUC": 0.676}
FEATURES = {"micro-F1": 0.452, "samples-F1": 0.455, "macro-F1 (20+)": 0.351, "mAP (20+)": 0.327, "ROC-AUC": 0.754}
"""Features of a frozen EfficientNet-Lite1 with logistic regression, on the films of ``test``."""


COLUMNS = [GENRES.index(genre) for genre in POSTER25]
"""Where the set's genres stand among all."""


def find_films(data: Path, split: str) -> npt.NDArray[np.bool_]:
    """Which posters of a split are the set's, in their order."""
    with (data / "posters.csv").open(encoding="utf-8", newline="") as stream:
        return np.asarray([row["source"] == SOURCE for row in csv.DictReader(stream) if row["split"] == split])


def measure(folder: Path, data: Path, split: str) -> tuple[int, dict[str, float]]:
    """The number of the set's films in a split, and a version's figures on them."""
    scored = score_bundle(folder, data, split)
    chosen = find_films(data, split)
    figures = evaluate(
        scored.labels[chosen][:, COLUMNS],
        scored.probabilities[chosen][:, COLUMNS],
        scored.bundle.thresholds[COLUMNS],
        POSTER25,
    )
    return int(chosen.sum()), {
        "micro-F1": figures["f1"]["micro"],
        "samples-F1": figures["f1"]["samples"],
        "macro-F1 (20+)": figures["f1"]["macro_supported"],
        "mAP (20+)": figures["map_supported"],
        "ROC-AUC": figures["roc_auc"],
        "hit@1": figures["hit_at_1"],
    }


def main() -> None:
    """Prints a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundles", nargs="+", type=Path, help="folders of poster bundles with the 28 genres")
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--split", choices=("validation", "test"), default="test")
    options = parser.parse_args()
    found = [measure(folder, options.data, options.split) for folder in options.bundles]
    print(f"{found[0][0]} films of the Kaggle set in {options.split}\n")
    print("".join([" " * 16, *(f"{folder.name:>20}" for folder in options.bundles), "  published  Lite1 features"]))
    for name in found[0][1]:
        cells = "".join(f"{figures[name]:20.4f}" for _, figures in found)
        print(f"{name:16}{cells}{PUBLISHED.get(name, float('nan')):11.3f}{FEATURES.get(name, float('nan')):16.3f}")


if __name__ == "__main__":
    main()
