"""Reviewing in Chromium: ten items by keyboard alone, blind, without keys, without scripts."""

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from predictor.models import Feedback, Review
from predictor.services.reviews import change_habits
from tests.browser.test_pages import check_accessibility, check_fits_a_phone
from tests.factories import make_feedback, make_prediction, make_user
from tests.predictor.fakes import SCARY


@pytest.fixture(autouse=True)
def plain_queue(settings):
    settings.REVIEW_SECOND_EVERY = settings.REVIEW_BLIND_EVERY = 0
    cache.clear()


@pytest.fixture
def rita(fake_models):
    return make_user("rita", "reviewer")


def fill_queue(count: int) -> None:
    ann = make_user()
    for number in range(count):
        make_prediction(ann, plot=f"{SCARY} Part {number}.", title=f"Film {number}")


def press(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait until its script listens."""
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press(key)


def test_ten_items_by_keyboard_alone(open_page, rita):
    fill_queue(11)
    page = open_page("/review/", user=rita)
    first = page.get_by_role("heading", level=1).inner_text()
    expect(page.locator("mark.why__mark--up")).to_have_text("ghost")
    check_accessibility(page)

    press(page, "n")  # looked at later
    assert page.get_by_role("heading", level=1).inner_text() != first
    for number in range(10):
        if number == 3:
            press(page, "s")
            continue
        page.keyboard.press("2" if number % 2 else "3")
        expect(page.locator("[data-key='2']" if number % 2 else "[data-key='3']")).to_be_checked()
        press(page, "Enter")
    expect(page.locator("#review-day")).to_contain_text("9 of 25 today")
    decided = Review.objects.deciding().filter(reviewer=rita)
    assert decided.count() == 9 and Review.objects.filter(verdict="skipped").count() == 1
    assert all("Horror" in review.chosen and len(review.chosen) == 2 for review in decided)
    assert page.get_by_role("heading", level=1).inner_text() == first

    last = decided.first().prediction
    press(page, "u")
    expect(page.get_by_role("heading", level=1)).to_have_text(last.title)
    expect(page.get_by_text("everything is as it was before")).to_be_visible()
    assert not Feedback.objects.filter(prediction=last).exists()


def test_the_help_sheet_and_text_fields_take_no_keys_for_commands(open_page, rita):
    fill_queue(1)
    page = open_page("/review/", user=rita)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("s")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    note = page.get_by_label("Note")
    note.focus()
    page.keyboard.type("sun 2?")
    expect(note).to_have_value("sun 2?")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(note).to_have_value("sun 2?")
    expect(page.locator("[data-key='2']")).to_be_checked()
    assert not Review.objects.exists()


def test_keys_can_be_switched_off(open_page, rita):
    fill_queue(1)
    page = open_page("/review/habits/", user=rita)
    page.get_by_label("Single keys choose genres and decide").uncheck()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Film 0")
    page.keyboard.press("2")
    page.keyboard.press("s")
    expect(page.locator("[data-key='2']")).not_to_be_checked()
    expect(page.locator("[data-review] kbd").first).to_be_hidden()
    page.get_by_label("Western").check()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    assert Review.objects.get().chosen == ["Horror", "Western"]


def test_blind_the_proposal_comes_after_the_choice(open_page, rita):
    fill_queue(2)
    change_habits(reviewer=rita, shortcuts=True, blind=True, daily_goal=5)
    page = open_page("/review/", user=rita)
    expect(page.get_by_text("proposal hidden")).to_be_visible()
    assert page.locator("[data-review] :checked").count() == 0
    page.get_by_label("Western").check()
    press(page, "Enter")
    expect(page.get_by_role("form", name="Your last review")).to_contain_text("The models had said Horror.")
    assert Review.objects.get().blind
    check_accessibility(page)


def test_reviewing_works_without_scripts(open_page, rita):
    fill_queue(2)
    page = open_page("/review/", user=rita, java_script_enabled=False)
    page.get_by_role("link", name="Horror").click()
    expect(page.locator("mark.why__mark--up")).to_have_text("ghost")
    page.get_by_label("Comedy").check()
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("button", name="Skip").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("everything is as it was before")).to_be_visible()
    assert Review.objects.live().get().chosen == ["Comedy", "Horror"]


def test_proposals_are_accepted_in_bulk(open_page, rita):
    fill_queue(0)
    ben = make_user("ben")
    for number in range(3):
        make_feedback(make_prediction(ben, plot=f"{SCARY} {number}", title=f"Film {number}"), ben, "War")
    page = open_page("/review/proposals/", user=rita, width=390)
    check_accessibility(page)
    check_fits_a_phone(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_label("Tick all").check()
    page.get_by_label("Film 1").uncheck()
    page.get_by_role("button", name="Accept ticked").click()
    expect(page.get_by_text("2 corrections accepted.")).to_be_visible()
    assert Feedback.objects.get(state="proposed").prediction.title == "Film 1"
    page.get_by_role("link", name="Look").click()
    page.get_by_label("Drama").check()
    check_accessibility(page)
    page.get_by_role("button", name="Accept").click()
    assert Review.objects.first().chosen == ["Drama", "War"] and Review.objects.first().verdict == "amended"


def test_the_pages_fit_a_phone(open_page, rita):
    fill_queue(2)
    for path in ("/review/", "/review/conflicts/", "/review/done/", "/review/habits/"):
        page = open_page(path, user=rita, width=390, theme="dark")
        check_accessibility(page)
        check_fits_a_phone(page)
