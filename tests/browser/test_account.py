"""Sign up, look at the account, make a token, sign out, sign in again: by keyboard and mouse."""

from playwright.sync_api import expect

from tests.factories import PASSWORD, make_user


def test_sign_up_journey(open_page):
    page = open_page()
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("User name").fill("nell")
    page.get_by_label("E-mail address").fill("nell@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("status")).to_contain_text("Welcome, nell.")
    page.locator("summary", has_text="nell").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("You are signed out.")
    page.get_by_role("link", name="Sign in").first.click()
    page.get_by_label("User name or e-mail").fill("nell@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").last).to_contain_text("Welcome, nell.")


def test_token_is_shown_once_and_can_be_copied(open_page):
    page = open_page("/accounts/tokens/", user=make_user(), permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Name").fill("Festival import")
    page.get_by_role("button", name="Create token").click()
    token = page.locator("#new-token").inner_text()
    assert token.startswith("gs_")
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == token
    page.goto("/accounts/tokens/")
    assert token not in page.content()
    page.get_by_role("button", name="Revoke Festival import").click()
    page.locator("#confirm button[value=yes]").click()
    expect(page.get_by_role("status")).to_contain_text("is revoked")


def test_skip_link_is_the_first_stop(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_account_menu_closes_by_escape(open_page):
    page = open_page(user=make_user())
    page.locator("summary", has_text="ann").click()
    expect(page.get_by_role("link", name="Your account")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Your account")).to_be_hidden()


def test_form_goes_out_once_until_the_person_returns(open_page):
    page = open_page("/accounts/login/")
    page.get_by_label("User name or e-mail").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    stopped, resting, awake = page.evaluate(
        """async () => {
            const form = document.querySelector("form[data-submit-once]");
            const button = form.querySelector("button");
            const stopped = [];
            window.addEventListener("submit", event => {
                stopped.push(event.defaultPrevented);
                event.preventDefault();
            });
            form.requestSubmit(button);
            form.requestSubmit(button);
            await new Promise(done => setTimeout(done));
            const resting = button.disabled;
            window.dispatchEvent(new PageTransitionEvent("pageshow"));
            return [stopped, resting, !button.disabled];
        }"""
    )
    assert stopped == [False, True]
    assert resting
    assert awake
