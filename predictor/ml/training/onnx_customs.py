"""ONNX nodes that put genres and the customs of label sources together."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from onnx import TensorProto, helper, load_model, numpy_helper, save_model

from predictor.ml.customs import PRIOR
from predictor.ml.training.customs import Customs
from predictor.ml.training.onnx_linear import LOGITS

JOINED: Final = "joined_logits"
_SMALLEST: Final = 1e-7


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
        ("custom_least", np.asarray(_SMALLEST, np.float32)),
        ("custom_most", np.asarray(1.0 - _SMALLEST, np.float32)),
        ("custom_one", np.asarray(1.0, np.float32)),
    ]


def _mix_nodes(joined: str) -> list[Any]:
    """From genre and source logits to log odds: sources, told or guessed, weigh what each of them lists."""
    node = helper.make_node
    return [
        node("Split", [joined, "custom_sizes"], ["custom_genres", "custom_manner"], axis=1),
        node("Softmax", ["custom_manner"], ["custom_guessed"], axis=-1),
        node("Mul", ["custom_guessed", PRIOR], ["custom_counted"]),
        node("ReduceSum", ["custom_counted", "custom_places"], ["custom_total"], keepdims=1),
        node("Max", ["custom_total", "custom_least"], ["custom_divisor"]),
        node("Div", ["custom_counted", "custom_divisor"], ["custom_weights"]),
        node("Unsqueeze", ["custom_weights", "custom_sources"], ["custom_shares"]),
        node("Unsqueeze", ["custom_genres", "custom_places"], ["custom_common"]),
        node("Add", ["custom_common", "custom_offsets"], ["custom_shifted"]),
        node("Sigmoid", ["custom_shifted"], ["custom_named"]),
        node("Mul", ["custom_named", "custom_known"], ["custom_possible"]),
        node("Mul", ["custom_possible", "custom_shares"], ["custom_parts"]),
        node("ReduceSum", ["custom_parts", "custom_places"], ["custom_listed"], keepdims=0),
        node("Clip", ["custom_listed", "custom_least", "custom_most"], ["custom_probability"]),
        node("Sub", ["custom_one", "custom_probability"], ["custom_rest"]),
        node("Div", ["custom_probability", "custom_rest"], ["custom_odds"]),
        node("Log", ["custom_odds"], [LOGITS]),
    ]


def _rename(graph: Any, before: str, after: str) -> None:
    """Gives the tensor of one name another one wherever it is made or read."""
    for node in graph.node:
        for names in (node.input, node.output):
            for place, name in enumerate(names):
                if name == before:
                    names[place] = after
