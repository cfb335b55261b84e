"""Figures in the reader's language."""

import pytest
from django.utils import translation

from genresite.figures import show_change, show_figure


@pytest.mark.parametrize(
    ("language", "written"), [("en", ["0.635", "12", "+0.004", "-0.041"]), ("de", ["0,635", "12", "+0,004", "-0,041"])]
)
def test_the_decimal_mark_is_the_readers_and_digits_are_rounded(language, written):
    with translation.override(language):
        shown = [show_figure(0.6346, 3), show_figure(11.6, 0), show_change(0.0036, 3), show_change(-0.0409, 3)]
    assert shown == written
