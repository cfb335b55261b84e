"""Keras networks to ONNX files, checked against each other before anything is shipped."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from predictor.ml.errors import ExportError
from predictor.ml.runtime import OnnxNetwork

TOLERANCE: Final = 1e-4
"""Largest difference between a logit of Keras and of ONNX Runtime that is still rounding, for logits up to 10."""

USUAL_LOGIT: Final = 10.0
"""Beyond it the accepted difference grows with the logit, since float32 has seven digits."""

Sample = Mapping[str, npt.NDArray[Any]]


def convert_with_keras(model: Any, path: Path) -> None:
    """Writes any functional Keras model as ONNX by Keras' own export; fit for convolutional networks."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        model.export(str(path), format="onnx", verbose=False)


def export_network(
    model: Any,
    path: Path,
    samples: Sequence[Sample],
    *,
    convert: Callable[[Any, Path], None] = convert_with_keras,
    tolerance: float = TOLERANCE,
) -> float:
    """Writes a network as ONNX and compares its answers with Keras.

    Args:
        model: a trained Keras model.
        path: the ONNX file to write.
        samples: inputs by name, in more than one batch size (and length), so that fixed shapes are found out.
        convert: writes the file.
        tolerance: largest difference of a logit that is accepted, for logits up to 10.

    Returns:
        The largest difference found.

    Raises:
        ExportError: a difference is larger, or there is no sample.
    """
    if not samples:
        raise ExportError("An export needs samples to be checked with, not none.")
    # Keras exports only a model that has been called.
    _answer_with_keras(model, samples[0])
    convert(model, path)
    return check_export(model, path, samples, tolerance=tolerance)


def check_export(model: Any, path: Path, samples: Sequence[Sample], *, tolerance: float = TOLERANCE) -> float:
    """Compares an ONNX file with its Keras model on samples; arguments, result and errors as ``export_network``."""
    network = OnnxNetwork(path)
    largest, allowed = 0.0, tolerance
    for sample in samples:
        expected = _answer_with_keras(model, sample)
        found = network.run(dict(zip(network.inputs, sample.values(), strict=True)))
        if found.shape != expected.shape:
            raise ExportError(f"The ONNX network must return shape {expected.shape}, not {found.shape}.")
        largest = max(largest, float(np.abs(found - expected).max()))
        allowed = max(allowed, tolerance * float(np.abs(expected).max()) / USUAL_LOGIT)
    if not largest <= allowed:
        raise ExportError(f"ONNX and Keras must agree within {allowed}, not differ by {largest}.")
    return largest


def _answer_with_keras(model: Any, sample: Sample) -> npt.NDArray[np.float32]:
    """Logits (N, G) of the Keras model in inference mode."""
    inputs = list(sample.values())
    return np.asarray(model(inputs[0] if len(inputs) == 1 else inputs, training=False), dtype=np.float32)
