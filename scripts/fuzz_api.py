"""Ask a real server whatever the API's description allows, and much that it does not, and look at every answer.

Usage: python scripts/fuzz_api.py [--examples N] [--seconds N] [SCHEMATHESIS OPTION ...]

A site with its own database, Redis and gunicorn is made in a temporary folder and thrown away afterwards; schemathesis
(https://schemathesis.readthedocs.io) asks as a member of staff. Exit status 0: no answer was a server error, and each
was as the description says.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120
# A machine with other work answers late, which is no fault of the API's.
ANSWER_SECONDS = 60
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,ignored_auth"
)
# Somebody to ask as, and something of everything to ask about.
FILL = """
from genresite.accounts.models import User
from genresite.accounts.services import create_token
from genresite.hooks.models import Webhook
from genresite.sealed import seal
from movies.services import add_plot, create_movie
from predictor.services.feedback import record_feedback
from predictor.services.predictions import record_prediction
sam = User.objects.create_user("sam", "sam@example.org", is_staff=True)
ann = User.objects.create_user("ann", "ann@example.org")
plot = "A retired gunslinger rides back into the desert town that he once left, to face the sheriff."
for number in range(1, 4):
    film = create_movie(title=f"Film {number}", year=1990 + number, person=sam)
    add_plot(movie=film, text=plot, source="person", licence="CC0-1.0", person=sam)
    prediction = record_prediction(owner=ann, origin="web", plot=plot, movie=film)
    record_feedback(prediction=prediction, author=ann, genres=["Western"])
secret = seal(b"x", purpose="webhook")
hook = Webhook.objects.create(owner=sam, url="https://example.org/", events=["batch.finished"], secret=secret)
hook.deliveries.create(event="test", payload={}, state="failed")
print(create_token(user=sam, name="fuzz", lifetime=None)[1])
"""


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Return when the server answers; it may be unhealthy, for it has no workers."""
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server did not start.")


def fuzz(folder: Path, *, examples: int, seconds: int, options: list[str]) -> int:
    """Make a site, ask it, and stop it.

    Args:
        folder: Where its data goes.
        examples: So many requests of each kind an endpoint.
        seconds: After which no new request is made up.
        options: Further options of schemathesis.

    Returns:
        The exit status of schemathesis.
    """
    port = free_port()
    rates = {"API_RATE": "1000000/min", "API_TOKEN_RATE": "1000000/min"}
    environment = {**os.environ, **rates, "VAR_DIR": str(folder), "BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "1"}
    for elsewhere in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL", "MEDIA_ROOT"):
        environment.pop(elsewhere, None)

    def manage(*arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout

    for command in (["migrate", "-v0"], ["load_genres"], ["register_models"], ["collectstatic", "--noinput", "-v0"]):
        manage(*command)
    redis = subprocess.Popen([sys.executable, "manage.py", "run_redis"], cwd=ROOT, env=environment)
    gunicorn = [sys.executable, "-m", "gunicorn", "genresite.wsgi", "--config", "genresite/gunicorn.py"]
    # A long address is the site's to answer: gunicorn would refuse it before the site that is tried sees it.
    gunicorn += ["--limit-request-line", "0"]
    try:
        token = manage("shell", "-v0", "-c", FILL).split()[-1]
        server = subprocess.Popen(gunicorn, cwd=ROOT, env=environment)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/health/", server)
            schema = folder / "openapi.yaml"
            schema.write_bytes(urllib.request.urlopen(f"{url}/api/schema/", timeout=START_SECONDS).read())
            command = [
                str(Path(sys.executable).parent / "schemathesis"), "run", str(schema), "--url", url,
                "--request-timeout", str(ANSWER_SECONDS),
                "--header", f"Authorization: Token {token}",
                "--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", str(examples),
                "--max-time", str(seconds), "--generation-database", "none",
                "--suppress-health-check", "all", "--warnings", "off", *options,
            ]  # fmt: skip
            return subprocess.call(command, cwd=folder)
        finally:
            server.terminate()
            server.wait()
    finally:
        redis.terminate()
        redis.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=600)
    known, rest = parser.parse_known_args()
    with tempfile.TemporaryDirectory(prefix="fuzz-", ignore_cleanup_errors=True) as temporary:
        sys.exit(fuzz(Path(temporary), examples=known.examples, seconds=known.seconds, options=rest))
