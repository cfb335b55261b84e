"""Run a command with DATABASE_URL naming a PostgreSQL server started for it, and stop the server afterwards.

Usage: python scripts/with_postgres.py COMMAND [ARG ...]

The server comes from the `pgserver` wheel, needs no root, and keeps its data in a temporary folder. An existing
server is used instead where TEST_DATABASE_URL names one.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pgserver


def run(command: list[str]) -> int:
    """Start PostgreSQL, run the command, stop PostgreSQL.

    Args:
        command: The program and its arguments.

    Returns:
        The command's exit status.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return subprocess.call(command, env={**os.environ, "DATABASE_URL": given})
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        data = Path(folder) / "data"
        server = pgserver.get_server(data, cleanup_mode="stop")
        try:
            # django-environ reads a path of two leading slashes as the socket's folder and the database's name.
            url = f"postgres://postgres@/{server.get_postmaster_info().socket_dir}/postgres"
            return subprocess.call(command, env={**os.environ, "DATABASE_URL": url})
        finally:
            server.cleanup()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(run(sys.argv[1:]))
