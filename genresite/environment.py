"""Values of the environment that need more than a look-up: the secret key and the Redis addresses."""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

# Linux gives a socket address 108 bytes, the closing NUL included (unix(7)).
MAX_SOCKET_PATH_BYTES = 107


def load_or_create_secret_key(path: Path) -> str:
    """Read the secret key kept beside the data, making one the first time.

    Two processes may start at once: the file is created exclusively, and whoever comes second reads
    what the first wrote.

    Args:
        path: Where the key is kept; its folder is made if missing. Readable by the owner only.

    Returns:
        A key of at least 50 characters.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    candidate = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(candidate, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(64))
    try:
        # link() fails if the key exists already, and never shows a half-written file.
        os.link(candidate, path)
    except FileExistsError:
        pass
    finally:
        candidate.unlink()
    return path.read_text(encoding="ascii").strip()


def default_redis_url(var_dir: Path) -> str:
    """The socket of the site's own Redis: under `var/`, or in the temporary folder where that path is too long.

    Args:
        var_dir: The site's data folder.

    Returns:
        A `unix://` address whose path fits into a socket address.
    """
    path = var_dir.resolve() / "redis.sock"
    if len(str(path).encode()) > MAX_SOCKET_PATH_BYTES:
        digest = hashlib.sha256(str(path).encode()).hexdigest()[:16]
        path = Path(tempfile.gettempdir()) / f"genresite-{os.getuid()}-{digest}" / "redis.sock"
    return f"unix://{path}"


def redis_urls(url: str) -> tuple[str, str]:
    """Translate one Redis address into what Django's cache and Celery each expect.

    Args:
        url: `redis://…`, `rediss://…`, or `unix:///path/redis.sock`, without a database number for a socket.

    Returns:
        The cache address (database 1 on a socket) and the broker address (database 0 on a socket).
    """
    if url.startswith("unix://"):
        path = url.removeprefix("unix://").split("?", 1)[0]
        return f"unix://{path}?db=1", f"redis+socket://{path}?virtual_host=0"
    return url, url
