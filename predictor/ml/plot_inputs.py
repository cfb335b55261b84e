"""What turns plots into the input of a plot network, chosen by a bundle's preprocessing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy.typing as npt

from predictor.ml import text
from predictor.ml.artifacts import Bundle
from predictor.ml.customs import CustomPrior
from predictor.ml.errors import ArtifactError
from predictor.ml.ngrams import SITE_PREFIX, NgramEncoder, NgramVocabulary
from predictor.ml.plain_words import load_plain_encoder
from predictor.ml.wordpiece import WordpieceEncoder

TYPES = ("nltk-words", "plain-words", "wordpiece", "ngrams", "wordpiece+ngrams")


class PlotInput(Protocol):
    """Turns plots into arrays by the names of a network's inputs."""

    def batch(self, plots: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
        """Model input of N plots."""


class JoinedInput:
    """The inputs of several encoders side by side, for a network that blends what each of them feeds."""

    def __init__(self, parts: Sequence[PlotInput]) -> None:
        """Keeps the parts; the names of their arrays differ."""
        self._parts = parts

    def told(self, prior: CustomPrior) -> JoinedInput:
        """The same parts with another prior over customs in place of their own."""
        return JoinedInput([prior if isinstance(part, CustomPrior) else part for part in self._parts])

    def batch(self, plots: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
        """Model input of N plots: the arrays of every part."""
        return {name: values for part in self._parts for name, values in part.batch(plots).items()}


def load_plot_input(bundle: Bundle) -> PlotInput:
    """Builds what a plot bundle was trained with.

    Args:
        bundle: a verified bundle of kind ``plot``.

    Returns:
        The encoder of its plots; with that of the n-grams that a correction made on a site reads, where there is one.

    Raises:
        ArtifactError: its preprocessing is of an unknown type, or one of its files is unusable.
    """
    settings = bundle.preprocessing
    chosen = settings.get("type")
    if chosen not in TYPES:
        raise ArtifactError(f"Bundle {bundle.name} must have preprocessing of a type in {TYPES}, not {chosen!r}.")
    parts: list[PlotInput] = []
    if chosen == "nltk-words":
        parts.append(text.load_encoder(bundle))
    if chosen == "plain-words":
        parts.append(load_plain_encoder(bundle))
    if "wordpiece" in chosen:
        parts.append(WordpieceEncoder(bundle.path(settings["tokenizer"]), max_tokens=int(settings["max_tokens"])))
    if "ngrams" in chosen:
        parts.append(NgramEncoder(NgramVocabulary.load(bundle.path(settings["ngrams"]))))
    if settings.get("customs"):
        parts.append(CustomPrior(settings["customs"]))
    if "site_ngrams" in settings:
        vocabulary = NgramVocabulary.load(bundle.path(settings["site_ngrams"]))
        parts.append(NgramEncoder(vocabulary, prefix=SITE_PREFIX))
    return parts[0] if len(parts) == 1 else JoinedInput(parts)
