"""The signature by which a receiver knows that an event came from here, just now, and unchanged."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Final

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - what secrets begin with


def make_secret() -> str:
    """A new secret: 256 random bits."""
    return SECRET_PREFIX + secrets.token_urlsafe(32)


def sign(body: bytes, *, keys: Iterable[str], timestamp: int) -> str:
    """The header `GenreSite-Signature`: the time, and one signature for each secret that counts at present.

    Args:
        body: What is sent, byte for byte.
        keys: The secret, and after a rotation the previous one too.
        timestamp: Seconds since 1970; signed too, so that an old message cannot be sent again later.

    Returns:
        `t=…,v1=…`: HMAC-SHA256 of the time, a full stop and the body, in hexadecimal digits.
    """
    message = b"%d.%b" % (timestamp, body)
    digests = (hmac.new(key.encode(), message, hashlib.sha256).hexdigest() for key in keys)
    return ",".join([f"t={timestamp}", *(f"v1={digest}" for digest in digests)])
