"""Every recipe side by side: what its bundle measured, its size, how long it trained, how long one film takes.

    .venv/bin/python benchmarks/recipes.py predictor/pretrained/* var/models/*

Figures of quality are those that `evaluate_model --store --split test` wrote into the bundles; size is that of all
files that are loaded; training time that of the command that finished the run. Latency is the median of one film at a
time, raw text or picture to calibrated scores, on one thread, all bundles in turn in one process.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "benchmarks"))

from serving import make_items  # noqa: E402

from predictor.ml.artifacts import read_manifest  # noqa: E402
from predictor.ml.pipeline import load_pipeline  # noqa: E402

MANY = ("micro-F1", ("f1", "micro")), ("macro-F1 (20+)", ("f1", "macro_supported")), ("mAP (20+)", ("map_supported",))
MANY_MORE = ("Jaccard", ("jaccard",)), ("hit@1", ("hit_at_1",)), ("ECE", ("ece",))
REPEATS = 40


def make_films(kind: str) -> list[Any]:
    """Films for a pipeline of a kind: plots, posters, or pairs of both."""
    if kind != "both":
        return make_items(kind, REPEATS)
    return list(zip(make_items("plot", REPEATS), make_items("poster", REPEATS), strict=True))


def measure_latency(pipeline: Any, films: Sequence[Any]) -> float:
    """Median milliseconds of one film."""
    for film in films[:3]:
        pipeline.predict([film])
    times = []
    for film in films:
        start = time.perf_counter()
        pipeline.predict([film])
        times.append((time.perf_counter() - start) * 1000)
    return median(times)


def dig(values: Any, path: Sequence[str]) -> str:
    """A figure of the measures, or a dash."""
    for key in path:
        values = values.get(key) if isinstance(values, dict) else None
    return f"{values:.3f}" if isinstance(values, float) else "–"


def describe(folder: Path) -> str:
    """One line of the table."""
    manifest = read_manifest(folder)
    metrics = manifest.get("metrics", {}).get("test", {})
    size = sum(row["size_bytes"] for row in manifest["files"].values()) / 1e6
    seconds = manifest["training"].get("seconds")
    trained = f"{seconds / 60:.1f} min" if seconds else "–"
    latency = measure_latency(load_pipeline(folder, threads=1), make_films(manifest["kind"]))
    cells = [dig(metrics, path) for _title, path in (*MANY, *MANY_MORE)]
    first = [f"`{manifest['recipe']}`", f"`{manifest['name']}`", manifest["kind"], str(metrics.get("films", "–"))]
    return " | ".join([*first, *cells, f"{size:.1f} MB", trained, f"{latency:.1f} ms"])


def main() -> None:
    """Prints the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundles", nargs="+", type=Path, help="folders of bundles")
    folders = [path for path in parser.parse_args().bundles if (path / "manifest.json").is_file()]
    if not folders:
        parser.error("none of the folders holds a bundle (manifest.json)")
    titles = ["recipe", "version", "kind", "films", *(title for title, _path in (*MANY, *MANY_MORE))]
    titles += ["size", "training", "one film"]
    print(f"| {' | '.join(titles)} |\n|{'---|' * len(titles)}")
    for folder in folders:
        print(f"| {describe(folder)} |", flush=True)


if __name__ == "__main__":
    main()
