"""One HTTP request to a webhook: to the checked address, with no redirect followed and no answer read."""

import time
from dataclasses import dataclass
from typing import Final

import urllib3
from celery.exceptions import SoftTimeLimitExceeded

from genresite.hooks.addresses import Target

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 10.0


@dataclass(frozen=True)
class Outcome:
    """What came of a request: a status, or why there is none."""

    status: int | None
    problem: str
    duration_ms: int

    @property
    def accepted(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


def post(target: Target, body: bytes, headers: dict[str, str]) -> Outcome:
    """Send a body and look at the status only.

    Args:
        target: Where to, checked.
        body: What is sent.
        headers: What else is said; `Host` is added.

    Returns:
        What came of it; it never raises for what the network does.
    """
    started = time.monotonic()
    status, problem = None, ""
    try:
        with _open(target) as pool:
            answer = pool.urlopen(
                "POST",
                target.path,
                body=body,
                headers={**headers, "Host": target.host_header},
                redirect=False,
                retries=False,
                preload_content=False,
            )
            status = answer.status
            # The answer's body is the receiver's own and could be endless.
            answer.close()
    except urllib3.exceptions.HTTPError as exc:
        problem = _in_words(exc)
    except SoftTimeLimitExceeded:
        # Byte after byte, each in time, a receiver could hold a worker for days.
        problem = "The receiver's answer took too long as a whole."
    if status is not None and not 200 <= status < 300:
        problem = f"The receiver answered {status}; any status from 200 to 299 would mean that it took the event."
    return Outcome(status, problem, round((time.monotonic() - started) * 1000))


def _open(target: Target) -> urllib3.HTTPConnectionPool:
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    if target.scheme == "http":
        return urllib3.HTTPConnectionPool(target.ip, target.port, timeout=timeout, maxsize=1)
    # The connection goes to the checked IP address; the certificate must still be the name's.
    return urllib3.HTTPSConnectionPool(
        target.ip,
        target.port,
        timeout=timeout,
        maxsize=1,
        cert_reqs="CERT_REQUIRED",
        server_hostname=target.host,
        assert_hostname=target.host,
    )


def _in_words(exc: Exception) -> str:
    if isinstance(exc, urllib3.exceptions.NewConnectionError):
        return "Nobody answers at that address and port."
    if isinstance(exc, urllib3.exceptions.TimeoutError):
        return f"No answer within {CONNECT_SECONDS:.0f} s to connect and {READ_SECONDS:.0f} s to reply."
    if isinstance(exc, urllib3.exceptions.SSLError):
        return "The certificate does not hold for that name, or TLS failed."
    return "The connection broke off."
