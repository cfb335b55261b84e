"""Titles and plots that nobody wrote, for benchmarks that need many."""

from __future__ import annotations

import random

TEXT = """
ghost keeper sheriff city war love murder detective family island storm secret letter train alien ship robot school
teacher soldier farm road singer band dream killer escape prison bank money daughter son night village river mountain
lantern harbour winter summer garden mirror shadow stranger promise empire orchard violin circus desert comet kingdom
"""
WORDS = TEXT.split()
GLUE = """a the of and who must find before they in to with from his her never again
"""
SMALL = GLUE.split()


def make_title(chance: random.Random) -> str:
    """Two to four words."""
    return " ".join(chance.choices(WORDS, k=chance.randint(2, 4))).title()


def make_plot(chance: random.Random, fewest: int = 40, most: int = 120) -> str:
    """A sentence of so many words; a third of them or more are small ones."""
    return " ".join(chance.choices(WORDS + SMALL * 3, k=chance.randint(fewest, most))).capitalize() + "."
