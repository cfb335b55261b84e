"""How well and how quickly similar films are found.

    .venv/bin/python benchmarks/similar.py quality --data DATA --split test
    .venv/bin/python benchmarks/similar.py speed --films 200000

Quality, on films that nothing was learned from: a film's first half must find its second half among 2,050 films (450
plots of more than 500 characters are cut between two sentences; the others stand whole), and the ten nearest of each
film should share its genres (Jaccard). Beside the mix stand its parts, and two films at random. The word statistics
come from the split ``train``; what was chosen was chosen on ``validation``.

Speed: the same question of our search and of scikit-learn's nearest neighbours over the same vectors, in turns in one
run, on one core; then the whole page and the API's answer through Django's test client, over a database of so many
films, with the memory that the process gained by it.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from predictor.ml import similar  # noqa: E402

MODEL = "plot-encoder-6"
RARITY = ROOT / "predictor" / "pretrained" / "word-rarity-1.npz"
LONG_CHARS, LONG_FILMS, OTHER_FILMS, SEED = 500, 450, 1_600, 7
SHARES = (0.0, 0.2, similar.GENRE_SHARE, 0.6, 1.0)
NEAREST = 10
ROUNDS = 15


# --- quality ------------------------------------------------------------------------------------
def cut_in_half(plot: str) -> tuple[str, str]:
    """Both halves, cut at the end of a sentence nearest to the middle, else between two words."""
    sentences = re.split(r"(?<=[.!?])\s+", plot)
    if len(sentences) < 2:
        middle = plot.find(" ", len(plot) // 2)
        return plot[:middle], plot[middle + 1 :]
    lengths = [len(" ".join(sentences[:count])) for count in range(1, len(sentences))]
    count = 1 + int(np.argmin([abs(length - len(plot) / 2) for length in lengths]))
    return " ".join(sentences[:count]), " ".join(sentences[count:])


def read_films(folder: Path, split: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The long films that are halved, and others."""
    csv.field_size_limit(1 << 24)
    with gzip.open(folder / "plots.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["split"] == split]
    long = [row for row in rows if len(row["plot"]) > LONG_CHARS][:LONG_FILMS]
    chosen = {id(row) for row in long}
    others = [row for row in rows if id(row) not in chosen]
    order = np.random.default_rng(SEED).permutation(len(others))[:OTHER_FILMS]
    return long, [others[place] for place in order]


def score_plots(plots: Sequence[str], keep: Path | None) -> np.ndarray:
    """What the model says of plots as directions, float32 (N, 28); kept in a file for another run, if one is named."""
    from predictor.ml.pipeline import load_pipeline

    if keep is not None and keep.is_file():
        return np.load(keep)
    pipeline: Any = load_pipeline(ROOT / "predictor" / "pretrained" / MODEL)
    rows = []
    for start in range(0, len(plots), 32):
        said = pipeline.bundle.calibration.apply(pipeline.logits(plots[start : start + 32]))
        rows += [similar.direct_genres(dict(zip(pipeline.genres, map(float, row), strict=True))) for row in said]
    directions = np.stack(rows)
    if keep is not None:
        np.save(keep, directions)
    return directions


class Measure:
    """Every film asked about among every film: cosines of genres, of projected words, and of the words themselves."""

    def __init__(self, asked: Sequence[str], among: Sequence[str], genres: tuple[np.ndarray, np.ndarray]) -> None:
        rarity = similar.WordRarity.load(RARITY)
        mine, theirs = ([rarity.weigh(plot) for plot in plots] for plots in (asked, among))
        projected = [np.stack([similar.project_words(words) for words in side]) for side in (mine, theirs)]
        self.genres = genres[0] @ genres[1].T
        self.guessed = projected[0] @ projected[1].T
        self.words = self._compare(mine, theirs)

    @staticmethod
    def _compare(mine: list[dict[str, float]], theirs: list[dict[str, float]]) -> np.ndarray:
        from scipy.sparse import csr_matrix

        columns: dict[str, int] = {}
        sides = []
        for side in (mine, theirs):
            rows = [row for row, words in enumerate(side) for _word in words]
            places = [columns.setdefault(word, len(columns)) for words in side for word in words]
            sides.append((rows, places, [weight for words in side for weight in words.values()], len(side)))
        first, second = (csr_matrix((v, (r, c)), shape=(n, len(columns))) for r, c, v, n in sides)
        return (first @ second.T).toarray()

    def rank(self, share: float, *, reorder: bool, itself: bool) -> np.ndarray:
        """Scores (N, M) as the site gives them: by the projection, and the shortlist by the words themselves."""
        scores = share * self.genres + (1 - share) * self.guessed
        if not itself:
            np.fill_diagonal(scores, -9.0)
        if reorder:
            least = np.partition(scores, -similar.SHORTLIST, axis=1)[:, -similar.SHORTLIST][:, None]
            true = share * self.genres + (1 - share) * self.words
            scores = np.where(scores >= least, true, scores * 1e-3 - 1)
            if not itself:
                np.fill_diagonal(scores, -9.0)
        return scores


def tell_recall(scores: np.ndarray) -> str:
    """How many find their other half, which has the same place, as the first and among the first ten."""
    own = scores[np.arange(len(scores)), np.arange(len(scores))]
    ranks = (scores > own[:, None]).sum(axis=1)
    return f"{np.mean(ranks < 1):9.3f} {np.mean(ranks < NEAREST):10.3f}"


def measure_quality(folder: Path, split: str, keep: Path | None) -> None:
    """Print the table."""
    long, others = read_films(folder, split)
    halves = [cut_in_half(row["plot"]) for row in long]
    first, second = [half for half, _ in halves], [half for _, half in halves]
    whole, rest = [row["plot"] for row in long], [row["plot"] for row in others]
    directions = score_plots([*first, *second, *whole, *rest], keep)
    ends = np.cumsum([len(first), len(second), len(whole)])
    by_first, by_second, by_whole, by_rest = np.split(directions, ends)
    found = Measure(first, second + rest, (by_first, np.concatenate([by_second, by_rest])))
    every = np.concatenate([by_whole, by_rest])
    alike = Measure(whole + rest, whole + rest, (every, every))
    jaccard = compare_labels([row["genres"] for row in long + others])
    others_than_itself = ~np.eye(len(jaccard), dtype=bool)
    print(f"{split}: {len(first)} halves among {len(second) + len(rest)}; genre Jaccard of {len(jaccard)} films")
    print(f"{'':34} recall@1  recall@10  genre Jaccard@10")
    for share in SHARES:
        for reorder in (False, True) if share < 1 else (False,):
            ranked = alike.rank(share, reorder=reorder, itself=False)
            nearest = np.argsort(-ranked, axis=1)[:, :NEAREST]
            name = f"genres weigh {share:.1f}, {'words themselves' if reorder else 'projection'}"
            value = np.take_along_axis(jaccard, nearest, 1).mean()
            print(f"{name:34} {tell_recall(found.rank(share, reorder=reorder, itself=True))} {value:17.3f}")
    print(
        f"{'two films at random':34} {1 / found.genres.shape[1]:9.3f} {NEAREST / found.genres.shape[1]:10.3f}", end=" "
    )
    print(f"{jaccard[others_than_itself].mean():17.3f}")


def compare_labels(genres: Sequence[str]) -> np.ndarray:
    """Genres that two films share, over those that either has: (N, N)."""
    sets = [set(names.split("|")) for names in genres]
    names = sorted(set().union(*sets))
    labels = np.asarray([[name in own for name in names] for own in sets], np.float32)
    shared = labels @ labels.T
    either = labels.sum(axis=1)[:, None] + labels.sum(axis=1)[None] - shared
    return shared / np.maximum(either, 1)


# --- speed --------------------------------------------------------------------------------------
def make_matrix(films: int) -> np.ndarray:
    """Made-up vectors, int8 (N, 284): directions of every kind."""
    random = np.random.default_rng(SEED)
    genres = np.sqrt(random.dirichlet(np.full(28, 0.1), films)).astype(np.float32)
    words = random.standard_normal((films, similar.WORD_NUMBERS), np.float32)
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    return np.clip(np.rint(np.concatenate([genres * 127, words * 508], axis=1)), -127, 127).astype(np.int8)


@dataclass(frozen=True)
class Cost:
    """The median time of a call, and that of the processor, which other programs on the machine change little."""

    passed_ms: float
    worked_ms: float

    def __str__(self) -> str:
        return f"{self.passed_ms:8.1f} ms, {self.worked_ms:6.1f} ms of the processor"


def measure_costs(*calls: Callable[[], Any]) -> list[Cost]:
    """What each call costs, in turns, after one that does not count."""
    times: list[list[tuple[float, float]]] = [[] for _ in calls]
    for turn in range(ROUNDS + 1):
        for place, call in enumerate(calls):
            passed, worked = time.perf_counter(), time.process_time()
            call()
            if turn:
                times[place].append((time.perf_counter() - passed, time.process_time() - worked))
    return [Cost(*(1000 * median(each) for each in zip(*rows, strict=True))) for rows in times]


def measure_search(films: int) -> None:
    """Our search beside scikit-learn's over the same vectors."""
    from sklearn.neighbors import NearestNeighbors

    matrix = make_matrix(films)
    query = similar.Query(
        similar.direct_genres({"Drama": 0.9, "War": 0.4}), similar.project_words({"storm": 0.8, "lighthouse": 0.6})
    )
    share = query.genre_share
    scale = np.concatenate([np.full(28, share**0.5 / 127), np.full(256, (1 - share) ** 0.5 / 508)]).astype(np.float32)
    floats = matrix.astype(np.float32) * scale
    asked = np.concatenate([query.genres * share**0.5, query.words * (1 - share) ** 0.5])[None].astype(np.float32)
    peer = NearestNeighbors(n_neighbors=similar.SHORTLIST, metric="cosine", algorithm="brute").fit(floats)
    ours, theirs = measure_costs(
        lambda: similar.search_nearest(matrix, query, similar.SHORTLIST), lambda: peer.kneighbors(asked)
    )
    print(f"{films:,} films, the {similar.SHORTLIST} nearest, one core, median of {ROUNDS}:")
    print(f"  ours           {ours}, {matrix.nbytes / 1e6:4.0f} MB of signed bytes")
    print(f"  scikit-learn   {theirs}, {floats.nbytes / 1e6:4.0f} MB of float32")
    print(f"  scikit-learn takes {theirs.worked_ms / ours.worked_ms:.1f} times the work")


def read_memory_mb() -> float:
    """What this process holds at present; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.is_file() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def measure_page(films: int) -> None:
    """The page and the API's answer over a database of made-up films."""
    from benchmarks.database import make_films, set_up

    set_up()
    from django.test import Client
    from django.utils import timezone

    from genresite.accounts.models import User
    from movies.models import Movie
    from predictor.film_index import index
    from predictor.models import FilmVector
    from predictor.services.film_vectors import build_query, query_film

    make_films(films)
    matrix, now = make_matrix(films), timezone.now()
    for start in range(0, films, 5_000):
        rows = enumerate(matrix[start : start + 5_000], start + 1)
        FilmVector.objects.bulk_create(
            FilmVector(movie_id=pk, content="", layout=similar.LAYOUT, vector=row.tobytes(), made_at=now)
            for pk, row in rows
        )
    # One film as the job would have left it, so that its page need not ask a model.
    movie = Movie.objects.get(pk=1)
    plot = movie.plots.get().text
    query = build_query(plot, {"Drama": 0.9, "War": 0.4})
    import hashlib

    content = hashlib.md5(plot.encode(), usedforsecurity=False).hexdigest()
    FilmVector.objects.filter(movie=movie).update(
        content=content, vector=similar.pack_vector(query.genres, query.words)
    )
    assert query_film(movie).genres.any()
    del matrix
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create_user("ann"))
    before, started = read_memory_mb(), time.perf_counter()
    index.count()
    seconds, grown = time.perf_counter() - started, read_memory_mb() - before
    addresses = ("/catalogue/1/similar/", "/api/v1/movies/1/similar/")
    assert all(client.get(address).status_code == 200 for address in addresses)
    page, answer = measure_costs(*(partial(client.get, address) for address in addresses))
    print(f"the first question of a process reads {index.size:,} vectors in {seconds:.1f} s and takes {grown:.0f} MB;")
    print(f"from then on, median of {ROUNDS}:")
    print(f"  page           {page}")
    print(f"  API            {answer}")


def main() -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    quality = commands.add_parser("quality")
    quality.add_argument("--data", type=Path, required=True, help="folder with plots.csv.gz")
    quality.add_argument("--split", choices=["validation", "test"], default="validation")
    quality.add_argument("--keep", type=Path, help="a .npy file for the model's answers, read if it is there")
    speed = commands.add_parser("speed")
    speed.add_argument("--films", type=int, default=200_000)
    speed.add_argument("--page-only", action="store_true", help="leave out the comparison with scikit-learn")
    chosen = parser.parse_args()
    if chosen.command == "quality":
        measure_quality(chosen.data, chosen.split, chosen.keep)
        return 0
    if not chosen.page_only:
        measure_search(chosen.films)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VAR_DIR"] = folder
        measure_page(chosen.films)
    return 0


if __name__ == "__main__":
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        if os.environ.get(name) != "1":
            os.execve(
                sys.executable,
                [sys.executable, *sys.argv],
                {**os.environ, **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")},
            )
    sys.exit(main())
