"""How lists, filters and search keep up as tables grow: p95 and queries of each page, small and large.

    .venv/bin/python benchmarks/database.py --sizes 100000
    .venv/bin/python scripts/with_postgres.py .venv/bin/python benchmarks/database.py

Ten thousand predictions are made up in Python, and the database copies them until there are enough; a fifth as many
films, all different. People grow in number with the rows, so that one person has 2,000 predictions at any size; a
reviewer sees everybody's. One prediction in 50 is corrected and one in 20 reviewed, some by two who differ. Every page
is asked for through Django's test client: middleware, queries and template.

Beside the time stands the work: processor time of the site and of the database's process, which other programs on the
machine change little. It is known where the database runs on the same Linux machine.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from dataclasses import astuple, dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from made_up import make_plot, make_title

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
MODEL = "plot-lstm-glove-1"
BASE = 10_000
OWN = 2_000
REVIEWERS = 5
SECONDS_APART = 95
LIMIT_MS, LIMIT_QUERIES, LIMIT_GROWTH = 100, 10, 2.0


def set_up() -> None:
    """A site with an empty database, a cache of its own, and no static files collected."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "genresite.settings"
    from django.conf import settings

    settings.CACHES = {"default": {"BACKEND": "tests.cache.CountingLocMemCache"}}
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_genres", verbosity=0, stdout=StringIO())
    call_command("register_models", verbosity=0, stdout=StringIO())


def make_films(count: int) -> None:
    """Films with two genres and a plot each, all different."""
    from movies.models import Genre, GenreLabel, Movie, Plot

    chance = random.Random(5)
    genres = list(Genre.objects.values_list("pk", flat=True))
    plots = [make_plot(chance) for _ in range(1_000)]
    for start in range(1, count + 1, 5_000):
        numbers = range(start, min(start + 5_000, count + 1))
        Movie.objects.bulk_create(
            Movie(pk=pk, title=f"{make_title(chance)} {pk}", year=1900 + pk % 126, imdb_id=f"tt{pk:07d}")
            for pk in numbers
        )
        picked = [(pk, genre) for pk in numbers for genre in chance.sample(genres, 2)]
        GenreLabel.objects.bulk_create(GenreLabel(movie_id=pk, genre_id=genre, source="imdb") for pk, genre in picked)
        Plot.objects.bulk_create(Plot(movie_id=pk, text=plots[pk % 1_000], source="demo") for pk in numbers)


