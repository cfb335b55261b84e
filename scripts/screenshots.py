"""Write every page in both themes and two widths to var/screenshots, or to the folder that is named.

Starts a site of its own in a temporary folder, with the demo catalogue and the shipped models, so that the pictures
show no one's data and look the same on every machine.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

NAME, PASSWORD = "ann", "correct horse battery"
WIDTHS = (1280, 390)
THEMES = ("light", "dark")
START_SECONDS = 60
PLOT = (
    "A lighthouse keeper learns that the ships she guides in each night have lain on the sea bed for forty years. "
    "She keeps the lamp burning all the same, until one of the captains comes ashore and asks for the way home."
)
PUBLIC_PAGES = {
    "home": "/",
    "try": "/trial/",
    "about": "/about/",
    "sign-in": "/accounts/login/",
    "sign-up": "/accounts/signup/",
    "reset-password": "/accounts/password/reset/",
    "api-docs": "/api/docs/",
    "not-found": "/accounts/nowhere/",
}
OWN_PAGES = {
    "desk": "/",
    "predict": "/predict/",
    "history": "/history/",
    "catalogue": "/catalogue/",
    "film": "/catalogue/1/",
    "film-new": "/catalogue/new/",
    "models": "/models/",
    "jobs": "/jobs/",
    "account": "/accounts/",
    "tokens": "/accounts/tokens/",
    "e-mail": "/accounts/email/",
    "password": "/accounts/password/change/",
    "batches": "/batches/",
    "exports": "/exports/",
    "review": "/review/",
    "review-done": "/review/done/",
    "review-habits": "/review/habits/",
    "proposals": "/review/proposals/",
    "conflicts": "/review/conflicts/",
    "changes": "/models/changes/",
    "compare": "/models/compare/",
    "webhooks": "/accounts/webhooks/",
    "data": "/accounts/data/",
    "import": "/catalogue/import/",
    "styleguide": "/styleguide/",
}


def prepare_site(folder: Path) -> None:
    """A database with the demo catalogue, the shipped models and one person, and collected static files."""
    os.environ |= {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "genresite.settings", "LOG_LEVEL": "ERROR"}
    import django

    django.setup()
    from django.core.management import call_command

    from genresite.accounts.models import User

    call_command("prepare_site")
    User.objects.create_user(NAME, "ann@example.org", PASSWORD, is_staff=True)


@contextmanager
def serve() -> Iterator[str]:
    """Run the web server on a free port; give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "genresite.wsgi", "--config", "genresite/gunicorn.py"]
    environment = {**os.environ, "BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "1"}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_for(address: str) -> None:
    """Return when the site answers.

    Raises:
        TimeoutError: It did not within a minute.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.3)
        else:
            return
    raise TimeoutError(f"The site did not answer at {address} within {START_SECONDS} seconds.")


def choose(pages: dict[str, str], only: list[str]) -> dict[str, str]:
    """The pages that were named, or all of them."""
    return {name: path for name, path in pages.items() if not only or name in only}


def shoot(browser, address: str, pages: dict[str, str], target: Path, state: dict | None = None) -> int:
    """Picture each page in each theme and width.

    Args:
        browser: The running browser.
        address: Where the site is.
        pages: Path by name of picture.
        target: Folder for the pictures.
        state: Cookies of the person who is signed in.

    Returns:
        How many pictures were written.
    """
    for theme in THEMES:
        for width in WIDTHS:
            viewport = {"width": width, "height": 900}
            context = browser.new_context(
                base_url=address, viewport=viewport, color_scheme=theme, storage_state=state, reduced_motion="reduce"
            )
            page = context.new_page()
            for name, path in pages.items():
                page.goto(path, wait_until="networkidle")
                page.screenshot(path=target / f"{name}-{theme}-{width}.png", full_page=True)
            context.close()
    return len(THEMES) * len(WIDTHS) * len(pages)


def sign_in(browser, address: str) -> tuple[dict, dict[str, str]]:
    """Sign in and predict once, by plot and poster; give the cookies and the page of the result."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("User name or e-mail").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.goto("/static/img/samples/skerry-light.svg")
    poster = page.screenshot(clip={"x": 0, "y": 0, "width": 400, "height": 600})
    page.goto("/predict/")
    page.get_by_label("Plot").fill(PLOT)
    page.get_by_label("Title").fill("Skerry Light")
    page.get_by_label("Poster").set_input_files({"name": "p.png", "mimeType": "image/png", "buffer": poster})
    page.get_by_role("button", name="Predict genres").click()
    page.wait_for_load_state()
    result = page.url.removeprefix(address)
    state = context.storage_state()
    context.close()
    # Where no model is there, the form comes back and there is no result to show.
    return state, {"result": result} if result.startswith("/predictions/") else {}


def main() -> int:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "var" / "screenshots")
    parser.add_argument("--only", nargs="*", default=[], metavar="PAGE", help="names of pages; default all of them")
    options = parser.parse_args()
    target = options.output
    target.mkdir(parents=True, exist_ok=True)

    from playwright.sync_api import sync_playwright

    from tests.browser.chromium import LAUNCH_ARGUMENTS, find_chromium

    path = find_chromium()
    if path is None:
        print("Chromium is missing: install the package chromium, or set CHROMIUM_PATH.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="genresite-pictures-") as folder:
        prepare_site(Path(folder))
        with serve() as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=LAUNCH_ARGUMENTS)
            count = shoot(browser, address, choose(PUBLIC_PAGES, options.only), target)
            state, result = sign_in(browser, address)
            count += shoot(browser, address, choose({**OWN_PAGES, **result}, options.only), target, state)
            browser.close()
    print(f"{count} pictures in {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
