"""Bring the translations in step with the source: collect, merge, compile; needs Babel and no gettext tools.

`locale/<language>/LC_MESSAGES/django.po` gets an empty entry for every new string and drops those that are gone;
`django.mo` is compiled from it. What is still untranslated is printed.
"""

import io
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "locale"
PACKAGES = ("genresite", "movies", "predictor")
# Where the arguments of each function are: singular, plural, context.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    name: places
    for stem, places in (("gettext", None), ("ngettext", (1, 2)), ("pgettext", ((1, "c"), 2)))
    for name in (stem, f"{stem}_lazy")
} | {"_": None, "gettext_noop": None}


def collect() -> Catalog:
    """Every marked string of the source, with where it stands."""
    catalog = Catalog(project="GenreSite", charset="utf-8")
    for name, source in _sources():
        found = extract("python", io.BytesIO(source.encode()), KEYWORDS, comment_tags=("Translators:",), options={})
        for _line, message, _comments, context in found:
            catalog.add(message, locations=[(name, 1)], context=context, flags=_flags(message))
    return catalog


def _flags(message: str | tuple[str, ...]) -> tuple[str, ...]:
    """Strings with named values are checked for having them all."""
    words = message if isinstance(message, str) else " ".join(message)
    return ("python-format",) if "%(" in words else ()


def _sources() -> Iterator[tuple[str, str]]:
    """Python files as they are, templates as the Python that Django makes of their marks."""
    from django.utils.translation.template import templatize

    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        if "migrations" not in path.parts:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "templates").rglob("*.*")):
        calls = templatize(path.read_text(encoding="utf-8"))
        # Indentation of a page means nothing in Python: without it, every line stands for itself.
        yield str(path.relative_to(ROOT)), "\n".join(line.strip() for line in calls.splitlines())


def read_language(language: str) -> Catalog:
    """The catalogue of a language, empty if there is none yet."""
    path = LOCALES / language / "LC_MESSAGES" / "django.po"
    if not path.is_file():
        return Catalog(locale=language, charset="utf-8", project="GenreSite")
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def find_untranslated(catalog: Catalog) -> list[str]:
    """The strings without a translation."""
    missing = []
    for message in catalog:
        words = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        if message.id and (message.fuzzy or not all(words)):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def update(language: str) -> Catalog:
    """Merge what the source has into a language's file, and compile it."""
    catalog = read_language(language)
    catalog.update(collect(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    # A date would change the file with every run.
    catalog.revision_date = catalog.creation_date = datetime(2026, 1, 1, tzinfo=UTC)
    folder = LOCALES / language / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "django.po").open("wb") as stream:
        write_po(
            stream, catalog, width=120, sort_output=True, omit_header=False, include_lineno=False, no_location=True
        )
    with (folder / "django.mo").open("wb") as stream:
        write_mo(stream, catalog)
    return catalog


def main() -> int:
    """Bring every language that has a folder in step."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    for folder in sorted(path for path in LOCALES.iterdir() if path.is_dir()):
        catalog = update(folder.name)
        missing = find_untranslated(catalog)
        print(f"{folder.name}: {len(catalog)} strings, {len(missing)} without a translation")
        for words in missing:
            print(f"  - {' '.join(words.split())[:110]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
