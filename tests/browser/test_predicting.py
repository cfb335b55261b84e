"""The site's main job in Chromium: sign up, predict, correct, find it again."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_inputs import give
from tests.browser.test_pages import check_accessibility, check_fits_a_phone
from tests.factories import PASSWORD, make_poster_bytes, make_prediction, make_user
from tests.predictor.fakes import RED, SCARY


def bars(page):
    return page.locator("[aria-labelledby=likely] .bars--large .bar")


def test_sign_up_predict_correct_and_find_again(open_page, fake_models):
    page = open_page("/accounts/signup/")
    page.get_by_label("User name").fill("nell")
    page.get_by_label("E-mail address").fill("nell@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()

    page.get_by_role("link", name="Predict genres").click()
    page.get_by_label("Plot").fill(SCARY)
    page.get_by_label("Title").fill("The Empty House")
    page.get_by_role("button", name="Predict genres").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The Empty House")
    expect(bars(page).first).to_contain_text("Horror")
    check_accessibility(page)

    genres = page.get_by_role("group", name="Genres")
    expect(genres.get_by_label("Horror")).to_be_checked()
    genres.get_by_label("Comedy").check()
    page.get_by_role("button", name="Send correction").click()
    expect(page.get_by_role("heading", name="Your correction")).to_be_visible()
    expect(page.get_by_role("group", name="Genres").get_by_label("Comedy")).to_be_checked()

    page.get_by_role("link", name="History").first.click()
    page.get_by_role("link", name="The Empty House").click()
    expect(page.get_by_role("group", name="Genres").get_by_label("Comedy")).to_be_checked()
    check_accessibility(page)
    check_fits_a_phone(page)


def test_poster_is_predicted(open_page, fake_models):
    page = open_page("/predict/", user=make_user())
    data = make_poster_bytes(colour=RED)
    page.get_by_label("Poster").set_input_files({"name": "red.png", "mimeType": "image/png", "buffer": data})
    expect(page.get_by_alt_text("The chosen poster")).to_be_visible()
    page.get_by_role("button", name="Predict genres").click()
    expect(bars(page).first).to_contain_text("Comedy")
    picture = page.get_by_alt_text("The poster that was given")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    check_accessibility(page)


@pytest.mark.parametrize(("event", "on"), [("drop", "[data-dropzone]"), ("paste", "textarea")])
def test_poster_is_dropped_or_pasted_and_predicted(open_page, fake_models, event, on):
    page = open_page("/predict/", user=make_user())
    give(page, event, name="red.png", data=make_poster_bytes(colour=RED), on=on)
    expect(page.get_by_alt_text("The chosen poster")).to_be_visible()
    page.get_by_role("button", name="Predict genres").click()
    expect(bars(page).first).to_contain_text("Comedy")
    expect(page.get_by_alt_text("The poster that was given")).to_be_visible()


def test_plot_and_poster_together_say_whether_they_agree(open_page, fake_models):
    page = open_page("/predict/", user=make_user())
    page.get_by_label("Plot").fill(SCARY)
    data = make_poster_bytes(colour=RED)
    page.get_by_label("Poster").set_input_files({"name": "red.png", "mimeType": "image/png", "buffer": data})
    page.get_by_role("button", name="Predict genres").click()
    expect(page.get_by_text("They disagree: the plot reads like Horror")).to_be_visible()
    beside = page.get_by_role("table").filter(has=page.get_by_role("columnheader", name="Poster"))
    expect(beside.get_by_role("columnheader", name="Plot", exact=True)).to_be_visible()
    check_accessibility(page)
    check_fits_a_phone(page)


def test_phone_predicts_and_corrects(open_page, fake_models):
    page = open_page("/predict/", user=make_user(), width=390, has_touch=True, is_mobile=True)
    page.get_by_label("Plot").fill(SCARY)
    page.get_by_role("button", name="Predict genres").tap()
    expect(bars(page).first).to_be_in_viewport()
    expect(bars(page).first).to_contain_text("Horror")
    page.get_by_role("link", name="Correct the genres").tap()
    chip = page.get_by_role("group", name="Genres").locator("label").filter(has_text="Comedy")
    expect(chip).to_be_visible()
    assert chip.bounding_box()["height"] >= 24, "large enough for a finger (WCAG 2.5.8)"
    chip.tap()
    page.get_by_role("button", name="Send correction").tap()
    expect(page.get_by_role("heading", name="Your correction")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_was_typed_is_kept_when_it_is_wrong(open_page, fake_models):
    page = open_page("/predict/", user=make_user())
    page.get_by_label("Plot").fill("Too short")
    page.get_by_role("button", name="Predict genres").click()
    expect(page.get_by_label("Plot")).to_have_value("Too short")
    expect(page.get_by_label("Plot")).to_have_attribute("aria-invalid", "true")
    check_accessibility(page)


def test_everything_works_without_scripts(open_page, fake_models):
    page = open_page("/predict/", user=make_user(), java_script_enabled=False)
    page.get_by_label("Plot").fill(SCARY)
    page.get_by_role("button", name="Predict genres").click()
    expect(bars(page).first).to_contain_text("Horror")
    page.get_by_role("group", name="Genres").get_by_label("Comedy").check()
    page.get_by_role("button", name="Send correction").click()
    expect(page.get_by_role("heading", name="Your correction")).to_be_visible()


def test_a_link_is_made_copied_opened_by_a_stranger_and_taken_back(open_page, fake_models):
    ann = make_user()
    poster = make_poster_bytes(colour=RED)
    made = make_prediction(ann, plot=SCARY, poster_bytes=poster, title="The Empty House")
    page = open_page(made.get_absolute_url(), user=ann, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_text("Make a link").click()
    page.get_by_label("Show how the plot begins").check()
    page.get_by_label("Show the poster, small").check()
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_role("textbox", name="Share link").input_value()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link
    check_accessibility(page)

    stranger = open_page(link)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("The Empty House")
    expect(stranger.get_by_text(SCARY)).to_be_visible()
    expect(stranger.get_by_alt_text("The poster that was given")).to_be_visible()
    stranger.get_by_label("Genre to explain").get_by_role("link").first.click()
    expect(stranger.get_by_role("heading", name="Why")).to_be_visible()
    check_accessibility(stranger)
    check_fits_a_phone(stranger)

    page.goto("/shares/")
    check_accessibility(page)
    check_fits_a_phone(page)
    page.get_by_role("button", name="Stop sharing").click()
    page.locator("#confirm button[value=yes]").click()
    expect(page.get_by_role("heading", name="Nothing is shared")).to_be_visible()
    stranger.reload()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("There is nothing here")
