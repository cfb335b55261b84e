"""Whose list of genres a plot network is to match: told by name, or left to the manner in which the plot is written.

Catalogues differ in what they call a drama, and some have no word for a biography. A network that has learned the
customs of its label sources (``training.customs``) guesses from a plot whose list it stands in; someone who keeps such
a list knows, and is answered in its custom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from predictor.ml.errors import MLError
from predictor.ml.labels import Float32Array

FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "imdb": ("imdb", "omdb"),
    "tmdb": ("tmdb",),
    "justwatch": ("justwatch",),
    "netflix": ("netflix_titles",),
    "amazon-prime": ("amazon_prime",),
    "disney-plus": ("disney_plus",),
}
"""Catalogues by name, and what the names of label sources that follow them hold."""

PRIOR: Final = "custom_prior"
"""The network's input: float32 (N, S), how much each source's custom counts; equal for all where nothing is told."""


def list_families(sources: Sequence[str]) -> dict[str, list[str]]:
    """The sources that follow each catalogue; those that follow none stand nowhere."""
    found = {
        family: [source for source in sources if any(mark in source.lower() for mark in marks)]
        for family, marks in FAMILIES.items()
    }
    return {family: members for family, members in found.items() if members}


def find_prior(sources: Sequence[str], custom: str) -> Float32Array:
    """What counts of each source's custom.

    Args:
        sources: the S sources of a network.
        custom: a catalogue of ``FAMILIES``, one of the sources, or nothing to leave it to the plot.

    Returns:
        float32 (S,), 0 or 1, not all 0.

    Raises:
        MLError: the network has not learned that custom.
    """
    if not custom:
        return np.ones(len(sources), np.float32)
    families = list_families(sources)
    members = families.get(custom, [source for source in sources if source == custom])
    if not members:
        raise MLError(
            f"There is no custom {custom!r}: it must be one of {', '.join(families) or 'none'} or a source of labels, "
            f"one of {', '.join(sources)}."
        )
    return np.asarray([source in members for source in sources], np.float32)


class CustomPrior:
    """The part of a plot network's input that tells whose list to match; the same for every plot."""

    def __init__(self, sources: Sequence[str], custom: str = "") -> None:
        """Keeps what counts; arguments and errors as ``find_prior``."""
        self._prior = find_prior(sources, custom)

    def batch(self, plots: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
        """``custom_prior``, float32 (N, S), for N plots."""
        return {PRIOR: np.repeat(self._prior[None], len(plots), axis=0)}
