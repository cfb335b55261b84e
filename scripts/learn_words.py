"""Count how many training plots have each word, and which words point to no genre, for the comparison of films.

Writes `predictor/pretrained/word-rarity-1.npz`. Needs the folder with the training data; only films of the split
"train" are read, and only hashes and counts are kept.
"""

import argparse
import csv
import gzip
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def read_training_films(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Plot and genres of each film of the training split of `plots.csv.gz`."""
    csv.field_size_limit(1 << 24)
    with gzip.open(folder / "plots.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["split"] == "train":
                yield row["plot"], row["genres"].split("|")


def main() -> int:
    """Count, write, and say how large it became."""
    from predictor.ml.similar import WordRarity

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder with plots.csv.gz")
    parser.add_argument("--output", type=Path, default=ROOT / "predictor" / "pretrained" / "word-rarity-1.npz")
    chosen = parser.parse_args()
    rarity = WordRarity.learn(read_training_films(chosen.data))
    rarity.save(chosen.output)
    size_kb = chosen.output.stat().st_size / 1024
    words = f"{len(rarity.counts):,} words, {len(rarity.dull):,} of them dull"
    print(f"{rarity.films:,} plots, {words}, {size_kb:.0f} KB: {chosen.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
