"""Named errors of the machine-learning package; every one of them is a ValueError."""

from __future__ import annotations


class MLError(ValueError):
    """Something the machine-learning package refuses to do; the message says what, the rule and the value."""


class ArtifactError(MLError):
    """A model bundle is missing, damaged, tampered with or written in an unknown format."""


class InvalidExample(MLError):
    """An input cannot be turned into model input."""


class TrainingError(MLError):
    """A training run cannot start or go on: bad configuration, missing data or weights."""


class ExportError(TrainingError):
    """An exported network does not answer as the network that was trained."""
