"""ONNX files whose large weights are kept in float16 and widened when the file is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from onnx import TensorProto, helper, load_model, numpy_helper, save_model

_SMALLEST_SIZE: Final = 512
_SUFFIX: Final = "_stored"


def store_in_half(source: Path, target: Path) -> None:
    """Copies an ONNX file with its large float32 weights stored as float16.

    Each one is followed by a cast back to float32, which ONNX Runtime folds away when it loads the file: the file
    is half as large, the network as fast, and only the weights are rounded.

    Args:
        source: an ONNX file.
        target: the file to write.
    """
    model = load_model(str(source))
    casts = []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < _SMALLEST_SIZE:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), name + _SUFFIX))
        casts.append(helper.make_node("Cast", [name + _SUFFIX], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    save_model(model, str(target))
