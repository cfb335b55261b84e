"""Every word of the pages can be translated, and is, but for a short remainder that `make messages` prints."""

import gettext
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from scripts import messages

ROOT = Path(__file__).resolve().parent.parent
# Between two runs of `make messages` new strings may stand in English.
MOST_UNTRANSLATED = 40
TEMPLATES = sorted(
    path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt") and path.is_file()
)
WORD = re.compile(r"[A-Za-z]{2,}")
# Names, formulas and units that are the same in every language.
SAME_EVERYWHERE = {
    "GenreSite",
    "F1",
    "ECE",
    "IMDb",
    "TMDB",
    "MB",
    "GB",
    "px",
    "Esc",
    "Enter",
    "curl",
    "Python",
    "JSON",
    "CSV",
    "ms",
}
FORMATS = ("id ::: title ::: genre ::: plot",)
SPOKEN_ATTRIBUTES = {"alt", "title", "aria-label", "placeholder", "data-confirm", "data-copied"}


def strip_marks(text: str) -> str:
    """A template without comments, marked strings, tags and variables."""
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.S)
    text = re.sub(r"\{%\s*comment.*?endcomment\s*%\}", "", text, flags=re.S)
    text = re.sub(r"\{%\s*blocktrans.*?endblocktrans\w*\s*%\}", "", text, flags=re.S)
    for shape in FORMATS:
        text = text.replace(shape, "")
    # Elements whose very name depends on something.
    text = re.sub(r"</?\{[{%][^>]*>", "", text)
    return re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.S)


class Words(HTMLParser):
    """Collects what a page would say: its text, and the attributes that are read out."""

    QUIET = frozenset({"script", "style", "code", "pre", "kbd", "samp", "template"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.quiet += tag in self.QUIET
        self.found += [value or "" for name, value in attrs if name in SPOKEN_ATTRIBUTES]

    def handle_endtag(self, tag: str) -> None:
        self.quiet -= tag in self.QUIET and self.quiet > 0

    def handle_data(self, data: str) -> None:
        if not self.quiet:
            self.found.append(data)


@pytest.mark.parametrize("path", TEMPLATES, ids=[str(path.relative_to(ROOT / "templates")) for path in TEMPLATES])
def test_no_word_of_a_template_is_left_unmarked(path: Path) -> None:
    words = Words()
    words.feed(strip_marks(path.read_text(encoding="utf-8")))
    said = {word for text in words.found for word in WORD.findall(text)} - SAME_EVERYWHERE
    assert not said, f"mark these with {{% translate %}}: {sorted(said)}"


@pytest.fixture(scope="module")
def source():
    return messages.collect()


def test_german_has_nearly_every_string_of_the_source(source) -> None:
    german = {message.id: message for message in messages.read_language("de")}
    fresh = [message.id for message in source if message.id and message.id not in german]
    missing = fresh + messages.find_untranslated(messages.read_language("de"))
    assert len(missing) <= MOST_UNTRANSLATED, f"run `make messages` and translate: {missing[:10]}…"


def test_translations_keep_every_named_value() -> None:
    values = re.compile(r"%\(\w+\)|\{\w*")
    for message in messages.read_language("de"):
        if not message.id:
            continue
        wanted = message.id if isinstance(message.id, str) else message.id[-1]
        said = message.string if isinstance(message.string, str) else message.string[-1]
        if said:
            assert sorted(values.findall(said)) == sorted(values.findall(wanted)), wanted


def test_compiled_file_is_in_step() -> None:
    with (messages.LOCALES / "de" / "LC_MESSAGES" / "django.mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    for message in messages.read_language("de"):
        if isinstance(message.id, str) and message.id and message.string and not message.fuzzy:
            said = compiled.pgettext(message.context, message.id) if message.context else compiled.gettext(message.id)
            assert said == message.string


def test_page_speaks_the_language_of_the_browser(client, db) -> None:
    page = client.get("/", headers={"accept-language": "de-DE,de;q=0.9"}).content.decode()
    assert '<html lang="de"' in page
    assert "Was für ein Film ist das?" in page
    assert client.get("/accounts/login/").content.decode().count('lang="en"') >= 1


def test_chosen_language_holds(client, db) -> None:
    answer = client.post("/language/", {"language": "de", "next": "/about/"})
    assert answer.status_code == 302
    assert answer["Location"] == "/about/"
    assert "Über das Modell" in client.get("/about/").content.decode()
    client.post("/language/", {"language": "tlh", "next": "https://example.org/"})
    assert "Über das Modell" in client.get("/about/").content.decode()
