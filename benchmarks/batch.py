"""A batch against the bare pipeline: rows a second in the same run, and memory as the file grows.

    .venv/bin/python benchmarks/batch.py
    .venv/bin/python scripts/with_postgres.py .venv/bin/python benchmarks/batch.py

The bare side is `PlotPipeline.predict` over the same plots, already in memory. The batch side is everything that a
worker does with a file: read it once to find its chunks, then read, check, predict and store each chunk. Both run in
one process on one thread and take turns, 1,000 rows each, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
MODEL = "plot-lstm-glove-1"
PIECE = 1_000
TEXT = """
a ghost keeper sheriff city war love murder detective family returns island storm secret past love letter train
alien ship robot school teacher soldier farm road singer band dream killer escape prison bank money daughter son who
must find before the night ends and nobody in village will talk about what happened when she was young
"""
WORDS = TEXT.split()


def make_plots(count: int) -> list[str]:
    """Plots of 40 to 160 words, as those of films are; always the same."""
    chance = random.Random(7)
    return [" ".join(chance.choices(WORDS, k=chance.randint(40, 160))).capitalize() + "." for _ in range(count)]


def make_csv(plots: list[str]) -> bytes:
    """The plots as a file."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([("id", "plot"), *enumerate(plots, start=1)])
    return buffer.getvalue().encode()


def set_up() -> None:
    """A site with a database of its own, or the tables in the one that DATABASE_URL names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_genres", verbosity=0, stdout=io.StringIO())
    call_command("register_models", verbosity=0, stdout=io.StringIO())


def give_in(plots: list[str]) -> Any:
    """A batch that waits; nobody is asked to work on it."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from genresite.accounts.models import User
    from predictor import tasks
    from predictor.services.batch_requests import request_batch

    tasks.read_batch.delay_on_commit = lambda _job_id: None
    owner, _made = User.objects.get_or_create(username="bench")
    return request_batch(owner=owner, upload=SimpleUploadedFile("films.csv", make_csv(plots)), version=MODEL)


def work(batch: Any) -> float:
    """Seconds for about one chunk of a batch."""
    from predictor.services import batch_runs

    batch_runs.TURN_SECONDS = 0.05
    start = time.perf_counter()
    batch_runs.work_batch(job_id=batch.job_id, worker="bench")
    return time.perf_counter() - start


def compare(count: int) -> dict[str, Any]:
    """Rows a second of both sides, turn by turn."""
    set_up()
    from django.db import connection

    from predictor.ml.pipeline import load_pipeline
    from predictor.models import Batch
    from predictor.services import batch_plans

    plots = make_plots(count)
    bare = load_pipeline(ROOT / "predictor" / "pretrained" / MODEL)
    bare.predict(plots[:64])
    warm = give_in(plots[:64])
    batch_plans.read_batch(job_id=warm.job_id)
    work(warm)
    batch = give_in(plots)
    start = time.perf_counter()
    batch_plans.read_batch(job_id=batch.job_id)
    reading = time.perf_counter() - start
    bare_seconds, batch_seconds = [], []
    for first in range(0, count, PIECE):
        start = time.perf_counter()
        bare.predict(plots[first : first + PIECE])
        bare_seconds.append(time.perf_counter() - start)
        batch_seconds.append(work(batch))
    done = Batch.objects.select_related("job").get(pk=batch.pk)
    assert (done.job.state, done.job.done, done.failed_rows) == ("succeeded", count, 0), done.job.state
    share = reading / len(batch_seconds)
    ratios = [one / (other + share) for one, other in zip(bare_seconds, batch_seconds, strict=True)]
    return {
        "database": connection.vendor,
        "bare": count / sum(bare_seconds),
        "batch": count / (sum(batch_seconds) + reading),
        "ratio": median(ratios),
        "seconds": sum(batch_seconds) + reading,
    }


def measure_memory(count: int) -> dict[str, Any]:
    """The largest memory of a process that reads and works off a batch, and what it had before."""
    set_up()
    from predictor.models import Batch
    from predictor.services import batch_plans

    warm = give_in(make_plots(64))
    batch_plans.read_batch(job_id=warm.job_id)
    work(warm)
    batch = give_in(make_plots(count))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.perf_counter()
    batch_plans.read_batch(job_id=batch.job_id)
    while not Batch.objects.select_related("job").get(pk=batch.pk).job.finished:
        work(batch)
    seconds = time.perf_counter() - start
    return {"before": before, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "seconds": seconds}


def launch(*words: str) -> dict[str, Any]:
    """One measurement in a process and a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-batch-") as folder:
        run = subprocess.run(
            [sys.executable, __file__, *words],
            capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, "VAR_DIR": folder},
        )  # fmt: skip
    if run.returncode:
        raise SystemExit(f"{words} failed:\n{run.stderr[-3000:]}")
    figures: dict[str, Any] = json.loads(run.stdout.strip().splitlines()[-1])
    return figures


def main() -> None:
    """Print both tables, or do one measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000, help="of the comparison")
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000], help="of the memory's table")
    parser.add_argument("--side", choices=["compare", "memory"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        print(json.dumps({"compare": compare, "memory": measure_memory}[options.side](options.rows)))
        return
    told = launch("--side", "compare", "--rows", str(options.rows))
    print(f"{options.rows:,} plots through {MODEL} on {told['database']}, one process, one thread")
    print(f"{'':<34}{'rows/s':>10}{'seconds':>10}")
    print(f"{'bare pipeline':<34}{told['bare']:>10,.0f}{options.rows / told['bare']:>10.1f}")
    print(f"{'batch: read, check, predict, store':<34}{told['batch']:>10,.0f}{told['seconds']:>10.1f}")
    print(f"The batch keeps {told['ratio']:.0%} of the bare pipeline's rows a second (median of the turns).")
    print(f"\n{'rows of the file':>18}{'seconds':>10}{'memory before, MB':>20}{'peak, MB':>10}")
    for size in options.sizes:
        row = launch("--side", "memory", "--rows", str(size))
        print(f"{size:>18,}{row['seconds']:>10.1f}{row['before']:>20.0f}{row['peak']:>10.0f}", flush=True)


if __name__ == "__main__":
    main()
