"""Every page fits a phone, breaks no rule of accessibility in either theme, and runs nothing that the CSP refuses."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from movies.vocabulary import GENRES
from tests.factories import make_user

PUBLIC = ["home", "account_login", "account_signup", "account_reset_password", "predictor:about", "predictor:trial"]
OWN = [
    "home", "accounts:profile", "accounts:tokens", "account_email", "account_change_password", "account_logout",
    "predictor:predict", "predictor:history", "predictor:models", "predictor:jobs", "movies:list", "movies:create",
    "styleguide", "predictor:batches", "predictor:exports", "predictor:review", "predictor:review_done",
    "predictor:review_habits", "predictor:review_proposals", "predictor:review_conflicts", "predictor:changes",
    "predictor:compare", "webhooks:list", "accounts:data", "movies:import",
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


@pytest.mark.parametrize("name", PUBLIC)
def test_public_page(open_page, name):
    page = open_page(reverse(name))
    check_accessibility(page)
    check_fits_a_phone(page)


@pytest.mark.parametrize("name", OWN)
def test_own_page(open_page, name):
    page = open_page(reverse(name), user=make_user("a-rather-long-user-name", "staff"))
    check_accessibility(page)
    check_fits_a_phone(page)


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
