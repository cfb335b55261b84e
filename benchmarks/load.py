"""Mixed traffic against gunicorn with two workers: requests a second, p50, p95, errors.

    .venv/bin/python benchmarks/load.py
    .venv/bin/python scripts/with_postgres.py .venv/bin/python benchmarks/load.py

A site of its own is set up in a temporary folder, with Redis and the shipped model. Requests go out by the clock, not
when the last one has been answered: a server that falls behind is asked no less, and the wait counts (no "coordinated
omission"). For each eight predictions of a plot by the API there are one page of history, one list by the API and one
prediction read.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from made_up import make_plot

ROOT = Path(__file__).resolve().parent.parent
MODEL = "plot-lstm-glove-1"
LIMIT_MS = 250
PERSON = """
from django.conf import settings
from django.test import Client
from genresite.accounts.models import ApiToken, User
from predictor.models import ModelVersion
person, _made = User.objects.get_or_create(username="load")
version = ModelVersion.objects.get(name="{model}")
ModelVersion.objects.filter(kind="plot", state="active").exclude(pk=version.pk).update(state="retired")
ModelVersion.objects.filter(pk=version.pk).update(state="active")
client = Client()
client.force_login(person)
_token, secret = ApiToken.objects.create(user=person, name="load")
print("READY", secret, client.cookies[settings.SESSION_COOKIE_NAME].value)
"""
MIX = ["predict"] * 8 + ["history", "list", "read"]


@dataclass
class Tally:
    """What came back, by kind of request; threads add to it."""

    times_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    made: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Site:
    """A running site and how to be let in."""

    port: int
    server: int
    token: str
    session: str


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def run_site(folder: str) -> Iterator[Site]:
    """A site with Redis and gunicorn of two workers, stopped at the end."""
    port = free_port()
    limits = {"API_RATE": "1000000/min", "API_TOKEN_RATE": "1000000/min"}
    environment = {
        **os.environ, **limits, "VAR_DIR": folder, "BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "2",
    }  # fmt: skip

    def call(*words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout

    with contextlib.ExitStack() as stack:

        def start(*command: str) -> int:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            return process.pid

        start(sys.executable, "manage.py", "run_redis")
        call("prepare_site", "--bare")
        call("collectstatic", "--no-input")
        told = call("shell", "--command", PERSON.format(model=MODEL))
        token, session = next(line for line in told.splitlines() if line.startswith("READY")).split()[1:]
        server = start(sys.executable, "-m", "gunicorn", "genresite.wsgi", "--config", "genresite/gunicorn.py")
        wait_for(port)
        yield Site(port, server, token, session)


def read_cpu_seconds(server: int) -> float:
    """What gunicorn's workers have computed so far: of a busy machine it tells more than the clock."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12]) if int(fields[1]) == server else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def wait_for(port: int) -> None:
    """Until the server takes connections."""
    for _attempt in range(120):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.5)
    raise SystemExit("gunicorn did not start within a minute.")


def ask(site: Site, kind: str, tally: Tally) -> None:
    """Send one request and keep what came of it in `tally`; its connection stays open for the thread's next one."""
    chance = random.Random()
    token = {"Authorization": f"Token {site.token}", "Content-Type": "application/json"}
    with tally.lock:
        known = chance.choice(tally.made) if tally.made else None
    plot = make_plot(chance, 40, 160)
    method, path, body, headers = {
        "predict": ("POST", "/api/v1/predictions/", json.dumps({"plot": plot}), token),
        "history": ("GET", "/history/", None, {"Cookie": f"sessionid={site.session}"}),
        "list": ("GET", "/api/v1/predictions/?genre=drama", None, token),
        "read": ("GET", f"/api/v1/predictions/{known}/" if known else "/api/v1/predictions/", None, token),
    }[kind]
    answer = KEPT.connection(site.port, method, path, body, headers)
    expected = 201 if kind == "predict" else 200
    with tally.lock:
        if answer[0] != expected:
            tally.errors.append(f"{kind}: {answer[0]} {answer[1][:200]!r}")
        elif kind == "predict":
            tally.made.append(json.loads(answer[1])["id"])


class Connections(threading.local):
    """One open connection a thread, as a browser or a program keeps."""

    kept: http.client.HTTPConnection | None = None

    def connection(
        self, port: int, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        """The status and the body of an answer; a connection that the server closed in between is opened anew."""
        for attempt in (1, 2):
            fresh = self.kept is None
            self.kept = self.kept or http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            try:
                self.kept.request(method, path, body, headers)
                answer = self.kept.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException) as exc:
                self.kept = None
                if fresh or attempt == 2:
                    return 0, repr(exc).encode()
        raise AssertionError


KEPT = Connections()


def send(site: Site, rate: float, seconds: float) -> tuple[Tally, float]:
    """Requests by the clock, `rate` of them predictions a second; what came back, and how long it took."""
    tally = Tally()
    gap = MIX.count("predict") / len(MIX) / rate
    chance = random.Random(3)

    def one(kind: str, due: float) -> None:
        ask(site, kind, tally)
        with tally.lock:
            tally.times_ms[kind].append((time.perf_counter() - due) * 1000)

    start = time.perf_counter()
    with ThreadPoolExecutor(max_workers=32) as pool:
        for number in range(int(seconds / gap)):
            due = start + number * gap
            time.sleep(max(0.0, due - time.perf_counter()))
            pool.submit(one, chance.choice(MIX), due)
    return tally, time.perf_counter() - start


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=40, help="plot predictions a second")
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-load-") as folder, run_site(folder) as site:
        send(site, options.rate / 4, 5)
        before = os.getloadavg()[0]
        computed = read_cpu_seconds(site.server)
        tally, seconds = send(site, options.rate, options.seconds)
        show(tally, seconds, before)
        each = (read_cpu_seconds(site.server) - computed) * 1000 / sum(map(len, tally.times_ms.values()))
        print(f"gunicorn's workers computed {each:.1f} ms a request: {1000 / each:.0f} requests a second and core")


def show(tally: Tally, seconds: float, before: float) -> None:
    """The table, and what is not as it should be."""
    count = sum(len(times) for times in tally.times_ms.values())
    database = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    print(f"{MODEL}, gunicorn with 2 workers, {database}; load average before the run {before:.1f}")
    print(f"{'':<12}{'requests':>10}{'a second':>10}{'p50, ms':>10}{'p95, ms':>10}")
    every = {**tally.times_ms, "all": [time for times in tally.times_ms.values() for time in times]}
    for kind, times in every.items():
        p95 = statistics.quantiles(times, n=20)[-1]
        mark = f"  over {LIMIT_MS} ms" if p95 > LIMIT_MS else ""
        print(
            f"{kind:<12}{len(times):>10,}{len(times) / seconds:>10.1f}"
            f"{statistics.median(times):>10.1f}{p95:>10.1f}{mark}"
        )
    print(f"{len(tally.errors)} errors of {count:,} requests")
    for error in tally.errors[:5]:
        print(f"  {error}")


if __name__ == "__main__":
    main()
