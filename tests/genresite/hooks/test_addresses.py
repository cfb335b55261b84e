"""No request goes to an address that is not public."""

import socket

import pytest

from genresite.errors import InvalidInput
from genresite.hooks.addresses import find_target


@pytest.fixture
def names(monkeypatch):
    """A name server of the tests: name -> addresses; what looks like an address stays itself."""
    real = socket.getaddrinfo
    known = {"example.org": ["93.184.216.34"], "both.example": ["2606:2800:220:1::1", "93.184.216.34"]}

    def resolve(host, port, **_options):
        if host in known:
            addresses = known[host]
        elif host[0].isdigit() or ":" in host:
            addresses = [entry[4][0] for entry in real(host, port, type=socket.SOCK_STREAM)]
        else:
            raise socket.gaierror
        return [(0, 0, 0, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return known


def test_public_address_is_pinned(names) -> None:
    target = find_target("https://example.org/hook?a=1")
    assert (target.scheme, target.host, target.port, target.path) == ("https", "example.org", 443, "/hook?a=1")
    assert target.ip == "93.184.216.34"
    assert target.host_header == "example.org"
    assert find_target("http://example.org:8080").host_header == "example.org:8080"


def test_ipv4_comes_first(names) -> None:
    assert find_target("https://both.example/").ip == "93.184.216.34"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
     "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
     "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1"],
)  # fmt: skip
def test_address_that_is_not_public_is_refused(names, address) -> None:
    names["evil.example"] = [address]
    for host in ("evil.example", f"[{address}]" if ":" in address else address):
        with pytest.raises(InvalidInput) as refused:
            find_target(f"https://{host}/")
        assert refused.value.code == "address_not_public"


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "017700000001"])
def test_odd_spelling_of_an_address_is_refused(names, host) -> None:
    with pytest.raises(InvalidInput) as refused:
        find_target(f"http://{host}/")
    assert refused.value.code == "address_not_public"


def test_one_private_address_among_public_ones_is_enough(names) -> None:
    names["mixed.example"] = ["93.184.216.34", "10.0.0.1"]
    with pytest.raises(InvalidInput):
        find_target("https://mixed.example/")


def test_setting_allows_a_named_host(names, settings) -> None:
    names["crm.internal"] = names["other.internal"] = ["10.0.0.7"]
    settings.WEBHOOK_PRIVATE_HOSTS = ["crm.internal"]
    assert find_target("http://crm.internal/").ip == "10.0.0.7"
    with pytest.raises(InvalidInput):
        find_target("http://other.internal/")


@pytest.mark.parametrize(
    "url",
    ["", "example.org", "ftp://example.org/", "file:///etc/passwd", "https://", "https://user@example.org/",
     "https://user:word@example.org/", "https://example.org:0/", "https://example.org:99999/", "https://exa mple.org/",
     "https://example.org/#part", "https://example.org/\nX: y", "https://[::1", "https://example.org/" + "a" * 500,
     "https://exämple.org/"],
)  # fmt: skip
def test_what_is_no_address_is_refused(names, url) -> None:
    with pytest.raises(InvalidInput) as refused:
        find_target(url)
    assert refused.value.code == "address_invalid"


def test_unknown_host_is_said(names) -> None:
    with pytest.raises(InvalidInput) as refused:
        find_target("https://nobody.example/")
    assert refused.value.code == "host_unknown"
