"""What a process of the site weighs with every shipped model loaded.

    .venv/bin/python benchmarks/memory.py

One process does what a web process does at its start, then loads one shipped version after the other and asks each
about one film, as the first visitor would; a joint version builds on the parts that are there already. Memory is what
the process holds then, shared libraries included.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "benchmarks"))

from serving import make_items  # noqa: E402

PRETRAINED = ROOT / "predictor" / "pretrained"


def resident_mb() -> float:
    """Resident memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def load_site() -> None:
    """Imports the site as gunicorn's workers do."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")
    from genresite import wsgi
    from genresite.loaded import keep_loaded

    if wsgi.application is None:
        raise RuntimeError("The site must have an application.")
    keep_loaded()


def make_film(kind: str) -> list[Any]:
    """One film for a pipeline of a kind."""
    if kind != "both":
        return make_items(kind, 1)
    return list(zip(make_items("plot", 1), make_items("poster", 1), strict=True))


def load_versions() -> Iterator[str]:
    """Loads every shipped version, parts before what builds on them; gives each one's name when it has answered."""
    from predictor.ml.artifacts import load_bundle
    from predictor.ml.pipeline import FusionPipeline, load_pipeline

    bundles = [load_bundle(path) for path in sorted(PRETRAINED.iterdir()) if (path / "manifest.json").is_file()]
    loaded: dict[str, Any] = {}
    for bundle in sorted(bundles, key=lambda row: row.kind == "both"):
        if bundle.kind == "both":
            plot, poster = (loaded[str(bundle.preprocessing[part])] for part in ("plot", "poster"))
            loaded[bundle.name] = FusionPipeline(bundle, plot, poster, threads=1)
        else:
            loaded[bundle.name] = load_pipeline(PRETRAINED / bundle.name, threads=1)
        loaded[bundle.name].predict(make_film(bundle.kind))
        yield bundle.name


def main() -> None:
    """Prints the table as Markdown."""
    print(f"| loaded | MB |\n|---|---:|\n| Python | {resident_mb():.0f} |")
    load_site()
    print(f"| + the site | {resident_mb():.0f} |")
    for version in load_versions():
        print(f"| + {version} | {resident_mb():.0f} |", flush=True)


if __name__ == "__main__":
    main()
