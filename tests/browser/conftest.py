"""Headless Chromium against a live server; any complaint in its console fails the test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from predictor import pipelines
from tests.browser.chromium import LAUNCH_ARGUMENTS, find_chromium
from tests.predictor.fakes import install_fakes


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser and reads what the live server's thread committed."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for the folder's tests, gone again before tests of another folder run.

    Playwright's sync interface keeps an event loop in this thread; Django takes that for asynchronous code and refuses
    the database. No coroutine of ours runs here, so the check is off for exactly as long as the loop lives.
    """
    path = find_chromium()
    if path is None:
        pytest.skip("Chromium is missing: install the package chromium, or set CHROMIUM_PATH.")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=path, args=LAUNCH_ARGUMENTS)
        yield browser
        browser.close()


class Complaints:
    """What the browser complained about: scripts that failed, and everything that the CSP refused."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def listen(self, page: Page) -> None:
        """Note the page's console errors and uncaught exceptions."""
        page.on("console", lambda message: self._note(page, message))
        page.on("pageerror", lambda error: self.heard.append(f"{page.url}: {error}"))

    def _note(self, page: Page, message: ConsoleMessage) -> None:
        # The status of the page itself is for the test to judge; of a style, script or image it is a complaint.
        about_the_page = message.location["url"] == page.url and message.text.startswith("Failed to load resource")
        if message.type in ("error", "warning") and not about_the_page:
            self.heard.append(f"{page.url}: {message.text}")


def sign_in(context: BrowserContext, user, address: str) -> None:
    """Give the browser the person's session."""
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": address}])


@pytest.fixture
def fake_models(live_server, monkeypatch) -> Iterator[None]:
    """Active fake models of kind plot and poster; the live server runs in this process and sees them too."""
    install_fakes(monkeypatch, "plot", "poster")
    yield
    pipelines.forget_loaded()


@pytest.fixture
def open_page(chromium: Browser, live_server) -> Iterator[Callable[..., Page]]:
    """Opens pages; at the end no page may have complained."""
    complaints = Complaints()
    contexts: list[BrowserContext] = []

    def open_at(path: str = "/", *, user=None, theme: str = "light", width: int = 1280, **options) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 800},
            color_scheme=theme,
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        # A machine that trains a model meanwhile is slow to answer, and not wrong.
        context.set_default_navigation_timeout(45_000)
        if user is not None:
            sign_in(context, user, live_server.url)
        page = context.new_page()
        complaints.listen(page)
        page.goto(path)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert complaints.heard == []
