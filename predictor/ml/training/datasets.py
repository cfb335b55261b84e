"""Reads a data folder into labelled examples, split by split, and turns their labels into arrays."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Final

import numpy as np

from predictor.ml.errors import TrainingError
from predictor.ml.examples import PlotExample, PosterExample
from predictor.ml.labels import GENRES, IMDB27, Float32Array, encode_rows, find_known_genres, known_mask
from predictor.ml.splits import SPLITS, assign_split, fingerprint

TRUNCATED_SOURCES: Final = {"kaggle7254": 3}
"""Sources that cut a film's alphabetical genre list after so many names: what would follow is unknown."""

PLOTS_FILE: Final = "plots.csv.gz"
IMDB27_FOLDER: Final = "imdb27"
IMDB27_HELD_OUT: Final = 0.15

Example = PlotExample | PosterExample


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a CSV file with a header, gzipped or not.

    Raises:
        TrainingError: there is no such file.
    """
    if not path.is_file():
        raise TrainingError(f"The data folder must hold {path.name}: there is none in {path.parent.name!r}.")
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    yield from csv.DictReader(io.StringIO(raw.decode("utf-8"), newline=""))


def _split_genres(cell: str) -> tuple[str, ...]:
    """The genre names of a pipe-separated cell."""
    return tuple(name for name in cell.split("|") if name)


def _empty_splits() -> dict[str, list[PlotExample]]:
    return {split: [] for split in SPLITS}


def read_plots(folder: Path) -> dict[str, list[PlotExample]]:
    """Reads ``plots.csv.gz``.

    Args:
        folder: the data folder.

    Returns:
        The examples of ``train``, ``validation`` and ``test``, in file order.

    Raises:
        TrainingError: the file is missing or a row names an unknown split.
    """
    examples = _empty_splits()
    for number, row in enumerate(_rows(folder / PLOTS_FILE), start=2):
        if row["split"] not in examples:
            raise TrainingError(f"plots.csv.gz line {number}: split must be one of {SPLITS}, not {row['split']!r}.")
        film = row["imdb_id"] or (f"tmdb:{row['tmdb_id']}" if row["tmdb_id"] else f"{row['title']} ({row['year']})")
        examples[row["split"]].append(
            PlotExample(film, row["plot"], _split_genres(row["genres"]), row["genres_source"])
        )
    return examples


def read_imdb27(folder: Path, file: str = "train.txt") -> list[PlotExample]:
    """Reads a file of the IMDb 27-genre set: one genre a plot, so every other genre is unknown.

    Args:
        folder: the data folder.
        file: ``train.txt``, or ``test_solution.txt`` to measure on.

    Returns:
        The examples; empty if the folder has no such file.

    Raises:
        TrainingError: a line has not four parts or names an unknown genre.
    """
    path = folder / IMDB27_FOLDER / file
    if not path.is_file():
        return []
    names = {name.lower(): name for name in IMDB27}
    examples = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        parts = line.split(" ::: ")
        if len(parts) != 4 or parts[2].strip() not in names:
            raise TrainingError(f"{IMDB27_FOLDER}/{file} line {number} must be 'id ::: title ::: genre ::: plot'.")
        genre = names[parts[2].strip()]
        others = tuple(name for name in GENRES if name != genre)
        examples.append(PlotExample(f"{IMDB27_FOLDER}:{parts[0].strip()}", parts[3], (genre,), IMDB27_FOLDER, others))
    return examples


def split_imdb27(examples: Sequence[PlotExample]) -> tuple[list[PlotExample], list[PlotExample]]:
    """Sets aside every seventh or so of the set's training plots, chosen by their ids, for validation.

    The set has no validation file of its own, and films of other sources have another mixture of genres.

    Args:
        examples: plots of ``train.txt``.

    Returns:
        Those to train on and those to validate on.
    """
    held_out = [
        example
        for example in examples
        if assign_split(example.film_id, {"train": 1.0 - IMDB27_HELD_OUT, "validation": IMDB27_HELD_OUT})
        == "validation"
    ]
    chosen = {example.film_id for example in held_out}
    return [example for example in examples if example.film_id not in chosen], held_out


def truncated_genres(source: str, genres: Sequence[str]) -> tuple[str, ...]:
    """Genres that a source may have cut from a row: those that follow its last name in the alphabet.

    Args:
        source: where the labels come from.
        genres: the row's genres.

    Returns:
        The unknown names; empty for a source that cuts nothing or a row that is not full.
    """
    limit = TRUNCATED_SOURCES.get(source)
    if limit is None or len(genres) < limit:
        return ()
    return tuple(name for name in GENRES if name > max(genres))


def read_posters(folder: Path) -> dict[str, list[PosterExample]]:
    """Reads ``posters.csv``; the images lie in ``posters/``.

    Args:
        folder: the data folder.

    Returns:
        The examples of ``train``, ``validation`` and ``test``, in file order; genres that a source may have cut
        off stand in ``unknown``.

    Raises:
        TrainingError: the file is missing or a row names an unknown split.
    """
    examples: dict[str, list[PosterExample]] = {split: [] for split in SPLITS}
    for number, row in enumerate(_rows(folder / "posters.csv"), start=2):
        if row["split"] not in examples:
            raise TrainingError(f"posters.csv line {number}: split must be one of {SPLITS}, not {row['split']!r}.")
        genres, source = _split_genres(row["genres"]), row["label_source"]
        path = folder / "posters" / f"{row['imdb_id']}.webp"
        examples[row["split"]].append(
            PosterExample(row["imdb_id"], path, genres, source, truncated_genres(source, genres))
        )
    return examples


def known_genres_of(examples: Sequence[Example]) -> dict[str, tuple[str, ...]]:
    """The genres each label source knows, derived from training examples (see ``labels.find_known_genres``)."""
    return find_known_genres([row.genres for row in examples], [row.source for row in examples])


def label_arrays(
    examples: Sequence[Example], known: Mapping[str, Sequence[str]], columns: Sequence[str] = GENRES
) -> tuple[Float32Array, Float32Array]:
    """Labels and their mask.

    Args:
        examples: N examples.
        known: the genres each source knows.
        columns: the genre of each column; a name of ``GENRES`` that is none of them is left out.

    Returns:
        labels (N, G), 0 or 1, and mask (N, G), 0 where the label is unknown; both float32.
    """
    outside = set(GENRES) - set(columns)
    labels = encode_rows((_without(row.genres, outside) for row in examples), columns)
    told = {source: _without(names, outside) for source, names in known.items()}
    masks = [known_mask(row.source, told, columns, unknown=_without(row.unknown, outside)) for row in examples]
    mask = np.stack(masks) if masks else np.zeros((0, len(columns)), np.float32)
    return labels, np.maximum(mask, labels)


def _without(names: Sequence[str], outside: Set[str]) -> list[str]:
    """The names that are not outside."""
    return [name for name in names if name not in outside]


def fingerprint_examples(examples: Sequence[Example]) -> str:
    """SHA-256 of the sorted training rows; a poster counts by its file name."""
    return fingerprint(
        (
            row.film_id,
            row.plot if isinstance(row, PlotExample) else row.path.name,
            "|".join(row.genres),
            row.source,
            "|".join(row.unknown),
        )
        for row in examples
    )
