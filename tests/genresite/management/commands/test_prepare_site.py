"""What `make run` does first."""

import logging
import socket

import pytest
from django.core.management import CommandError, call_command

from genresite.management.commands import prepare_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the commands that it calls, none of them run."""
    called: list[str] = []
    monkeypatch.setattr(prepare_site, "call_command", lambda name, *args, **options: called.append(name))
    return called


def test_steps_come_in_order(steps: list[str]) -> None:
    call_command("prepare_site")
    assert steps == [
        "migrate",
        "load_genres",
        "register_models",
        "check",
        "load_demo",
        "compare_films",
        "collectstatic",
    ]


def test_bare_site_has_no_demo(steps: list[str]) -> None:
    call_command("prepare_site", "--bare")
    assert steps == ["migrate", "load_genres", "register_models", "check"]


def test_port_in_use_is_told_before_anything_is_done(steps: list[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is in use.*PORT={port + 1} make run"):
            call_command("prepare_site", "--port", str(port))
    assert steps == []


def test_a_redis_that_starts_later_is_no_news(steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    log = logging.getLogger("genresite.cache")
    heard = {}
    monkeypatch.setattr(
        prepare_site, "call_command", lambda name, *args, **options: heard.update({name: log.isEnabledFor(30)})
    )
    call_command("prepare_site")
    assert not heard["load_demo"] and not heard["compare_films"] and log.isEnabledFor(30)
