"""Confirmed labels of the site as examples to learn from: the only way into `predictor.ml`.

Confirmed are the genres that a person decided, the genres that a data source with `may_train` gave, and accepted
feedback; never a prediction that nobody looked at. The plot or poster itself must be allowed for training too.
"""

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from movies.models import GenreLabel, Movie
from predictor.ml.examples import PlotExample, PosterExample
from predictor.ml.labels import GENRES
from predictor.ml.ngrams import split_words
from predictor.ml.splits import SPLITS, assign_split, fingerprint
from predictor.models import Feedback, Kind

SHARES = {"train": 0.7, "validation": 0.1, "test": 0.2}
ROWS_AT_A_TIME = 500


@dataclass(frozen=True)
class Label:
    """Where an example's genres come from.

    Attributes:
        key: `movie:17` or `feedback:4`.
        movie_id: The film, if it is one of the catalogue.
        feedback_id: The accepted feedback, if it is one.
    """

    key: str
    movie_id: int | None = None
    feedback_id: int | None = None


@dataclass(frozen=True)
class Item:
    """One film with confirmed genres.

    Attributes:
        film_id: Its label's key.
        group: What must stay together in a split: its title, else its plot or poster.
        twin: The same for films of the same plot or poster, whatever their titles.
        genres: What is true.
        unknown: Genres that nobody who may be believed says anything about.
        source: Who says so.
        plot: The text, or empty.
        poster: A file of the media storage, or None.
        labels: Where the genres come from; several where a correction and a film say the same of one plot.
    """

    film_id: str
    group: str
    twin: str
    genres: tuple[str, ...]
    unknown: tuple[str, ...]
    source: str
    plot: str
    poster: Any
    labels: tuple[Label, ...]

    @property
    def split(self) -> str:
        """The part in which films of this group stand for ever."""
        return assign_split(self.group, SHARES)


@dataclass
class Gathered:
    """The site's confirmed labels for one kind of model.

    Attributes:
        kind: What the model reads.
        items: By split.
        left_out: How many films could not be used, by reason.
        fingerprint: SHA-256 of all items, in whatever order: equal for equal labels.
    """

    kind: str
    items: dict[str, list[Item]] = field(default_factory=lambda: {split: [] for split in SPLITS})
    left_out: Counter[str] = field(default_factory=Counter)
    fingerprint: str = ""

    def count(self, split: str) -> int:
        """Films of a split."""
        return len(self.items[split])

    def plots(self) -> dict[str, list[PlotExample]]:
        """Plot examples by split."""
        return {
            split: [PlotExample(row.film_id, row.plot, row.genres, row.source, row.unknown) for row in rows if row.plot]
            for split, rows in self.items.items()
        }

    def posters(self, folder: Path) -> dict[str, list[PosterExample]]:
        """Poster examples by split; files of a storage without paths are copied into the folder."""
        return {
            split: [
                PosterExample(row.film_id, _find_path(row.poster, folder), row.genres, row.source, row.unknown)
                for row in rows
                if row.poster is not None
            ]
            for split, rows in self.items.items()
        }


def gather_labels(kind: str) -> Gathered:
    """Collect the confirmed labels for a kind of model.

    Two films of one title stand in one split. Films of other titles that share their plot or poster with a film that is
    measured on are left out of what is learned from, so that no model is measured on what it has seen.

    Args:
        kind: `plot`, `poster`, or `both` for films that have a plot and a poster.

    Returns:
        The labels; every film of the site stands in the same split each time.
    """
    gathered = Gathered(kind)
    unique: dict[str, Item] = {}
    for item in _find_items(kind, gathered.left_out):
        known = unique.get(item.twin + item.group)
        if known is None:
            unique[item.twin + item.group] = item
        elif known.genres == item.genres:
            # A film and the correction that decided it, for instance: one example, and both are named.
            unique[item.twin + item.group] = replace(known, labels=(*known.labels, *item.labels))
        else:
            gathered.left_out["contradicted"] += 1
    for item in unique.values():
        gathered.items[item.split].append(item)
    _part_twins(gathered)
    gathered.fingerprint = fingerprint(
        (item.film_id, item.twin, "|".join(item.genres), "|".join(item.unknown), item.source, split)
        for split, items in gathered.items.items()
        for item in items
    )
    return gathered


def _part_twins(gathered: Gathered) -> None:
    """Leave out of training what is measured on under another title."""
    measured: set[str] = set()
    for split in ("test", "validation", "train"):
        kept = [item for item in gathered.items[split] if item.twin not in measured]
        gathered.left_out["same_as_test"] += len(gathered.items[split]) - len(kept)
        gathered.items[split] = kept
        measured |= {item.twin for item in kept}


def _find_items(kind: str, left_out: Counter[str]) -> Iterator[Item]:
    """Films first, then what people said of predictions, the latest word first."""
    yield from _find_films(kind, left_out)
    yield from _find_feedback(kind, left_out)


def _find_films(kind: str, left_out: Counter[str]) -> Iterator[Item]:
    films = Movie.objects.filter(labels__isnull=False).distinct().order_by("pk")
    needed = ("labels__genre", "records", "plots", "posters")
    for film in films.prefetch_related(*needed).iterator(chunk_size=ROWS_AT_A_TIME):
        truth = read_truth(film)
        if truth is None:
            continue
        plot = next((row.text for row in film.plots.all() if row.may_train), "")
        poster = next((row for row in film.posters.all() if row.may_train), None)
        if (kind != Kind.POSTER and not plot) or (kind != Kind.PLOT and poster is None):
            has_all = (kind == Kind.POSTER or film.plots.all()) and (kind == Kind.PLOT or film.posters.all())
            left_out["not_allowed" if has_all else "incomplete"] += 1
            continue
        yield _build_item(
            Label(f"movie:{film.pk}", movie_id=film.pk),
            kind,
            film.title,
            truth,
            plot,
            poster.file if poster else None,
            poster.sha256 if poster else "",
        )


