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
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

PASSWORD = "correct horse battery"
EAGER = """() => Promise.all([...document.images].map(image => {
    image.loading = "eager";
    return image.decode().catch(() => null);
}))"""
WIDTHS = (1280, 390)
THEMES = ("light", "dark")
START_SECONDS = 120
PUBLIC_PAGES = {
    "home": "/",
    "try": "/trial/",
    "about": "/about/",
    "sign-in": "/accounts/login/",
    "sign-up": "/accounts/signup/",
    "reset-password": "/accounts/password/reset/",
    "api-docs": "/api/docs/",
    "api-calls": "/api/docs/predictions/",
}
OWN_PAGES = {
    "desk": "/",
    "predict": "/predict/",
    "history": "/history/",
    "catalogue": "/catalogue/",
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
    "history-import": "/history/import/",
    "shares": "/shares/",
    "sign-out": "/accounts/logout/",
    "styleguide": "/styleguide/",
}
# As somebody sees them who has nothing yet.
EMPTY_PAGES = {
    "empty-desk": "/",
    "empty-history": "/history/",
    "empty-search": "/catalogue/?q=nothing+is+called+this",
    "empty-jobs": "/jobs/",
    "empty-batches": "/batches/",
    "empty-exports": "/exports/",
    "empty-tokens": "/accounts/tokens/",
    "empty-webhooks": "/accounts/webhooks/",
    "empty-shares": "/shares/",
    "forbidden": "/review/",
}


@dataclass(frozen=True)
class Look:
    """In which language pages are pictured, and the pages that were drawn before, by name of picture."""

    language: str
    given: dict[str, bytes]


def prepare_site(folder: Path, language: str) -> tuple[dict[str, str], dict[str, bytes]]:
    """A database with the demo catalogue, the shipped models and some people's work, and collected static files.

    Returns:
        The pages of single things, and the pages of refusals.
    """
    os.environ |= {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "genresite.settings", "LOG_LEVEL": "ERROR"}
    import django

    django.setup()
    from django.core.management import call_command

    from scripts.scenery import draw_errors, furnish

    call_command("prepare_site")
    return furnish(), draw_errors(language)


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
        TimeoutError: It did not within two minutes.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise TimeoutError(f"The site did not answer at {address} within {START_SECONDS} seconds.")


def choose(pages: dict[str, str], only: list[str]) -> dict[str, str]:
    """The pages that were named, or all of them."""
    return {name: path for name, path in pages.items() if not only or name in only}


def shoot(browser, address: str, pages: dict[str, str], target: Path, *, look: Look, state: dict | None = None) -> int:
    """Picture each page in each theme and width.

    Args:
        browser: The running browser.
        address: Where the site is.
        pages: Path by name of picture.
        target: Folder for the pictures.
        look: Language, and the pages that the site is not asked for.
        state: Cookies of the person who is signed in.

    Returns:
        How many pictures were written.
    """
    for theme in THEMES:
        for width in WIDTHS:
            viewport = {"width": width, "height": 900}
            context = browser.new_context(
                base_url=address, viewport=viewport, color_scheme=theme, storage_state=state, reduced_motion="reduce",
                locale=look.language,
            )  # fmt: skip
            page = context.new_page()
            for name, path in pages.items():
                page.goto("/about/" if name in look.given else path, timeout=90_000)
                if name in look.given:
                    page.set_content(look.given[name].decode())
                # Pictures further down wait for somebody to scroll there.
                page.evaluate(EAGER)
                wide = page.evaluate("document.documentElement.scrollWidth")
                if wide > width:
                    print(f"{name} is {wide} px wide in {width}")
                page.screenshot(path=target / f"{name}-{theme}-{width}.png", full_page=True)
            context.close()
    return len(THEMES) * len(WIDTHS) * len(pages)


def sign_in(browser, address: str, name: str) -> dict:
    """Sign in; give the cookies."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("User name or e-mail").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    state = context.storage_state()
    context.close()
    return state


def main() -> int:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "var" / "screenshots")
    parser.add_argument("--language", default="en", help="language of the pages; default en")
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
        things, errors = prepare_site(Path(folder), options.language)
        look = Look(options.language, errors)
        with serve() as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=LAUNCH_ARGUMENTS)
            strangers = {**PUBLIC_PAGES, "shared": things.pop("shared"), **dict.fromkeys(errors, "")}
            count = shoot(browser, address, choose(strangers, options.only), target, look=look)
            for name, pages in (("ann", {**OWN_PAGES, **things}), ("nobody", EMPTY_PAGES)):
                chosen = choose(pages, options.only)
                state = sign_in(browser, address, name) if chosen else None
                count += shoot(browser, address, chosen, target, look=look, state=state)
            browser.close()
    print(f"{count} pictures in {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