def make_people(count: int) -> None:
    """A person with rows of their own, a reviewer, and as many others as fit the predictions."""
    from django.contrib.auth.models import Group

    from genresite.accounts.models import REVIEWERS_GROUP, User

    group, _made = Group.objects.get_or_create(name=REVIEWERS_GROUP)
    rita = User.objects.create_user("rita", "rita@example.org", "correct horse battery")
    rita.groups.add(group)
    User.objects.create_user("sam", "sam@example.org", "correct horse battery", is_staff=True)
    User.objects.bulk_create(
        User(username=f"person{number}", email=f"{number}@example.org", password="!")
        for number in range(max(count // OWN, 1))
    )


def make_base(count: int) -> None:
    """The first predictions, of kind plot, with decided genres and parts; one in 50 is corrected."""
    from genresite.accounts.models import User
    from movies.models import Genre
    from predictor.models import DecidedGenre, Feedback, ModelVersion, Prediction, PredictionPart

    people = list(User.objects.filter(username__startswith="person").order_by("pk"))
    version = ModelVersion.objects.get(name=MODEL)
    genres = {genre.name: genre for genre in Genre.objects.all()}
    chance = random.Random(7)
    rows, parts, decided = [], [], []
    for pk in range(1, BASE + 1):
        scores = {name: round(chance.betavariate(0.4, 4), 4) for name in genres}
        best = sorted(scores, key=lambda name: -scores[name])[: chance.randint(1, 3)]
        common = {"kind": "plot", "scores": scores, "unsure": pk % 9 == 0}
        facts = {"owner": people[pk % len(people)], "origin": "web", "duration_ms": 1.0}
        rows.append(Prediction(pk=pk, title=make_title(chance), plot=make_plot(chance), **facts, **common))
        parts.append(PredictionPart(prediction_id=pk, version=version, decided=best, **common))
        for rank, name in enumerate(best, start=1):
            decided.append(DecidedGenre(prediction_id=pk, genre=genres[name], rank=rank, probability=scores[name]))
    Prediction.objects.bulk_create(rows, batch_size=2_000)
    PredictionPart.objects.bulk_create(parts, batch_size=2_000)
    DecidedGenre.objects.bulk_create(decided, batch_size=5_000)
    Feedback.objects.bulk_create(
        Feedback(prediction_id=pk, author=people[0], state="proposed" if pk % 1_000 == 0 else "accepted")
        for pk in range(50, BASE + 1, 50)
    )


def make_reviews() -> None:
    """One in 20 of the first predictions is reviewed, one in 400 by two, every other time with another word."""
    from django.contrib.auth.models import Group

    from genresite.accounts.models import REVIEWERS_GROUP, User
    from predictor.models import Review

    rita = User.objects.get(username="rita")
    others = [User(username=f"reviewer{number}", email=f"r{number}@example.org") for number in range(REVIEWERS - 1)]
    group = Group.objects.get(name=REVIEWERS_GROUP)
    group.user_set.add(*User.objects.bulk_create(others))
    people = [rita, *User.objects.filter(username__startswith="reviewer").order_by("pk")]
    rows = []
    for place, pk in enumerate(range(20, BASE + 1, 20)):
        common = {"prediction_id": pk, "verdict": "confirmed", "proposed_names": "Drama,War"}
        first, second = people[place % REVIEWERS], people[(place + 1) % REVIEWERS]
        rows.append(Review(reviewer=first, chosen_names="Drama,War", **common))
        if place % 20 == 0:
            rows.append(Review(reviewer=second, chosen_names="Drama" if place % 40 else "Drama,War", **common))
    Review.objects.bulk_create(rows)


def copy_base(model: type[Any], key: str, times: int, instead: dict[str, str]) -> None:
    """Copy the first rows in the database; `instead` gives a column an expression, with {n} for the copy's number."""
    from django.db import connection

    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields if field.column != "id" or key == "id"]
    instead = {key: "{n}", **instead}
    named = ", ".join(f'"{column}"' for column in columns)
    picked = ", ".join(instead.get(column, f'"{column}"') for column in columns)
    with connection.cursor() as cursor:
        for step in range(1, times + 1):
            picks = picked.replace("{n}", f"({key} + {step * BASE})")
            cursor.execute(f"INSERT INTO {table} ({named}) SELECT {picks} FROM {table} WHERE {key} <= {BASE}")


def make_predictions(count: int) -> None:
    """So many: the first ones, and copies of other people and times, 95 seconds apart up to now."""
    from django.db import connection
    from django.utils import timezone

    from predictor.models import DecidedGenre, Feedback, Prediction, PredictionPart, Review

    now = timezone.now().strftime("%Y-%m-%d %H:%M:%S")
    moment = f"timestamptz '{now}+00' - ({count} - {{n}}) * interval '{SECONDS_APART} seconds'"
    if connection.vendor == "sqlite":
        moment = f"strftime('%Y-%m-%d %H:%M:%f', '{now}', '-' || (({count} - {{n}}) * {SECONDS_APART}) || ' seconds')"
    owner = f"(SELECT u.id FROM accounts_user u WHERE u.username = 'person' || ({{n}} % {max(count // OWN, 1)}))"
    make_base(count)
    make_reviews()
    times = count // BASE - 1
    copy_base(Prediction, "id", times, {"owner_id": owner, "created_at": moment})
    for model in (PredictionPart, DecidedGenre, Feedback, Review):
        copy_base(model, "prediction_id", times, {})
    Prediction.objects.filter(pk__lte=BASE).update(created_at=timezone.now() - timedelta(seconds=SECONDS_APART * count))


def fill(count: int) -> None:
    """An otherwise empty database with so many predictions and a fifth as many films."""
    from django.core.management import call_command
    from django.db import connection, transaction

    call_command("flush", verbosity=0, interactive=False, allow_cascade=True)
    call_command("load_genres", verbosity=0, stdout=StringIO())
    call_command("register_models", verbosity=0, stdout=StringIO())
    make_people(count)
    with transaction.atomic():
        make_films(count // 5)
        make_predictions(count)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


@dataclass(frozen=True)
class Page:
    """A page, who asks for it, and whether the site's memory of it is emptied before each time."""

    name: str
    person: str
    address: str
    forgetful: bool = False


def list_pages(count: int) -> list[Page]:
    """What is measured, among so many predictions."""
    from django.utils import timezone

    since = (timezone.now() - timedelta(days=30)).date()
    narrowed = f"genre=drama&kind=plot&since={since}"
    until = (timezone.now() - timedelta(seconds=SECONDS_APART * count // 2)).date()
    long_ago = f"genre=drama&since={until - timedelta(days=30)}&until={until}"
    return [
        Page("history, one's own", "person0", "/history/"),
        Page("history, everybody's", "rita", "/history/"),
        Page("history by genre and date, own", "person0", f"/history/?{narrowed}"),
        Page("history by genre, everybody's", "rita", "/history/?genre=drama"),
        Page("history by genre and date, everybody's", "rita", f"/history/?{narrowed}"),
        Page("the same of a month long ago", "rita", f"/history/?{long_ago}"),
        Page("uncorrected history, everybody's", "rita", "/history/?corrected=false"),
        Page("history by words of the plot, own", "person0", "/history/?q=lantern+harbour"),
        Page("history by genre and date, API", "rita", f"/api/v1/predictions/?{narrowed}"),
        Page("a month long ago, API", "rita", f"/api/v1/predictions/?{long_ago}"),
        Page("catalogue", "person0", "/catalogue/"),
        Page("catalogue search, two words", "person0", "/catalogue/?q=winter+ghost"),
        Page("catalogue search, one film", "person0", "/catalogue/?q=1234"),
        Page("catalogue by genre, newest first", "person0", "/catalogue/?genre=drama&order=newest"),
        Page("review queue, made anew", "rita", "/review/", forgetful=True),
        Page("review queue, kept", "rita", "/review/"),
        Page("review queue, one item", "rita", f"/review/{count - 7}/"),
        Page("corrections that wait", "rita", "/review/proposals/"),
        Page("conflicts and agreement", "rita", "/review/conflicts/"),
        Page("model report", "person0", "/about/"),
        Page("models", "sam", "/models/"),
        Page("the desk", "person0", "/"),
        Page("the desk, a reviewer's", "rita", "/"),
        Page("the desk, nothing kept", "rita", "/", forgetful=True),
    ]


class Work:
    """Processor time of this process and of the database's that serves it, in milliseconds."""

    def __init__(self) -> None:
        from django.db import connection

        connection.ensure_connection()
        self.told: Path | None = None
        if connection.vendor == "postgresql":
            # Nanoseconds on the processor come first. Another machine's process is not to be found here.
            self.told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
            name = Path(f"/proc/{connection.connection.info.backend_pid}/comm")
            self.known = name.exists() and name.read_text().startswith("postgres")
        else:
            self.known = True

    def read(self) -> float:
        """The time so far; not a number where the database's is not known."""
        if not self.known:
            return float("nan")
        database = int(self.told.read_text().split()[0]) / 1e6 if self.told else 0.0
        return time.process_time() * 1000 + database


@dataclass(frozen=True)
class Figures:
    """Of a page: median and p95 of its time and the mean work in milliseconds, and its queries."""

    median: float
    p95: float
    work: float
    queries: int


def measure(page: Page, repeats: int, explain: bool) -> Figures:
    """Ask for a page again and again; its queries count those of the session."""
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from genresite.accounts.models import User

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username=page.person))
    times, worked = [], []
    work = Work()
    for _turn in range(repeats + 2):
        if page.forgetful:
            cache.clear()
        start, before = time.perf_counter(), work.read()
        status = client.get(page.address).status_code
        times.append((time.perf_counter() - start) * 1000)
        worked.append(work.read() - before)
        assert status in (200, 302), (page, status)
    if page.forgetful:
        cache.clear()
    with CaptureQueriesContext(connection) as asked:
        client.get(page.address)
    if explain:
        tell_slow(page, asked.captured_queries)
    times, worked = times[2:], worked[2:]  # the first ones fill caches
    p95 = statistics.quantiles(times, n=20)[-1]
    return Figures(statistics.median(times), p95, statistics.median(worked), len(asked))


def tell_slow(page: Page, asked: list[dict[str, str]]) -> None:
    """Print the slowest query of a page with its plan."""
    from django.db import connection

    slowest = max(asked, key=lambda query: float(query["time"]))
    print(f"\n-- {page.name}: {slowest['time']} s\n{slowest['sql'][:1500]}", file=sys.stderr)
    if connection.vendor == "postgresql" and slowest["sql"].startswith("SELECT"):
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + slowest["sql"])
            print("\n".join(row[0] for row in cursor.fetchall()), file=sys.stderr, flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000], help="predictions")
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--filled", action="store_true", help="measure again what an earlier run of this size left")
    parser.add_argument("--note", type=Path, help="keep figures in this file, and show them beside those it holds")
    parser.add_argument("--explain", action="store_true", help="print each page's slowest query with its plan")
    options = parser.parse_args()
    if any(size % BASE for size in options.sizes):
        parser.error(f"Sizes are multiples of {BASE}; {options.sizes} came.")
    if options.filled and len(options.sizes) > 1:
        parser.error("A database holds what the last run left: --filled takes one size.")
    with tempfile.TemporaryDirectory(prefix="bench-database-") as folder:
        os.environ["VAR_DIR"] = folder
        set_up()
        from django.db import connection

        from genresite.loaded import keep_loaded

        keep_loaded()  # as gunicorn's workers do
        results: dict[str, list[Figures]] = {}
        for size in options.sizes:
            if not options.filled:
                start = time.perf_counter()
                fill(size)
                taken = time.perf_counter() - start
                print(f"{size:,} predictions, {size // 5:,} films made in {taken:.0f} s", flush=True)
            for page in list_pages(size):
                results.setdefault(page.name, []).append(measure(page, options.repeats, options.explain))
        sizes = note(options.note, results, options.sizes) if options.note else options.sizes
        show(results, sizes, connection.vendor)
        connection.close()


