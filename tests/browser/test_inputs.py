"""The counter of a text, and the drop area of a poster, apart from the page that they stand on."""

import base64

import pytest
from playwright.sync_api import expect

from tests.factories import make_poster_bytes

FORM = """
<form><textarea aria-label="Plot" data-counter="count" data-min="20" data-max="40"></textarea><p id="count"></p>
<div data-dropzone><input type="file" name="poster" accept="image/jpeg,image/png,image/webp" data-max-bytes="4096">
<img data-preview hidden alt="preview"><p data-drop-message></p>
<button type="button" data-drop-clear hidden>Remove</button></div></form>
"""


@pytest.fixture
def form(open_page):
    """The agreed markup on a page of the site, under the site's CSP."""
    page = open_page("/accounts/login/")
    page.evaluate("html => { document.querySelector('main').innerHTML = html }", FORM)
    page.add_script_tag(url="/static/js/counter.js")
    page.add_script_tag(url="/static/js/dropzone.js")
    return page


def give(page, event: str, *, name="poster.png", kind="image/png", data=b"", on="[data-dropzone]") -> None:
    page.evaluate(
        """([event, name, kind, data, on]) => {
            const bytes = Uint8Array.from(atob(data), character => character.charCodeAt(0));
            const parcel = new DataTransfer();
            parcel.items.add(new File([bytes], name, { type: kind }));
            const options = { bubbles: true, cancelable: true, dataTransfer: parcel, clipboardData: parcel };
            const made = event === "paste" ? new ClipboardEvent(event, options) : new DragEvent(event, options);
            document.querySelector(on).dispatchEvent(made);
        }""",
        [event, name, kind, base64.b64encode(data).decode(), on],
    )


def chosen(page) -> list[str]:
    return page.locator("input[type=file]").evaluate("input => [...input.files].map(file => file.name)")


def test_counter_counts_what_the_server_counts(form):
    area, count = form.get_by_label("Plot"), form.locator("#count")
    area.fill("  A film 🎬  ")
    expect(count).to_have_text("8 / 40 · 12 more needed")
    area.fill("x" * 30)
    expect(count).to_have_attribute("data-state", "ok")
    area.fill("x" * 41)
    expect(count).to_have_text("41 / 40 · 1 too many")
    expect(count).to_have_attribute("data-state", "bad")


@pytest.mark.parametrize(("event", "on"), [("drop", "[data-dropzone]"), ("paste", "textarea")])
def test_image_is_taken_and_shown(form, event, on):
    give(form, event, data=make_poster_bytes(), on=on)
    assert chosen(form) == ["poster.png"]
    expect(form.get_by_alt_text("preview")).to_be_visible()
    form.get_by_role("button", name="Remove").click()
    assert chosen(form) == []
    expect(form.get_by_alt_text("preview")).to_be_hidden()


def test_picked_image_is_shown(form):
    data = make_poster_bytes()
    form.locator("input[type=file]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": data})
    expect(form.get_by_alt_text("preview")).to_be_visible()
    expect(form.locator("[data-drop-message]")).to_contain_text("a.png")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({"name": "plot.pdf", "kind": "application/pdf", "data": b"%PDF"}, "not a JPEG, PNG or WebP"),
        ({"name": "large.png", "kind": "image/png", "data": b"x" * 5000}, "are accepted"),
    ],
)
def test_file_that_would_be_refused_is_not_kept(form, file, words):
    give(form, "drop", **file)
    expect(form.get_by_role("alert")).to_contain_text(words)
    assert chosen(form) == []


def test_file_dropped_beside_the_area_does_not_leave_the_page(form):
    address = form.url
    give(form, "drop", data=make_poster_bytes(), on="header")
    assert form.url == address
    assert chosen(form) == []
