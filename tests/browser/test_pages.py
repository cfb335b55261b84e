"""Every page fits a phone, breaks no rule of accessibility in either theme, and runs nothing that the CSP refuses."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from movies.vocabulary import GENRES
from tests.browser.pages import IDS, PAGES, furnish
from tests.factories import make_user

# Lists as somebody sees them who has nothing yet.
EMPTY = [
    "home", "accounts:tokens", "predictor:history", "predictor:jobs", "predictor:batches", "predictor:exports",
    "predictor:models", "movies:list", "predictor:review", "predictor:review_done", "predictor:review_proposals",
    "predictor:review_conflicts", "webhooks:list", "predictor:changes", "predictor:compare",
]  # fmt: skip
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def check_accessibility(page) -> None:
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        report = Axe().run(page, options=RULES)
        assert report.violations_count == 0, f"{theme}: {report.generate_report()}"


def check_fits_a_phone(page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360, f"{page.url} is {wide} px wide"


def check_pictures(page) -> None:
    """Room is kept for every picture before it comes, so that nothing below it moves."""
    bare = "images => images.filter(image => !image.hidden && !(image.width && image.height)).map(image => image.src)"
    sized = "image => !image.hidden && !(image.getAttribute('width') && image.getAttribute('height'))"
    assert page.locator("img").evaluate_all(f"images => images.filter({sized}).map(image => image.src)") == []
    assert page.locator("img:not([loading=lazy])").evaluate_all(bare) == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_page(open_page, fake_models, page):
    address, person = furnish(page)
    shown = open_page(address, user=person)
    assert shown.locator("h1").count() == 1
    check_pictures(shown)
    check_accessibility(shown)
    check_fits_a_phone(shown)


@pytest.mark.parametrize("name", EMPTY)
def test_page_with_nothing_on_it(open_page, name):
    page = open_page(reverse(name), user=make_user("a-rather-long-user-name", "staff"))
    check_accessibility(page)
    check_fits_a_phone(page)


@pytest.mark.parametrize("name", ["predictor:history", "movies:list", "predictor:about", "predictor:trial"])
def test_german_fits_a_phone(open_page, fake_models, name):
    page = open_page(reverse(name), user=make_user(), locale="de-DE")
    assert page.locator("html").get_attribute("lang") == "de"
    check_fits_a_phone(page)


def test_twice_as_large_nothing_is_lost(open_page, fake_models):
    """Zoomed to 200 %, a desk of 1280 px has the room of 640 (WCAG 1.4.4, 1.4.10)."""
    page = open_page("/predict/", user=make_user(), width=640, device_scale_factor=2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    assert page.get_by_role("button", name="Predict genres").is_visible()


def test_error_page(open_page):
    page = open_page("/accounts/nowhere/")
    assert page.locator("h1").inner_text() == "There is nothing here"
    check_accessibility(page)
    check_fits_a_phone(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_genre_hues_have_contrast(open_page, theme):
    page = open_page(reverse("account_login"), theme=theme)
    page.evaluate(
        """slugs => {
            const list = document.createElement("ul");
            list.className = "chips";
            for (const slug of slugs) {
                const chip = document.createElement("li");
                chip.className = "chip";
                chip.dataset.genre = chip.textContent = slug;
                list.append(chip);
            }
            document.querySelector("main").replaceChildren(list);
        }""",
        [genre.lower() for genre in GENRES],
    )
    grounds = page.locator(".chip").evaluate_all("chips => chips.map(chip => getComputedStyle(chip).backgroundColor)")
    assert len(set(grounds)) == len(GENRES), "each genre has a hue of its own"
    report = Axe().run(page, options={"runOnly": ["color-contrast"]})
    assert report.violations_count == 0, report.generate_report()
