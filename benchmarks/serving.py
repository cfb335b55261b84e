"""Our pipeline against Keras ``model.predict`` of the same network, each in a fresh process of its own.

    .venv/bin/python benchmarks/serving.py

Measured for one plot and one poster: start of the process to its first answer, latency of one film after that, films
a second in batches of 32, and the largest resident memory. Both sides read raw text or a picture and end with logits.
The Keras side is built from the bundle's manifest; its weights are random, since only ONNX files are shipped and the
time of a network does not depend on the values of its weights.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

PLOT = (
    "After a lighthouse keeper vanishes in a winter storm, his estranged daughter returns to the island to sell the "
    "house. She finds his logbook full of sightings that nobody in the village will talk about, and a stranger who "
    "claims to have been dead for ten years. As the fog closes in, she must decide whom to trust before the light "
    "goes out for good."
)
BATCH = 32
KERAS_RECIPES = {"plot": "lstm-glove", "poster": "backbone"}
ROWS = (
    ("start to first answer, s", "first_answer_seconds", False),
    ("latency of one film, median, ms", "median_ms", False),
    ("latency of one film, p95, ms", "p95_ms", False),
    ("films a second, batches of 32", "films_per_second", True),
    ("the same, ours on all cores too", "films_per_second_all_cores", True),
    ("largest memory, one film at a time, MB", "memory_mb", False),
    ("largest memory, with batches, MB", "memory_batch_mb", False),
)


def make_items(kind: str, count: int) -> list[Any]:
    """Plots of different length, or posters of one size that differ in colour."""
    if kind == "plot":
        words = PLOT.split()
        return [PLOT if number == 0 else " ".join(words[: 15 + 7 * number % 50]) for number in range(count)]
    from PIL import Image

    return [Image.new("RGB", (500, 750), (number * 7 % 256, 90, 160)) for number in range(count)]


def build_ours(bundle: Path, threads: int) -> Callable[[Sequence[Any]], Any]:
    """Our pipeline."""
    from predictor.ml.pipeline import load_pipeline

    return load_pipeline(bundle, threads=threads).logits


def build_keras(bundle: Path) -> Callable[[Sequence[Any]], Any]:
    """``model.predict`` of the same network on the same model input, on as many threads as TensorFlow likes."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras
    import numpy as np

    from predictor.ml.artifacts import load_bundle

    loaded = load_bundle(bundle)
    config = loaded.manifest["training"]["config"]
    if loaded.kind == "plot":
        from predictor.ml.text import load_encoder
        from predictor.ml.training.architectures import build_bilstm

        encoder = load_encoder(loaded)
        model = build_bilstm(
            vocabulary_size=len(encoder.vocabulary),
            embedding_dim=loaded.manifest["training"]["embedding"]["dimensions"],
            units=config["units"],
            genre_count=len(loaded.genres),
        )
        return lambda items: model.predict(encoder.batch(items)["tokens"], batch_size=BATCH, verbose=0)
    from predictor.ml.poster import to_model_input
    from predictor.ml.training.backbone import build_poster_network

    parts = [part["config"] for part in loaded.manifest["training"].get("parts", ())] or [config]
    networks: list[keras.Model] = [
        build_poster_network(
            part["variant"], part["height_px"], part["width_px"], len(loaded.genres), levels=part.get("levels", ())
        )
        for part in parts
    ]

    def answer(items: Sequence[Any]) -> Any:
        pictures = np.stack([to_model_input(item, loaded.preprocessing) for item in items])
        return sum(network.predict(pictures, batch_size=BATCH, verbose=0) for network in networks)

    return answer


def peak_memory_mb() -> float:
    """Largest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run_side(side: str, kind: str, bundle: Path, started: float, repeats: int, threads: int) -> dict[str, float]:
    """Measures one side in this process; ``started`` is the wall-clock time at which it was launched."""
    answer = build_ours(bundle, threads) if side == "ours" else build_keras(bundle)
    one = make_items(kind, 1)
    answer(one)
    first_answer = time.time() - started
    for _ in range(3):
        answer(one)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        answer(one)
        times.append((time.perf_counter() - start) * 1000)
    memory = peak_memory_mb()
    many = make_items(kind, BATCH * (8 if kind == "plot" else 2))
    answer(many)
    start = time.perf_counter()
    answer(many)
    films_per_second = len(many) / (time.perf_counter() - start)
    return {
        "first_answer_seconds": first_answer,
        "median_ms": median(times),
        "p95_ms": sorted(times)[int(0.95 * (len(times) - 1))],
        "films_per_second": films_per_second,
        "memory_mb": memory,
        "memory_batch_mb": peak_memory_mb(),
    }


def launch(side: str, kind: str, bundle: Path, repeats: int, threads: int = 1) -> dict[str, float]:
    """Runs one side in a fresh interpreter and reads its figures."""
    words = [sys.executable, __file__, "--side", side, "--kind", kind, "--bundle", str(bundle)]
    words += ["--repeats", str(repeats), "--threads", str(threads), "--started", repr(time.time())]
    run = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)
    if run.returncode:
        raise SystemExit(f"The side {side} of {kind} failed:\n{run.stderr[-2000:]}")
    figures: dict[str, float] = json.loads(run.stdout.strip().splitlines()[-1])
    return figures


def print_table(kind: str, bundle: Path, ours: dict[str, float], keras: dict[str, float]) -> None:
    """Prints both sides and the ratio in favour of ours."""
    print(f"\nOne {kind}, {bundle.name}")
    print(f"{'':<40}{'ours':>10}{'Keras':>10}{'ratio':>9}")
    for title, key, more_is_better in ROWS:
        ratio = ours[key] / keras[key] if more_is_better else keras[key] / ours[key]
        print(f"{title:<40}{ours[key]:>10.2f}{keras[key]:>10.2f}{ratio:>8.1f}x")


def find_newest(root: Path, kind: str) -> Path | None:
    """The bundle of a kind that was made last by the recipe whose network this file builds in Keras."""
    manifests = {path.parent: json.loads(path.read_text()) for path in root.glob(f"{kind}-*/manifest.json")}
    folders = [folder for folder, manifest in manifests.items() if manifest["recipe"] == KERAS_RECIPES[kind]]
    return max(folders, key=lambda folder: int(folder.name.rsplit("-", 1)[-1]), default=None)


def main() -> None:
    """Measures every side in turn and prints the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--models", type=Path, default=ROOT / "predictor" / "pretrained", help="folder of the bundles")
    parser.add_argument("--repeats", type=int, default=100, help="single answers behind median and p95")
    for hidden in ("--side", "--kind", "--bundle"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    parser.add_argument("--started", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=1, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        figures = run_side(
            options.side, options.kind, Path(options.bundle), options.started, options.repeats, options.threads
        )
        print(json.dumps(figures))
        return
    print(f"{os.cpu_count()} processor cores; ours on 1 thread, Keras on all of them.")
    print("Keras is built anew with random weights: their values do not change times.")
    for kind in ("plot", "poster"):
        bundle = find_newest(options.models, kind)
        if bundle is None:
            print(f"\nNo {kind} bundle in {options.models.name}: left out.")
            continue
        ours, keras = (launch(side, kind, bundle, options.repeats) for side in ("ours", "keras"))
        wide = launch("ours", kind, bundle, options.repeats, threads=os.cpu_count() or 1)
        ours["films_per_second_all_cores"] = wide["films_per_second"]
        keras["films_per_second_all_cores"] = keras["films_per_second"]
        print_table(kind, bundle, ours, keras)


if __name__ == "__main__":
    main()
