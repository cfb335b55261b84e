"""The way through the site on a phone and on a desk, and the API's pages in both themes."""

import pytest
from playwright.sync_api import expect

from tests.factories import make_user


def test_phone_has_every_link_in_one_menu_and_nothing_to_scroll_sideways(open_page):
    page = open_page("/predict/", user=make_user("rita-with-a-long-name", "reviewer"), width=360)
    header = page.locator(".site-header")
    assert header.evaluate("header => header.scrollWidth <= header.clientWidth")
    assert page.locator(".site-nav").evaluate("nav => nav.scrollWidth <= nav.clientWidth")
    menu = page.locator("summary", has_text="Menu")
    menu.click()
    links = page.get_by_role("navigation", name="Main").get_by_role("link")
    expect(links.filter(has_text="Catalogue")).to_be_visible()
    page.keyboard.press("Escape")
    expect(links.filter(has_text="Catalogue")).to_be_hidden()
    expect(menu).to_be_focused()


def test_desk_has_the_daily_links_in_a_row(open_page):
    page = open_page("/predict/", user=make_user())
    assert page.get_by_role("link", name="Predict", exact=True).get_attribute("aria-current") == "page"
    expect(page.locator("summary", has_text="Menu")).to_be_hidden()
    page.locator("summary", has_text="More").click()
    expect(page.get_by_role("link", name="Models")).to_be_visible()


@pytest.mark.parametrize(("theme", "dark"), [("light", False), ("dark", True)])
def test_api_pages_follow_the_theme(open_page, theme, dark):
    page = open_page("/api/docs/predictions/", theme=theme)
    ground = page.locator("pre").last
    lightness = "element => Number(getComputedStyle(element).backgroundColor.match(/[0-9.]+/)[0])"
    assert (ground.evaluate(lightness) < 0.5) is dark


def test_calls_are_found_while_one_types(open_page):
    page = open_page("/api/docs/")
    calls = page.locator("[data-filter-words]")
    assert calls.filter(visible=True).count() == calls.count() > 60
    page.get_by_label("Words of the address").press_sequentially("post batches")
    expect(page.get_by_role("status").filter(has_text="Calls found")).to_be_visible()
    assert 0 < calls.filter(visible=True).count() < 20
    page.get_by_label("Words of the address").fill("nothing has these words")
    expect(page.get_by_text("No call has all of these words")).to_be_visible()
    page.get_by_label("Words of the address").fill("Idempotency-Key retry")
    page.get_by_role("link", name="Retry a job").click()
    expect(page.get_by_role("heading", name="Retry a job")).to_be_in_viewport()
