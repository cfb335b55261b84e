"""What plot and poster together gain over each alone, on the same films and the same labels.

    .venv/bin/python benchmarks/fusion.py --data DATA --version predictor/pretrained/both-late-8

Each side decides by its own thresholds; where the fusion reads plots in a custom, the plot so read has a row too. The
gain over the plot alone stands beside its 95 % interval: 2.5 % and 97.5 % quantiles over 500 draws of the films with
replacement, the same for both sides (paired bootstrap).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from predictor.ml.evaluation import evaluate, f1_scores  # noqa: E402
from predictor.ml.pipeline import load_pipeline  # noqa: E402
from predictor.ml.training.datasets import label_arrays, read_plots, read_posters  # noqa: E402
from predictor.ml.training.fusion import align_genres, join_pairs, score_posters  # noqa: E402

DRAWS, SEED = 500, 0
FIGURES = (("f1", "micro"), ("f1", "macro_supported"), ("map_supported",), ("hit_at_1",), ("hit_at_3",), ("ece",))


def dig(values: Any, path: tuple[str, ...]) -> float:
    """A figure of the measures."""
    for key in path:
        values = values[key]
    return float(values)


def answer(folder: Path, plots: list[str], paths: list[Path]) -> dict[str, tuple[Any, Any]]:
    """Calibrated probabilities (N, G) and thresholds (G,) of both parts and of the fusion, by the fusion's genres."""
    joint = load_pipeline(folder, threads=2)
    texts, pictures = joint.plot.logits(plots), score_posters(joint.poster, paths)
    rows = {}
    for part, logits in ((joint.plot, texts), (joint.poster, pictures)):
        probabilities = align_genres(part.bundle.calibration.apply(logits), part.genres)
        # A genre that the part does not know is never decided.
        thresholds = align_genres(np.asarray(part.bundle.thresholds)[None] - 2.0, part.genres)[0] + 2.0
        rows[f"{part.version} alone"] = (probabilities, thresholds)
    read = joint.read_plots(plots, texts)
    custom = joint.bundle.preprocessing.get("plot_custom")
    if custom:
        told = align_genres(joint.plot.bundle.calibration.apply(read), joint.plot.genres)
        rows[f"{joint.plot.version} told {custom}"] = (told, next(iter(rows.values()))[1])
    fused = joint.fuse(read, pictures)
    rows[joint.version] = (joint.bundle.calibration.apply(fused), np.asarray(joint.bundle.thresholds))
    return rows


def main() -> None:
    """Prints the table as Markdown, and the gain."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--version", type=Path, required=True)
    parser.add_argument("--split", default="test", choices=("validation", "test"))
    given = parser.parse_args()
    pairs = join_pairs(read_plots(given.data)[given.split], read_posters(given.data)[given.split])
    labels, _mask = label_arrays(pairs.examples, {})
    rows = answer(given.version, [row.plot for row in pairs.examples], list(pairs.paths))
    genres = load_pipeline(given.version).genres
    print(
        f"{len(labels)} films\n\n| | micro-F1 | macro-F1 (20+) | mAP (20+) | hit@1 | hit@3 | ECE |\n|---|{'---:|' * 6}"
    )
    for name, (probabilities, thresholds) in rows.items():
        measured = evaluate(labels, probabilities, thresholds, genres)
        print(f"| {name} | {' | '.join(f'{dig(measured, path):.4f}' for path in FIGURES)} |", flush=True)
    (alone, own), *_others, (fused, joint) = rows.values()
    before, after = alone >= own, fused >= joint
    draws = np.random.default_rng(SEED).integers(0, len(labels), (DRAWS, len(labels)))
    for name in ("micro", "macro_supported"):
        gains = [f1_scores(labels[d], after[d])[name] - f1_scores(labels[d], before[d])[name] for d in draws]
        low, high = np.quantile(gains, (0.025, 0.975))
        gain = f1_scores(labels, after)[name] - f1_scores(labels, before)[name]
        print(f"\ngain in {name}-F1 over the plot alone: {gain:+.4f} ({low:+.4f} to {high:+.4f})")


if __name__ == "__main__":
    main()
