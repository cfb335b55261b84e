"""Values that the site must read again but that nobody should read in a copy of the database.

Sealed with Fernet (AES-128-CBC and HMAC-SHA256) under a key made from SECRET_KEY. After SECRET_KEY was changed, what
the old key sealed still opens as long as the old one stands in SECRET_KEY_FALLBACKS.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _fernet(purpose: str) -> MultiFernet:
    """One key a purpose, so that a value sealed for one place opens in no other."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.blake2b(f"{purpose}:{key}".encode(), digest_size=32).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def seal(value: bytes, *, purpose: str) -> bytes:
    """Encrypt and sign a value.

    Args:
        value: What only the site may read.
        purpose: Where it belongs, the same for `unseal`.

    Returns:
        Bytes for a database column.
    """
    return _fernet(purpose).encrypt(value)


def unseal(sealed: bytes | memoryview, *, purpose: str) -> bytes:
    """Open what `seal` closed.

    Args:
        sealed: From the database; PostgreSQL hands out a memoryview.
        purpose: The same as at `seal`.

    Returns:
        The value.

    Raises:
        ValueError: The value was changed, or SECRET_KEY was and the old one is not among the fallbacks.
    """
    try:
        return _fernet(purpose).decrypt(bytes(sealed))
    except InvalidToken as exc:
        message = "The stored value does not open: SECRET_KEY was changed and is not among SECRET_KEY_FALLBACKS."
        raise ValueError(message) from exc
