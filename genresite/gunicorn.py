"""How gunicorn serves the site; every value can be set by the environment."""

import os
from typing import Any

from genresite.loaded import keep_loaded

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Threads keep a slow upload from blocking the worker; the heartbeat needs no disk.
worker_class = "gthread"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112 - memory, not a shared file
timeout = 60
max_requests = 20_000
max_requests_jitter = 2_000
loglevel = "warning"


def when_ready(server: Any) -> None:
    """Say where the site is, once it can answer."""
    address = bind.replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - a comparison, not a listening address
    print(f"\n  GenreSite is ready: http://{address}/   (Ctrl-C stops everything)\n", flush=True)


def post_worker_init(worker: Any) -> None:
    """Have a worker ready before its first request."""
    keep_loaded()
