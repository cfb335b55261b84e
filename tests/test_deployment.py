"""Dockerfile and compose.yaml keep up with Procfile, the settings and the docs; no Docker is needed to see that."""

import json
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
# The engines, and what ends before the others start.
NOT_OURS = {"postgres", "redis"}
PINNED = re.compile(r"^[a-z/]+:\d+\.\d+(\.\d+)?-[a-z-]+$")


def read_procfile() -> dict[str, list[str]]:
    """Each process with its command, without what only a machine without containers needs."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    named = dict(line.split(": ", 1) for line in lines if line)
    plain = {name: shlex.split(command.replace("scripts/keep_running.sh ", "")) for name, command in named.items()}
    return {name: [command[0].removeprefix(".venv/bin/"), *command[1:]] for name, command in plain.items()}


@pytest.mark.parametrize("name", sorted(read_procfile().keys() - {"redis"}))
def test_a_service_runs_the_same_command_as_the_process_of_its_name(name: str) -> None:
    assert SERVICES[name]["command"] == read_procfile()[name]


def test_no_service_runs_what_the_procfile_does_not_know() -> None:
    assert SERVICES.keys() - NOT_OURS - {"setup"} == read_procfile().keys() - {"redis"}


def test_images_without_a_command_run_what_the_procfile_names() -> None:
    commands = [json.loads(words) for words in re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)]
    assert commands == [read_procfile()["training"], read_procfile()["web"]]


def test_everything_waits_for_the_migrations_which_run_once() -> None:
    for name in SERVICES.keys() - NOT_OURS - {"setup"}:
        assert SERVICES[name]["depends_on"]["setup"] == {"condition": "service_completed_successfully"}, name
    assert SERVICES["setup"]["command"] == ["python", "manage.py", "prepare_site", "--bare"]
    migrating = [name for name, service in SERVICES.items() if "prepare_site" in str(service.get("command"))]
    assert migrating == ["setup"]


def test_every_service_that_can_answer_is_asked_for_its_health() -> None:
    # The solo pool answers nobody while it trains; its job's heartbeat tells.
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == {"setup", "training"}
    for name in ("inference", "hooks", "chores"):
        asked = SERVICES[name]["healthcheck"]["test"][1]
        hostname = SERVICES[name]["command"][SERVICES[name]["command"].index("--hostname") + 1]
        assert asked.endswith(f"--destination {hostname.replace('%h', '$$HOSTNAME')}")


def test_every_variable_is_documented() -> None:
    text = (ROOT / "compose.yaml").read_text()
    named = set(re.findall(r"\$\{([A-Z_]+)", text)) | COMPOSE["x-environment"].keys()
    named |= set(re.findall(r"^\s+([A-Z_]+)=", DOCKERFILE, re.MULTILINE)) - {
        "PYTHONUNBUFFERED",
        "PYTHONDONTWRITEBYTECODE",
    }
    operations = (ROOT / "docs/operations.md").read_text()
    assert len(named) > 20
    assert {name for name in named if f"`{name}`" not in operations} == set()


def test_secrets_come_from_the_environment_and_have_no_default() -> None:
    environment = COMPOSE["x-environment"]
    assert environment["SECRET_KEY"].startswith("${SECRET_KEY:?")
    assert SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")
    assert environment["AWS_SECRET_ACCESS_KEY"] is None
    assert not re.search(r"(ENV|ARG).*(SECRET|PASSWORD)", DOCKERFILE)


def test_images_are_pinned_and_ours_are_made_from_targets_that_exist() -> None:
    base = re.search(r"^ARG PYTHON_IMAGE=(.+)$", DOCKERFILE, re.MULTILINE)
    assert base is not None
    for image in (base[1], *(SERVICES[name]["image"] for name in NOT_OURS)):
        assert PINNED.match(image), image
    stages = dict(re.findall(r"^FROM (\S+) AS (\S+)$", DOCKERFILE, re.MULTILINE))
    assert set(stages) <= {"${PYTHON_IMAGE}", "packages", "code"}
    targets = set(re.findall(r"^FROM \S+ AS (\S+)$", DOCKERFILE, re.MULTILINE))
    assert {SERVICES[name]["build"]["target"] for name in SERVICES.keys() - NOT_OURS} == {"site", "training"} <= targets


@pytest.mark.parametrize("stage", ["site", "training"])
def test_an_image_runs_without_rights_and_without_build_tools(stage: str) -> None:
    body = re.split(rf"^FROM code AS {stage}$", DOCKERFILE, flags=re.MULTILINE)[1].split("\nFROM ")[0]
    user = re.search(r"^USER (\d+):(\d+)$", body, re.MULTILINE)
    assert user is not None
    assert "0" not in user.groups()
    code = re.split(r"^FROM \S+ AS code$", DOCKERFILE, flags=re.MULTILINE)[1].split("\nFROM ")[0]
    assert "apt-get" not in body + code
    assert "pip install" not in body + code


def test_our_services_have_no_more_rights_than_they_need() -> None:
    for name in SERVICES.keys() - NOT_OURS:
        assert SERVICES[name]["cap_drop"] == ["ALL"], name
        assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in SERVICES[name], name


def test_only_the_training_image_has_tensorflow() -> None:
    web = (ROOT / "requirements-web.txt").read_text() + (ROOT / "requirements-s3.txt").read_text()
    heavy = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements-training.txt").read_text(), re.MULTILINE)
    assert "tensorflow-cpu" in heavy
    assert not [name for name in heavy if re.search(rf"^{name}==", web, re.MULTILINE)]
    packages = DOCKERFILE.split(" AS packages")[1].split("\nFROM ")[0]
    assert "training" not in packages


def test_what_the_image_copies_is_there() -> None:
    kept = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert "genresite" in kept
    assert [name for name in kept if not list(ROOT.glob(name))] == []


def test_options_of_the_storage_are_read_from_the_environment(tmp_path: Path) -> None:
    told = subprocess.run(
        [
            sys.executable, "-c",
            "import django; django.setup(); from django.core.files.storage import default_storage as kept;"
            "print(kept.exists('x'), kept.base_url)",
        ],
        cwd=ROOT, capture_output=True, text=True, check=True,
        env={
            **os.environ, "DJANGO_SETTINGS_MODULE": "genresite.settings", "VAR_DIR": str(tmp_path),
            "MEDIA_STORAGE": "django.core.files.storage.InMemoryStorage", "MEDIA_OPTIONS": '{"base_url": "/bucket/"}',
        },
    )  # fmt: skip
    assert told.stdout.split() == ["False", "/bucket/"]


class Front(BaseHTTPRequestHandler):
    """A site that answers only to its name and to what came by TLS."""

    status: ClassVar[int] = 200

    def do_GET(self) -> None:
        asked = (self.path, self.headers["Host"], self.headers["X-Forwarded-Proto"])
        self.send_response(self.status if asked == ("/health/", "genres.example.org", "https") else 400)
        self.end_headers()
        self.wfile.write(b'{"healthy": false}')

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing to the console."""


@pytest.fixture
def front() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Front)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"0.0.0.0:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_health_check_asks_as_the_proxy_does(
    front: str, status: int, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Front, "status", status)
    asked = subprocess.run(
        [sys.executable, ROOT / "scripts" / "check_health.py"],
        capture_output=True, text=True, check=False,
        env={"BIND": front, "ALLOWED_HOSTS": ".genres.example.org, other.example.org"},
    )  # fmt: skip
    assert asked.returncode == code, asked.stdout


def test_the_health_check_fails_where_nothing_listens() -> None:
    asked = subprocess.run(
        [sys.executable, ROOT / "scripts" / "check_health.py"],
        capture_output=True, text=True, check=False, env={"BIND": "127.0.0.1:9"},
    )  # fmt: skip
    assert asked.returncode == 1
    assert "does not answer on port 9" in asked.stdout
