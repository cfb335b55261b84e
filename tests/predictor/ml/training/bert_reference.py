"""A slow, plain numpy forward pass of BERT by its own names, to hold the Keras port against."""

import json
import math
from pathlib import Path

import numpy as np


def make_bert_weights(*, vocabulary=20, positions=12, width=8, inner=16, blocks=2, seed=0):
    """Random arrays by BERT's names, PyTorch's orientation."""
    rng = np.random.default_rng(seed)

    def array(*shape, scale=0.5):
        return (rng.normal(size=shape) * scale).astype(np.float32)

    weights = {
        "embeddings.word_embeddings.weight": array(vocabulary, width),
        "embeddings.position_embeddings.weight": array(positions, width),
        "embeddings.token_type_embeddings.weight": array(2, width),
    }
    norms = ["embeddings.LayerNorm"]
    denses = {}
    for number in range(blocks):
        name = f"encoder.layer.{number}"
        norms += [f"{name}.attention.output.LayerNorm", f"{name}.output.LayerNorm"]
        denses |= {f"{name}.attention.self.{part}": (width, width) for part in ("query", "key", "value")}
        denses |= {f"{name}.attention.output.dense": (width, width), f"{name}.intermediate.dense": (inner, width)}
        denses[f"{name}.output.dense"] = (width, inner)
    for name in norms:
        weights |= {f"{name}.weight": 1.0 + array(width), f"{name}.bias": array(width)}
    for name, shape in denses.items():
        weights |= {f"{name}.weight": array(*shape), f"{name}.bias": array(shape[0])}
    return weights


def write_safetensors(path: Path, arrays) -> Path:
    """Writes arrays in the safetensors format."""
    header, body = {"__metadata__": {"format": "pt"}}, b""
    for name, values in arrays.items():
        raw = np.ascontiguousarray(values).tobytes()
        kind = {"float32": "F32", "int64": "I64"}[values.dtype.name]
        place = [len(body), len(body) + len(raw)]
        header[name] = {"dtype": kind, "shape": list(values.shape), "data_offsets": place}
        body += raw
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)
    return path


def _dense(weights, name, x):
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def _norm(weights, name, x):
    centred = x - x.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def _attention(weights, name, x, heads):
    query, key, value = (_dense(weights, f"{name}.self.{part}", x) for part in ("query", "key", "value"))
    size = x.shape[1] // heads
    parts = []
    for head in range(heads):
        columns = slice(head * size, (head + 1) * size)
        scores = query[:, columns] @ key[:, columns].T / math.sqrt(size)
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        parts.append(shares / shares.sum(axis=1, keepdims=True) @ value[:, columns])
    return _dense(weights, f"{name}.output.dense", np.concatenate(parts, axis=1))


def embed(weights, ids, *, heads, blocks):
    """Mean token vector (D,) of one unpadded row of ids (T,), float64."""
    weights = {name: value.astype(np.float64) for name, value in weights.items()}
    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][: len(ids)]
    x = _norm(weights, "embeddings.LayerNorm", x + weights["embeddings.token_type_embeddings.weight"][0])
    for number in range(blocks):
        name = f"encoder.layer.{number}"
        x = _norm(weights, f"{name}.attention.output.LayerNorm", x + _attention(weights, f"{name}.attention", x, heads))
        inner = _dense(weights, f"{name}.intermediate.dense", x)
        inner = inner * 0.5 * (1.0 + np.vectorize(math.erf)(inner / math.sqrt(2.0)))
        x = _norm(weights, f"{name}.output.LayerNorm", x + _dense(weights, f"{name}.output.dense", inner))
    return x.mean(axis=0)
