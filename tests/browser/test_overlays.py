"""Dialogs that ask before something goes out, and toasts that say what happened."""

from playwright.sync_api import expect

from tests.browser.test_pages import check_accessibility
from tests.factories import make_user


def add_form(page) -> None:
    page.evaluate(
        """() => {
            const form = document.createElement("form");
            form.dataset.confirm = "The token stops working at once.";
            form.dataset.submitOnce = "";
            form.innerHTML = "<button>Revoke it</button>";
            window.sent = 0;
            form.addEventListener("submit", event => { window.sent += 1; event.preventDefault(); });
            document.querySelector("main").append(form);
        }"""
    )


def test_form_goes_out_only_after_a_yes(open_page):
    page = open_page("/accounts/login/")
    add_form(page)
    page.get_by_role("button", name="Revoke it").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("The token stops working at once.")
    check_accessibility(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.evaluate("window.sent") == 0
    page.get_by_role("button", name="Revoke it").click()
    dialog.get_by_role("button", name="Go on").click()
    page.wait_for_function("window.sent === 1")


def test_toast_is_read_out_and_closed(open_page):
    page = open_page("/styleguide/", user=make_user("sam", "staff"))
    page.get_by_role("button", name="Toast: bad").click()
    toast = page.locator(".toast")
    expect(toast).to_contain_text("The correction is kept.")
    check_accessibility(page)
    toast.get_by_role("button", name="Close").click()
    expect(toast).to_have_count(0)


def test_a_yes_counts_for_the_form_that_took_the_asked_ones_place(open_page):
    page = open_page("/accounts/login/")
    add_form(page)
    page.get_by_role("button", name="Revoke it").click()
    page.evaluate("document.querySelector('form[data-confirm]').remove()")
    add_form(page)
    page.get_by_role("dialog").get_by_role("button", name="Go on").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.wait_for_timeout(100)
    assert page.evaluate("window.sent") == 1
