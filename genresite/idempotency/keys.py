"""The header, its rule, and the fingerprint of a request."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from rest_framework.request import Request

from genresite.errors import InvalidInput

HEADER: Final = "Idempotency-Key"
KEY_MAX_CHARS: Final = 200


def read_key(request: Request) -> str | None:
    """The request's Idempotency-Key, or None.

    Raises:
        InvalidInput: `idempotency_key_invalid`: it is empty, too long, or not visible ASCII.
    """
    key: str | None = request.headers.get(HEADER)
    if key is None:
        return None
    if not (0 < len(key) <= KEY_MAX_CHARS and all("!" <= character <= "~" for character in key)):
        message = _("The Idempotency-Key has %(count)d characters; 1 to %(most)d of visible ASCII are allowed.")
        message %= {"count": len(key), "most": KEY_MAX_CHARS}
        raise InvalidInput(message, code="idempotency_key_invalid", field=HEADER)
    return key


def fingerprint(request: Request) -> str:
    """SHA-256 of what the request asks for: method, address and body.

    The body is what it says, not its bytes: JSON with its keys in order, a form by its fields and the digests of its
    files, since a program that sends a form again draws another boundary.

    Args:
        request: A request whose body can be parsed.

    Returns:
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for piece in (request.method or "", request.get_full_path(), *_pieces(request)):
        encoded = piece.encode("utf-8", "surrogatepass")
        # The length first: "ab" and "c" must not look like "a" and "bc".
        digest.update(b"%d:" % len(encoded))
        digest.update(encoded)
    return digest.hexdigest()


def _pieces(request: Request) -> Iterator[str]:
    data: Any = request.data
    if not hasattr(data, "lists"):
        yield json.dumps(data, sort_keys=True, default=str)
        return
    for name, values in sorted(data.lists()):
        yield name
        yield from (f"={value}" for value in values if not isinstance(value, UploadedFile))
        files = [value for value in values if isinstance(value, UploadedFile)]
        yield from (file.name or "" for file in files)
        yield from _digests(request, name, files)


def _digests(request: Request, name: str, files: "list[UploadedFile[Any]]") -> list[str]:
    """What the upload handler took on the way; read again only where another handler was in its place."""
    taken: list[str] = getattr(request, "upload_digests", {}).get(name, [])
    return taken if len(taken) == len(files) else [_read_digest(file) for file in files]


def _read_digest(file: "UploadedFile[Any]") -> str:
    digest = hashlib.sha256()
    for block in file.chunks():
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()
