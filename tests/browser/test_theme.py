"""Light and dark: by the system, or by the switch."""

from playwright.sync_api import expect


def ground(page) -> str:
    return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")


def test_theme_follows_the_system(open_page):
    assert ground(open_page(theme="light")) != ground(open_page(theme="dark"))


def test_switch_persists(open_page):
    page = open_page(theme="light")
    light = ground(page)
    switch = page.get_by_role("button", name="Dark theme")
    assert switch.get_attribute("aria-pressed") == "false"
    switch.click()
    dark = ground(page)
    assert dark != light
    page.goto("/accounts/login/")
    assert ground(page) == dark
    assert page.get_by_role("button", name="Dark theme").get_attribute("aria-pressed") == "true"


def test_switch_back_follows_the_system_again(open_page):
    page = open_page(theme="light")
    switch = page.get_by_role("button", name="Dark theme")
    switch.click()
    switch.click()
    assert page.evaluate("localStorage.getItem('theme')") is None
    page.emulate_media(color_scheme="dark")
    expect(switch).to_have_attribute("aria-pressed", "true")


def test_without_scripts_the_system_decides_and_no_dead_switch_is_shown(open_page):
    page = open_page(theme="dark", java_script_enabled=False)
    assert not page.locator("[data-theme-switch]").is_visible()
    assert page.locator("h1").is_visible()