@dataclass(frozen=True)
class Truth:
    """Genres that count as true, those about which nobody who may be believed says anything, and who says so."""

    genres: tuple[str, ...]
    unknown: tuple[str, ...]
    source: str


def read_truth(film: Movie) -> Truth | None:
    """What is confirmed of a film's genres, or None. Its labels, their genres and its records are best prefetched.

    Args:
        film: The film.

    Returns:
        All its labels where a person decided them; else those of sources that models may learn from, and of people.
    """
    labels = [(label.genre.name, label.source) for label in film.labels.all() if label.genre.name in GENRES]
    if film.genres_decided_at:
        return Truth(tuple(sorted(name for name, _source in labels)), (), GenreLabel.PERSON) if labels else None
    believed = {record.source for record in film.records.all() if record.may_train} | {GenreLabel.PERSON}
    genres = sorted(name for name, source in labels if source in believed)
    if not genres:
        return None
    sources = sorted({source for _name, source in labels if source in believed})
    return Truth(tuple(genres), tuple(sorted(name for name, _s in labels if name not in genres)), "+".join(sources))


def _find_feedback(kind: str, left_out: Counter[str]) -> Iterator[Item]:
    """Accepted feedback; of a film of the catalogue whose genres are decided, those are what is true."""
    kinds = {Kind.PLOT: (Kind.PLOT, Kind.BOTH), Kind.POSTER: (Kind.POSTER, Kind.BOTH), Kind.BOTH: (Kind.BOTH,)}
    rows = Feedback.objects.filter(state=Feedback.State.ACCEPTED, prediction__kind__in=kinds[Kind(kind)])
    film = "prediction__movie"
    needed = ("genres", f"{film}__labels__genre", f"{film}__records", f"{film}__plots", f"{film}__posters")
    rows = rows.select_related("prediction__movie").prefetch_related(*needed).order_by("-settled_at", "-pk")
    for row in rows.iterator(chunk_size=ROWS_AT_A_TIME):
        prediction, movie = row.prediction, row.prediction.movie
        named = tuple(sorted(genre.name for genre in row.genres.all() if genre.name in GENRES))
        decided = read_truth(movie) if movie is not None and movie.genres_decided_at else None
        truth = decided or Truth(named, (), GenreLabel.PERSON)
        if not truth.genres:
            continue
        if movie is not None and not _may_use(movie, kind, prediction.plot):
            left_out["not_allowed"] += 1
            continue
        if kind != Kind.PLOT and not prediction.poster_file:  # brought in from another site, without the picture
            left_out["incomplete"] += 1
            continue
        yield _build_item(
            Label(f"feedback:{row.pk}", movie.pk if movie else None, row.pk),
            kind,
            movie.title if movie else prediction.title,
            truth,
            prediction.plot,
            prediction.poster_file or None,
            prediction.poster_sha256,
        )


def _may_use(film: Movie, kind: str, plot: str) -> bool:
    """Whether a prediction of a catalogue film was made from nothing that models may not learn from."""
    # The picture of a prediction was written anew, so it cannot be told which of the film's posters it was.
    pictures_allowed = kind == Kind.PLOT or all(row.may_train for row in film.posters.all())
    same = [row for row in film.plots.all() if _key(row.text) == _key(plot)]
    return pictures_allowed and (kind == Kind.POSTER or all(row.may_train for row in same))


def _build_item(label: Label, kind: str, title: str, truth: Truth, plot: str, poster: Any, sha256: str) -> Item:
    """An item with the keys of its split; what its kind does not read is left away."""
    plot = "" if kind == Kind.POSTER else plot
    poster, sha256 = (None, "") if kind == Kind.PLOT else (poster, sha256)
    twin = _key(plot) if plot else sha256
    name = " ".join(split_words(title))
    return Item(label.key, name or twin, twin, truth.genres, truth.unknown, truth.source, plot, poster, (label,))


def _key(text: str) -> str:
    """The same for texts that differ in case, blanks and punctuation only."""
    return hashlib.sha256(" ".join(split_words(text)).encode()).hexdigest()


def _find_path(file: Any, folder: Path) -> Path:
    """A poster's file on this machine."""
    try:
        return Path(file.path)
    except NotImplementedError:
        copy = folder / hashlib.sha256(file.name.encode()).hexdigest()
        if not copy.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            with file.open("rb") as source, copy.open("wb") as target:
                shutil.copyfileobj(source, target)
        return copy


def limit_learning(gathered: Gathered, films: int) -> None:
    """Keep so many films to learn from at most: those that people labelled first, then others in an order by hash.

    Args:
        gathered: The labels; what is dropped is counted in `left_out`.
        films: How many may stay.
    """
    ordered = sorted(
        gathered.items["train"],
        key=lambda item: (item.source != GenreLabel.PERSON, hashlib.sha256(item.film_id.encode()).digest()),
    )
    gathered.items["train"] = ordered[:films]
    gathered.left_out["over_limit"] += len(ordered[films:])


def learned_labels(gathered: Gathered) -> Iterator[tuple[str, Label]]:
    """The labels that a model of these examples learns from or is tuned on, with the split of each, once each."""
    seen: set[str] = set()
    for split in ("train", "validation"):
        for label in _labels_of(gathered.items[split]):
            if label.key not in seen:
                seen.add(label.key)
                yield split, label


def _labels_of(items: Sequence[Item]) -> Iterable[Label]:
    return (label for item in items for label in item.labels)
