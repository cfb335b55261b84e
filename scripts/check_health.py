"""Ask the web server of this machine for `/health/`; the exit status says whether all is well.

A container's health check: it speaks as the proxy does, because the site answers only to its own names, and with HTTPS
on only to what came by TLS.
"""

import http.client
import os
import sys

TIMEOUT_SECONDS = 10


def main() -> int:
    """Print the report where a part is missing.

    Returns:
        0 if every part is there, else 1.
    """
    port = int(os.environ.get("BIND", "127.0.0.1:8000").rpartition(":")[2])
    # ".example.org" stands for the domain and all below it, "*" for any name.
    name = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        headers = {"Host": "localhost" if name == "*" else name, "X-Forwarded-Proto": "https"}
        connection.request("GET", "/health/", headers=headers)
        answer = connection.getresponse()
        report = answer.read().decode(errors="replace")
    except OSError as exc:
        print(f"The web server does not answer on port {port}: {exc}")
        return 1
    if answer.status == http.HTTPStatus.OK:
        return 0
    print(f"Status {answer.status}: {report[:1000]}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
