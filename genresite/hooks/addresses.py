"""Where a webhook may send to: public addresses only, and the very address that was checked.

Between a check of a name and a connection to it the name may come to mean another address (DNS rebinding). So the name
is resolved once, every address it has is checked, and the connection goes to one of these.
"""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from genresite.errors import InvalidInput

URL_MAX_CHARS: Final = 500
_PORTS: Final = {"http": 80, "https": 443}
# Both carry an IPv4 address inside, which may be any.
_TRANSLATED: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


@dataclass(frozen=True)
class Target:
    """A checked address: the name for TLS and the Host header, and the IP address to connect to."""

    scheme: str
    host: str
    port: int
    path: str
    ip: str

    @property
    def host_header(self) -> str:
        """What the `Host` header says: the port only where it is not the usual one."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _PORTS[self.scheme] else f"{name}:{self.port}"


def find_target(url: str) -> Target:
    """Resolve an address and refuse one that is not public.

    Args:
        url: `http://` or `https://`, without a name or password in it.

    Returns:
        Where to connect to.

    Raises:
        InvalidInput: `address_invalid`, `host_unknown` or `address_not_public`.
    """
    scheme, host, port, path = _split(url)
    addresses = _resolve(host, port)
    if host not in settings.WEBHOOK_PRIVATE_HOSTS:
        private = [address for address in addresses if not _is_public(address)]
        if private:
            message = _("%(host)s is %(address)s, which is not public: webhooks are sent to public addresses only.")
            message %= {"host": host, "address": private[0]}
            raise InvalidInput(message, code="address_not_public", field="url")
    # IPv4 first: many machines have no way out by IPv6.
    ip = min(addresses, key=lambda address: address.version)
    return Target(scheme, host, port, path, str(ip))


def _split(url: str) -> tuple[str, str, int, str]:
    message = _("A webhook's address is like https://example.org/hook: http or https, a host, no password, no #part.")
    refusal = InvalidInput(message, code="address_invalid", field="url")
    if len(url) > URL_MAX_CHARS or not url.isascii() or not url.isprintable() or " " in url:
        raise refusal
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as exc:
        raise refusal from exc
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc or parts.fragment or port == 0:
        raise refusal
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return parts.scheme, host.rstrip("."), port or _PORTS[parts.scheme], path


def _resolve(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        message = _("No address is known for the host %(host)s.") % {"host": host}
        raise InvalidInput(message, code="host_unknown", field="url") from exc
    return [ip_address(str(entry[4][0]).split("%")[0]) for entry in found]


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        if any(address in network for network in _TRANSLATED):
            return False
        inside = address.ipv4_mapped or address.sixtofour
        if inside is not None:
            return _is_public(inside)
    return address.is_global and not address.is_multicast
