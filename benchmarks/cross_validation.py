"""What versions are worth on `validation` when calibration and thresholds are fitted on other films of it.

    .venv/bin/python benchmarks/cross_validation.py BUNDLE … --data DATA [--balance 0.5 0.3] [--custom own] [--kaggle]

This is how recipes are compared and how far thresholds stand from each genre's own best is chosen: figures that are
fitted and measured on the same films flatter, and `test` is no place to choose. Films are cut into five parts, twice,
by a fixed seed; each part is measured with calibration and thresholds from the other four, as training fits them. A
share by which two networks were blended, and the epoch that was kept, still come from all of `validation`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "benchmarks"))

import kaggle_posters  # noqa: E402

from predictor.ml.calibration import fit_platt  # noqa: E402
from predictor.ml.evaluation import evaluate  # noqa: E402
from predictor.ml.labels import GENRES  # noqa: E402
from predictor.ml.thresholds import fit_thresholds  # noqa: E402
from predictor.ml.training.measuring import Scored, score_bundle  # noqa: E402

FOLDS, DRAWS = 5, 2
CALIBRATED_ON_ALL = ("encoder",)
"""Recipes that fit calibration on labels as they stand; the others leave genres out that a source does not know."""


@dataclass(frozen=True)
class Films:
    """Which films and genres count in the measures; all films are fitted on."""

    rows: npt.NDArray[np.bool_]
    columns: list[int]


def split_films(count: int) -> Iterator[list[npt.NDArray[np.int64]]]:
    """For each draw the numbers of the films in each part."""
    for draw in range(DRAWS):
        order = np.random.default_rng(draw).permutation(count)
        yield [order[part::FOLDS] for part in range(FOLDS)]


def measure(scored: Scored, films: Films, balance: float) -> dict[str, float]:
    """Mean figures over the draws."""
    on_all = scored.bundle.manifest["recipe"] in CALIBRATED_ON_ALL
    mask = None if on_all else scored.mask
    draws = []
    for parts in split_films(len(scored.labels)):
        probabilities, decided = np.zeros_like(scored.probabilities), np.zeros(scored.labels.shape, bool)
        for part in parts:
            others = np.setdiff1d(np.arange(len(scored.labels)), part)
            known = None if mask is None else mask[others]
            calibration = fit_platt(scored.logits[others], scored.labels[others], known)
            fitted = calibration.apply(scored.logits[others])
            thresholds = fit_thresholds(fitted, scored.labels[others], balance=balance)
            probabilities[part] = calibration.apply(scored.logits[part])
            decided[part] = probabilities[part] >= thresholds
        draws.append(_count(scored, films, probabilities, decided))
    return {name: float(np.mean([figures[name] for figures in draws])) for name in draws[0]}


def _count(scored: Scored, films: Films, probabilities: Any, decided: Any) -> dict[str, float]:
    """The figures of one draw."""
    labels, chances, said, known = (
        values[films.rows][:, films.columns] for values in (scored.labels, probabilities, decided, scored.mask)
    )
    names = [GENRES[column] for column in films.columns]
    found = evaluate(labels, chances, np.zeros(len(names)), names, known, predicted=said, bootstrap_rounds=0)
    return {
        "micro-F1": found["f1"]["micro"],
        "macro-F1 (20+)": found["f1"]["macro_supported"],
        "samples-F1": found["f1"]["samples"],
        "mAP (20+)": found["map_supported"],
        "known mAP": found["masked"]["map_supported"],
        "ROC-AUC": found["roc_auc"],
        "Jaccard": found["jaccard"],
        "hit@1": found["hit_at_1"],
    }


def find_films(scored: Scored, data: Path, *, kaggle: bool) -> Films:
    """All films and genres, or the posters and the 25 genres of the Kaggle set."""
    if not kaggle:
        return Films(np.ones(len(scored.labels), bool), list(range(len(GENRES))))
    return Films(kaggle_posters.find_films(data, "validation"), kaggle_posters.COLUMNS)


def measure_all(options: argparse.Namespace) -> Iterator[tuple[int, str, float, dict[str, float]]]:
    """Number of films, version, balance and figures, one after the other."""
    for folder in options.bundles:
        scored = score_bundle(folder, options.data, "validation", threads=2, custom=options.custom)
        films = find_films(scored, options.data, kaggle=options.kaggle)
        for balance in options.balance or [float(scored.bundle.manifest["training"]["config"]["balance"])]:
            yield int(films.rows.sum()), folder.name, balance, measure(scored, films, balance)


def main() -> None:
    """Prints a line for each version and balance."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundles", nargs="+", type=Path, help="folders of plot or poster bundles with the 28 genres")
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--balance", nargs="+", type=float, help="instead of each version's own")
    parser.add_argument("--custom", default="", help="whose list plot versions are told to match")
    parser.add_argument("--kaggle", action="store_true", help="measure posters of the Kaggle set alone")
    options = parser.parse_args()
    width = max(len(folder.name) for folder in options.bundles)
    for number, (films, name, balance, found) in enumerate(measure_all(options)):
        if not number:
            print(f"{films} films of validation, {DRAWS} times {FOLDS} parts")
            print(f"{'version':{width}}  balance  " + "  ".join(found))
        cells = "  ".join(f"{value:{len(figure)}.4f}" for figure, value in found.items())
        print(f"{name:{width}}  {balance:7.2f}  {cells}", flush=True)


if __name__ == "__main__":
    main()
