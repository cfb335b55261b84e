"""The rules for what may come in."""

import sys
import unicodedata

import pytest

from genresite.errors import InvalidInput
from movies import validators

GOOD = "A keeper of a lighthouse finds a message in a bottle."


def refusal(check, value) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        check(value)
    return caught.value


def test_plot_is_trimmed_and_its_line_ends_are_made_one_kind() -> None:
    assert validators.clean_plot(f"\ufeff  {GOOD}\r\nAnd\rmore. \n") == f"{GOOD}\nAnd\nmore."


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "plot_too_short"),
        (" \n\t " * 30, "plot_too_short"),
        ("a" * 19, "plot_too_short"),
        ("a" * 20_001, "plot_too_long"),
        ("1234567890 !? 1234567890", "plot_without_letters"),
        (f"{GOOD}\x00", "plot_invalid_characters"),
        (f"{GOOD} \x1b[31m and on", "plot_invalid_characters"),
        (f"{GOOD} \ud800 and on", "plot_invalid_characters"),
    ],
)
def test_bad_plot_is_refused_in_one_sentence(text: str, code: str) -> None:
    error = refusal(validators.clean_plot, text)
    assert (error.code, error.field) == (code, "plot")
    assert error.message.endswith(".")
    assert "\x00" not in error.message


@pytest.mark.parametrize(
    "text",
    ["a" * 20, "a" * 20_000, "映画の主人公は灯台守で、ある日瓶の中に手紙を見つけた。", "👩‍🚀 goes to the Moon, alone."],
)
def test_plot_at_the_limits_and_in_any_script_is_accepted(text: str) -> None:
    assert validators.clean_plot(text) == text


def test_plot_message_tells_the_rule_and_what_came() -> None:
    assert refusal(validators.clean_plot, "short").message == (
        "The plot is too short: it needs at least 20 characters, and 5 came."
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [("  ", "title_missing"), ("x" * 301, "title_too_long"), ("a\x07b", "title_invalid_characters")],
)
def test_bad_title_is_refused(text: str, code: str) -> None:
    assert refusal(validators.clean_title, text).code == code


def test_title_is_made_one_line() -> None:
    assert validators.clean_title("  The\n Lighthouse\t Keeper ") == "The Lighthouse Keeper"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tt0111161", "tt0111161"),
        (" https://www.imdb.com/title/tt0111161/?ref_=x ", "tt0111161"),
        ("", None),
        (None, None),
    ],
)
def test_imdb_id_is_read_from_id_or_address(text, expected) -> None:
    assert validators.clean_imdb_id(text) == expected


@pytest.mark.parametrize("text", ["0111161", "tt12", "tt0111161x", "nm0000001", "tt٠١١١١٦١", "tt0111161\x00"])
def test_other_imdb_id_is_refused(text: str) -> None:
    assert refusal(validators.clean_imdb_id, text).code == "imdb_id_invalid"


@pytest.mark.parametrize(
    ("check", "value", "code"),
    [
        (validators.clean_year, 1887, "year_out_of_range"),
        (validators.clean_year, 2101, "year_out_of_range"),
        (validators.clean_tmdb_id, 0, "tmdb_id_invalid"),
        (validators.clean_tmdb_id, 2**31, "tmdb_id_invalid"),
        (validators.clean_kind, "play", "kind_unknown"),
        (validators.clean_language, "english", "language_invalid"),
        (validators.clean_source, "", "source_missing"),
        (validators.clean_licence, "x" * 121, "licence_too_long"),
    ],
)
def test_value_outside_its_rule_is_refused(check, value, code: str) -> None:
    assert refusal(check, value).code == code


def test_language_is_brought_to_one_form() -> None:
    assert validators.clean_language(" pt_BR ") == "pt-br"


def test_refused_characters_are_unicodes_controls_and_surrogates():

    refused = {code for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in {"Cc", "Cs"}}
    assert {code for code in range(sys.maxunicode + 1) if validators._REFUSED.match(chr(code))} == refused
