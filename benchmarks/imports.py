"""The import of films against the loop that one would write first: `create_movie` and `add_plot` for every row.

    .venv/bin/python benchmarks/imports.py

Each side gets a fresh process and a fresh SQLite database, one after the other in one run: 50,000 made-up films with
two genres and a plot of about 300 characters for the import, and the first 2,000 of them for the loop, which is slower
by the row. Peak memory is the largest resident memory of the process; beside it, the memory before the first row.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

ROWS, SAMPLE = 50_000, 2_000
WORDS = (
    *("keeper", "island", "storm", "letter", "stranger", "harbour", "winter", "secret"),
    *("brother", "engine", "river", "silver", "garden", "night", "map"),
)
GENRES = ("Drama", "Comedy", "Science Fiction", "Action & Adventure", "War", "Horror", "Slow Cinema")


def write_films(path: Path, rows: int) -> None:
    """A CSV of made-up films, the same in every run."""
    chance = random.Random(7)
    with path.open("w") as lines:
        lines.write("imdb_id,title,year,genres,plot\n")
        for number in range(1, rows + 1):
            plot = " ".join(chance.choice(WORDS) for _ in range(45))
            genres = "|".join(chance.sample(GENRES, 2))
            lines.write(f"tt{number:07},Film {number},{1950 + number % 70},{genres},{plot} {number}\n")


def memory_mb() -> float:
    """The largest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bring_in(path: Path) -> int:
    """The import."""
    from movies.importers import Options, read_films
    from movies.importers.files import Source
    from movies.services.imports import check_terms, import_films

    source = Source(path, Options(separator="|"))
    return import_films(rows=read_films("plots-csv", source), terms=check_terms(source="benchmark")).rows


def loop(path: Path) -> int:
    """The naive loop: every row looked up and written by itself; it is not idempotent either."""
    from django.db import transaction

    from movies.importers import Options, read_films
    from movies.importers.files import Source
    from movies.rows import MovieRow
    from movies.services import add_plot, create_movie, load_genres, resolve_genres

    load_genres()
    rows = 0
    for row in read_films("plots-csv", Source(path, Options(separator="|"))):
        if isinstance(row, MovieRow):
            with transaction.atomic():
                genres = resolve_genres(names=row.genres).genres
                movie = create_movie(
                    title=row.title, year=row.year, imdb_id=row.imdb_id, genres=genres, source="benchmark"
                )
                add_plot(movie=movie, text=row.plot, source="benchmark")
            rows += 1
    return rows


def measure(side: str, path: Path) -> dict[str, float]:
    """One side, in this process."""
    import django
    from django.core.management import call_command

    os.environ["DJANGO_SETTINGS_MODULE"] = "genresite.settings"
    django.setup()
    call_command("migrate", verbosity=0)
    run = {"import": bring_in, "again": bring_in, "loop": loop}[side]
    before, start = memory_mb(), time.perf_counter()
    rows = run(path)
    seconds = time.perf_counter() - start
    return {"rows": rows, "seconds": seconds, "rows_per_second": rows / seconds, "before": before, "peak": memory_mb()}


def ask(side: str, path: Path, folder: Path) -> dict[str, float]:
    """One side, in a process and with a database of its own ("again" finds the import's)."""
    place = folder / ("loop" if side == "loop" else f"import-{path.stem}")
    command = [sys.executable, __file__, "--side", side, "--file", str(path)]
    answer = subprocess.run(command, env={**os.environ, "VAR_DIR": str(place)}, check=True, capture_output=True)
    return json.loads(answer.stdout.splitlines()[-1])


def main() -> None:
    """Run all sides and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--side")
    parser.add_argument("--file", type=Path)
    options = parser.parse_args()
    if options.side:
        print(json.dumps(measure(options.side, options.file)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole, tenth, sample = folder / "films.csv", folder / "tenth.csv", folder / "sample.csv"
        for path, rows in ((whole, options.rows), (tenth, options.rows // 10), (sample, min(SAMPLE, options.rows))):
            write_films(path, rows)
        lines = [
            ("naive loop", ask("loop", sample, folder)),
            ("import", ask("import", tenth, folder)),
            ("import", ask("import", whole, folder)),
            ("the same file again", ask("again", whole, folder)),
        ]
    print(f"{'':22}{'rows':>8}{'seconds':>10}{'rows/s':>9}{'memory before, MB':>19}{'peak, MB':>10}")
    for label, figures in lines:
        print(
            f"{label:22}{figures['rows']:>8,.0f}{figures['seconds']:>10.1f}{figures['rows_per_second']:>9,.0f}"
            f"{figures['before']:>19.0f}{figures['peak']:>10.0f}"
        )
    ratio = lines[2][1]["rows_per_second"] / lines[0][1]["rows_per_second"]
    print(f"The import takes {ratio:.1f} times as many rows a second as the loop.")


if __name__ == "__main__":
    main()
