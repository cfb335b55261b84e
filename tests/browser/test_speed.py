"""Every page is light, soon there, and stands still: measured by the browser itself, on this machine."""

import gzip
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders

from tests.browser.pages import IDS, PAGES, furnish

MOST_BYTES = 100_000
MOST_SECONDS = 1.0
MOST_SHIFT = 0.02
MEASURE = """() => new Promise(done => {
    const found = { paint: 0, shift: 0, files: [] };
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) found.paint = Math.max(found.paint, entry.startTime);
    }).observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) found.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    found.files = entries.map(entry => [entry.name, entry.encodedBodySize]);
    setTimeout(() => done(found), 300);
})"""


# A machine that has more to do than it can measures its own queue, not the page: a page has several tries.
TRIES = 3


@pytest.fixture
def measure(open_page):
    """Opens a page anew, with a cold cache, and measures it."""

    def measure_page(path: str, user=None) -> dict:
        return open_page(path, user=user).evaluate(MEASURE)

    return measure_page


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_page_is_light_soon_there_and_stands_still(measure, fake_models, page):
    address, person = furnish(page)
    measure(address, person)  # warms the server, not the browser
    found = [measure(address, person)]
    check(found[0])
    while is_slow(found) and len(found) < TRIES:
        found.append(measure(address, person))
    if is_slow(found) and os.getloadavg()[0] > (os.cpu_count() or 1):
        pytest.skip(f"Largest paint after {best(found):.1f} s, on a machine with a load of {os.getloadavg()[0]:.1f}.")
    assert not is_slow(found), found


def best(found: list[dict]) -> float:
    """Seconds to the largest paint, at the best of some tries."""
    return min(one["paint"] for one in found) / 1000


def is_slow(found: list[dict]) -> bool:
    """Whether no try was soon enough."""
    return best(found) >= MOST_SECONDS


def weigh(address: str, size: int) -> int:
    """What a site sends for an address: styles and scripts are kept compressed there, not here."""
    path = urlsplit(address).path
    if path.endswith(".webp") or "/poster" in path:
        return 0
    if not path.startswith("/static/") or not path.endswith((".css", ".js", ".svg")):
        return size
    return len(gzip.compress(Path(finders.find(path.removeprefix("/static/"))).read_bytes()))


def check(found: dict) -> None:
    weight = sum(weigh(address, size) for address, size in found["files"])
    assert weight < MOST_BYTES, found
    assert found["shift"] < MOST_SHIFT, found
