"""A data folder of invented films, drawn in code."""

import csv
import gzip
import io
from pathlib import Path

GENRE_WORDS = {"Comedy": "joke laugh clown", "Horror": "ghost scream blood", "War": "soldier trench bomb"}
COLUMNS = ("imdb_id", "tmdb_id", "title", "year", "type", "plot", "genres", "genres_source", "plot_source", "split")


def write_plots(folder: Path, *, train: int = 60, held_out: int = 24) -> None:
    """Films whose plots name their genre in three words."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, COLUMNS)
    writer.writeheader()
    genres = list(GENRE_WORDS)
    for split, count in (("train", train), ("validation", held_out), ("test", held_out)):
        for number in range(count):
            genre = genres[number % 3]
            plot = f"The {GENRE_WORDS[genre]} of day {number % 7} , told in {split} ."
            row = dict.fromkeys(COLUMNS, "") | {"imdb_id": f"tt{split}{number}", "plot": plot, "genres": genre}
            writer.writerow(row | {"genres_source": "invented", "split": split})
    (folder / "plots.csv.gz").write_bytes(gzip.compress(stream.getvalue().encode()))


def write_glove(path: Path, dimensions: int = 8) -> Path:
    """Vectors of the words: genre by genre near each other."""
    lines = []
    for place, words in enumerate(GENRE_WORDS.values()):
        for number, word in enumerate(words.split()):
            vector = [0.0] * dimensions
            vector[place], vector[3 + number] = 1.0, 0.1
            lines.append(f"{word} {' '.join(map(str, vector))}\n")
    path.write_text("".join(lines), encoding="utf-8")
    return path


def write_imdb27(folder: Path, *, train: int = 60, test: int = 12) -> None:
    """The files of the IMDb 27-genre set with the same three genres."""
    home = folder / "imdb27"
    home.mkdir()
    genres = list(GENRE_WORDS)
    for name, count in (("train.txt", train), ("test_solution.txt", test)):
        lines = [
            f"{number} ::: Film {number} (2001) ::: {genres[number % 3].lower()} ::: "
            f"The {GENRE_WORDS[genres[number % 3]]}, as told on day {number} of {name}.\n"
            for number in range(1, count + 1)
        ]
        (home / name).write_text("".join(lines), encoding="utf-8")