def note(file: Path, results: dict[str, list[Figures]], sizes: list[int]) -> list[int]:
    """Write the figures to the file, put those of other sizes that it held beside them, and say which these are."""
    held: dict[str, dict[str, list[float]]] = json.loads(file.read_text()) if file.exists() else {}
    for place, size in enumerate(sizes):
        held[str(size)] = {name: astuple(figures[place]) for name, figures in results.items()}
    file.write_text(json.dumps(held))
    every = sorted(held, key=int)
    for name in results:
        results[name] = [Figures(*held[size][name]) for size in every]
    return [int(size) for size in every]


def show(results: dict[str, list[Figures]], sizes: list[int], vendor: str) -> None:
    """The table, and what is not as it should be."""
    print(f"\nmedian, p95 and work in milliseconds, {vendor}; load average {os.getloadavg()[0]:.1f}")
    heads = "".join(f"{size:>23,}" for size in sizes)
    print(f"{'':<40}{heads}{'queries':>9}{'growth':>8}")
    for name, figures in results.items():
        row = "".join(f"{one.median:>9.1f}{one.p95:>8.1f}{one.work:>6.0f}" for one in figures)
        # Of the work, else of the medians: on a busy machine the slowest of some dozens is the neighbours' doing.
        first, last, queries = figures[0], figures[-1], max(one.queries for one in figures)
        growth = last.work / first.work if first.work > 0 else last.median / first.median
        wrong = {
            f"over {LIMIT_MS} ms": vendor == "postgresql" and last.p95 > LIMIT_MS,
            f"work over {LIMIT_MS} ms": vendor == "postgresql" and last.work > LIMIT_MS,
            f"{LIMIT_QUERIES} queries or more": queries >= LIMIT_QUERIES,
            f"grows more than {LIMIT_GROWTH:.0f}x": growth > LIMIT_GROWTH,
        }
        print(f"{name:<40}{row}{queries:>9}{growth:>8.1f}  {', '.join(mark for mark in wrong if wrong[mark])}")


if __name__ == "__main__":
    main()
