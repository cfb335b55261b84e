"""The rules for what people and files may put into the catalogue: one function each, for page, API and file run.

Each returns the cleaned value or raises InvalidInput with the field, the rule and what came.
"""

import re
from typing import Final, NoReturn

from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from movies.models import FIRST_YEAR, LAST_YEAR, Movie

PLOT_MIN_CHARS: Final = 20
PLOT_MAX_CHARS: Final = 20_000
TITLE_MAX_CHARS: Final = 300
SOURCE_MAX_CHARS: Final = 60
LICENCE_MAX_CHARS: Final = 120
# PostgreSQL's integer.
TMDB_ID_MAX: Final = 2_147_483_647

# Bidirectional marks and joiners are part of written Arabic, Hindi or emoji: only controls and broken code points go.
# Source: Unicode 16, general categories Cc and Cs, which no later version extends.
_REFUSED: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LANGUAGE: Final = re.compile(r"^[a-z]{2,3}(-[a-z0-9]{2,4})?$")
_IMDB_ID: Final = re.compile(r"^(?:https?://(?:www\.|m\.)?imdb\.com/title/)?(tt\d{6,10})(?:[/?#].*)?$", re.ASCII)


def _refuse(message: str, code: str, field: str, **details: object) -> NoReturn:
    raise InvalidInput(message, code=code, field=field, details=details)


def _find_refused_character(text: str, allowed: str = "") -> str | None:
    # Looking each character up in Unicode's table took 106 µs for a plot of 576 characters; this takes 2.
    for found in _REFUSED.finditer(text):
        if found[0] not in allowed:
            return f"U+{ord(found[0]):04X}"
    return None


def clean_plot(text: str) -> str:
    r"""Check a plot.

    Args:
        text: The plot as it came.

    Returns:
        The text without outer white space, its line ends as "\n".

    Raises:
        InvalidInput: `plot_too_short`, `plot_too_long`, `plot_without_letters` or `plot_invalid_characters`.
    """
    cleaned = text.replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n\v\f\u00a0\u2028\u2029\ufeff").strip()
    length = len(cleaned)
    if length < PLOT_MIN_CHARS:
        message = _("The plot is too short: it needs at least {least} characters, and {length} came.")
        _refuse(message.format(least=PLOT_MIN_CHARS, length=length), "plot_too_short", "plot", length=length)
    if length > PLOT_MAX_CHARS:
        message = _("The plot is too long: it may have at most {most:,} characters, and {length:,} came.")
        _refuse(message.format(most=PLOT_MAX_CHARS, length=length), "plot_too_long", "plot", length=length)
    refused = _find_refused_character(cleaned, allowed="\n\t")
    if refused:
        message = _(
            "The plot has a character that is no text ({character}): only letters, marks and line breaks may come."
        )
        _refuse(message.format(character=refused), "plot_invalid_characters", "plot", character=refused)
    if not any(character.isalpha() for character in cleaned):
        message = _("The plot has no letters: it must be a text, and {length} characters without any letter came.")
        _refuse(message.format(length=length), "plot_without_letters", "plot", length=length)
    return cleaned


def clean_line(text: str, *, field: str, label: str, max_chars: int, required: bool = True) -> str:
    """Check a text of one line, such as a title or a licence.

    Args:
        text: The text as it came.
        field: Name of the input field.
        label: What the text is called in a sentence, for example "title".
        max_chars: The most characters it may have.
        required: Whether it may not be empty.

    Returns:
        The text trimmed, its runs of white space collapsed.

    Raises:
        InvalidInput: `<field>_missing`, `<field>_too_long` or `<field>_invalid_characters`.
    """
    cleaned = " ".join(text.replace("\ufeff", "").split())
    if required and not cleaned:
        _refuse(_("The {label} is missing.").format(label=label), f"{field}_missing", field)
    if len(cleaned) > max_chars:
        message = _("The {label} is too long: it may have at most {most} characters, and {length:,} came.")
        _refuse(message.format(label=label, most=max_chars, length=len(cleaned)), f"{field}_too_long", field)
    refused = _find_refused_character(cleaned)
    if refused:
        message = _("The {label} has a character that is no text ({character}).")
        _refuse(message.format(label=label, character=refused), f"{field}_invalid_characters", field)
    return cleaned


def clean_title(text: str) -> str:
    """Check a film's title: 1 to 300 characters on one line."""
    return clean_line(text, field="title", label=_("title"), max_chars=TITLE_MAX_CHARS)


def clean_source(text: str) -> str:
    """Check where a plot or poster comes from: 1 to 60 characters on one line."""
    return clean_line(text, field="source", label=_("source"), max_chars=SOURCE_MAX_CHARS)


def clean_licence(text: str) -> str:
    """Check a licence's name: up to 120 characters on one line, or nothing."""
    return clean_line(text, field="licence", label=_("licence"), max_chars=LICENCE_MAX_CHARS, required=False)


def clean_language(text: str) -> str:
    """Check a language code such as "en" or "pt-br"; returned in lower case.

    Raises:
        InvalidInput: `language_invalid`.
    """
    cleaned = text.strip().lower().replace("_", "-")
    if not _LANGUAGE.match(cleaned):
        message = _("The language must be a code such as en, fr or pt-br, and {received!r} came.")
        _refuse(message.format(received=text[:20]), "language_invalid", "language")
    return cleaned


def clean_year(year: int | None) -> int | None:
    """Check a year: from the first film to some years ahead, or unknown.

    Raises:
        InvalidInput: `year_out_of_range`.
    """
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        message = _("The year must be from {first} to {last}, and {received} came.")
        _refuse(message.format(first=FIRST_YEAR, last=LAST_YEAR, received=year), "year_out_of_range", "year")
    return year


def clean_kind(kind: str) -> str:
    """Check a film's kind, "movie" or "show".

    Raises:
        InvalidInput: `kind_unknown`.
    """
    if kind not in Movie.Kind.values:
        message = _("The kind must be movie or show, and {received!r} came.")
        _refuse(message.format(received=kind[:20]), "kind_unknown", "kind")
    return kind


def clean_imdb_id(text: str | None) -> str | None:
    """Check an IMDb id; the address of the film's IMDb page is understood as well.

    Returns:
        "tt" and 6 to 10 digits, or None for nothing.

    Raises:
        InvalidInput: `imdb_id_invalid`.
    """
    cleaned = (text or "").strip()
    if not cleaned:
        return None
    found = _IMDB_ID.match(cleaned)
    if not found:
        message = _("An IMDb id is 'tt' and 6 to 10 digits, such as tt0111161, and {received!r} came.")
        _refuse(message.format(received=cleaned[:40]), "imdb_id_invalid", "imdb_id")
    return found.group(1)


def clean_tmdb_id(number: int | None) -> int | None:
    """Check a TMDB id: a positive whole number, or None.

    Raises:
        InvalidInput: `tmdb_id_invalid`.
    """
    if number is not None and not 1 <= number <= TMDB_ID_MAX:
        message = _("A TMDB id is a whole number from 1 to {most}, and {received} came.")
        _refuse(message.format(most=TMDB_ID_MAX, received=number), "tmdb_id_invalid", "tmdb_id")
    return number
