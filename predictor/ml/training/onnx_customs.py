"""ONNX nodes that put genres and the customs of label sources together."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from onnx import TensorProto, helper, load_model, numpy_helper, save_model

from predictor.ml.calibration import logit
from predictor.ml.customs import PRIOR
from predictor.ml.training.customs import Customs
from predictor.ml.training.onnx_linear import LOGITS

JOINED: Final = "joined_logits"
_NEVER: Final = -1e4
"""In place of the logarithm of 0."""
_NOTHING: Final = 1e-30
_LARGEST: Final = float(-logit(0.0))
"""Log odds beyond which answers are not told apart, as in ``Customs.mix``."""


def append_customs(source: Path, target: Path, customs: Customs) -> None:
    """Turns genre and source logits into the log odds of standing in a list; the same sum as ``Customs.mix``.

    Args:
        source: ONNX file whose first output is float32 (N, G + S).
        target: the file to write; its output ``logits`` is float32 (N, G), and ``custom_prior``, float32 (N, S), is a
            further input: what counts of each source's custom.
        customs: of S sources.
    """
    model = load_model(str(source))
    graph = model.graph
    joined = graph.output[0].name
    if joined == LOGITS:
        _rename(graph, LOGITS, JOINED)
        joined = JOINED
    genres = customs.known.shape[1]
    graph.initializer.extend(numpy_helper.from_array(values, name) for name, values in _list_constants(customs))
    graph.node.extend(_mix_nodes(joined))
    graph.input.append(helper.make_tensor_value_info(PRIOR, TensorProto.FLOAT, ["films", len(customs.sources)]))
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info(LOGITS, TensorProto.FLOAT, ["films", genres]))
    save_model(model, str(target))


def _list_constants(customs: Customs) -> list[tuple[str, Any]]:
    """What the nodes of the mixture read, by name."""
    return [
        ("custom_sizes", np.asarray([customs.known.shape[1], len(customs.sources)], np.int64)),
        ("custom_places", np.asarray([1], np.int64)),
        ("custom_sources", np.asarray([2], np.int64)),
        ("custom_offsets", customs.offsets[None].astype(np.float32)),
        ("custom_known", customs.known[None].astype(np.float32)),
        ("custom_unused", (_NEVER * (1.0 - customs.known))[None].astype(np.float32)),
        ("custom_nothing", np.asarray(_NOTHING, np.float32)),
        ("custom_least", np.asarray(-_LARGEST, np.float32)),
        ("custom_most", np.asarray(_LARGEST, np.float32)),
    ]


def _mix_nodes(joined: str) -> list[Any]:
    """From genre and source logits to log odds: sources, told or guessed, weigh what each of them lists.

    In logarithms throughout: a genre that is one in a million has as many digits as any other.
    """
    node = helper.make_node
    return [
        node("Split", [joined, "custom_sizes"], ["custom_genres", "custom_manner"], axis=1),
        node("LogSoftmax", ["custom_manner"], ["custom_guessed"], axis=-1),
        node("Max", [PRIOR, "custom_nothing"], ["custom_told"]),
        node("Log", ["custom_told"], ["custom_telling"]),
        node("Add", ["custom_guessed", "custom_telling"], ["custom_weights"]),
        node("Unsqueeze", ["custom_weights", "custom_sources"], ["custom_shares"]),
        node("Unsqueeze", ["custom_genres", "custom_places"], ["custom_common"]),
        node("Add", ["custom_common", "custom_offsets"], ["custom_shifted"]),
        node("Softplus", ["custom_shifted"], ["custom_against"]),
        node("Sub", ["custom_shifted", "custom_against"], ["custom_named"]),
        node("Add", ["custom_named", "custom_unused"], ["custom_possible"]),
        node("Mul", ["custom_against", "custom_known"], ["custom_passed"]),
        node("Add", ["custom_shares", "custom_possible"], ["custom_yes"]),
        node("Sub", ["custom_shares", "custom_passed"], ["custom_no"]),
        node("ReduceLogSumExp", ["custom_yes"], ["custom_listed"], axes=[1], keepdims=0),
        node("ReduceLogSumExp", ["custom_no"], ["custom_left"], axes=[1], keepdims=0),
        node("Sub", ["custom_listed", "custom_left"], ["custom_odds"]),
        node("Clip", ["custom_odds", "custom_least", "custom_most"], [LOGITS]),
    ]


def _rename(graph: Any, before: str, after: str) -> None:
    """Gives the tensor of one name another one wherever it is made or read."""
    for node in graph.node:
        for names in (node.input, node.output):
            for place, name in enumerate(names):
                if name == before:
                    names[place] = after
