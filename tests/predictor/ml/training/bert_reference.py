"""Slow, plain numpy forward passes of BERT and MPNet by their own names, to hold the Keras port against."""

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


DISTANCES = "encoder.relative_attention_bias.weight"
RENAMED = {
    ".attention.self.query": ".attention.attn.q",
    ".attention.self.key": ".attention.attn.k",
    ".attention.self.value": ".attention.attn.v",
    ".attention.output.dense": ".attention.attn.o",
    ".attention.output.LayerNorm": ".attention.LayerNorm",
}


def make_mpnet_weights(*, positions=12, heads=2, buckets=8, **sizes):
    """Random arrays by MPNet's names: two more places than it can use, a score by distance, no segments."""
    weights = {}
    for name, values in make_bert_weights(positions=positions + 2, **sizes).items():
        for theirs, ours in RENAMED.items():
            name = name.replace(theirs, ours)
        weights[name] = values
    del weights["embeddings.token_type_embeddings.weight"]
    weights[DISTANCES] = np.random.default_rng(7).normal(size=(buckets, heads)).astype(np.float32)
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


def _norm(weights, name, x, epsilon):
    centred = x - x.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + epsilon)
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def _attention(weights, name, x, heads, distances):
    query, key, value = (_dense(weights, f"{name}.self.{part}", x) for part in ("query", "key", "value"))
    size = x.shape[1] // heads
    parts = []
    for head in range(heads):
        columns = slice(head * size, (head + 1) * size)
        scores = query[:, columns] @ key[:, columns].T / math.sqrt(size) + distances[head]
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        parts.append(shares / shares.sum(axis=1, keepdims=True) @ value[:, columns])
    return _dense(weights, f"{name}.output.dense", np.concatenate(parts, axis=1))


def bucket(attending, attended, buckets, farthest=128):
    """The bucket of the distance between two places, told one pair at a time."""
    half = buckets // 2
    first, apart = (half if attended > attending else 0), abs(attended - attending)
    if apart < half // 2:
        return first + apart
    grown = math.log(apart / (half // 2)) / math.log(farthest / (half // 2)) * (half - half // 2)
    return first + min(half // 2 + int(grown), half - 1)


def embed_mpnet(weights, ids, *, heads, blocks):
    """As ``embed``, for MPNet: ids (T,) with 0 for its start token and 1 for padding, which must not be among them."""
    table, names = weights[DISTANCES], {ours: theirs for theirs, ours in RENAMED.items()}
    plain = {}
    for name, values in weights.items():
        for ours, theirs in names.items():
            name = name.replace(ours, theirs)
        plain[name] = values
    plain["embeddings.position_embeddings.weight"] = plain["embeddings.position_embeddings.weight"][2:]
    plain["embeddings.token_type_embeddings.weight"] = np.zeros((1, plain["embeddings.LayerNorm.bias"].shape[0]))
    places = range(len(ids))
    scores = [[[table[bucket(a, b, len(table)), head] for b in places] for a in places] for head in range(heads)]
    return embed(plain, ids, heads=heads, blocks=blocks, distances=np.asarray(scores, np.float64), epsilon=1e-5)


def embed(weights, ids, *, heads, blocks, distances=None, epsilon=1e-12):
    """Mean token vector (D,) of one unpadded row of ids (T,), float64."""
    weights = {name: value.astype(np.float64) for name, value in weights.items()}
    distances = np.zeros(heads) if distances is None else distances
    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][: len(ids)]
    x = _norm(weights, "embeddings.LayerNorm", x + weights["embeddings.token_type_embeddings.weight"][0], epsilon)
    for number in range(blocks):
        name = f"encoder.layer.{number}"
        attended = _attention(weights, f"{name}.attention", x, heads, distances)
        x = _norm(weights, f"{name}.attention.output.LayerNorm", x + attended, epsilon)
        inner = _dense(weights, f"{name}.intermediate.dense", x)
        inner = inner * 0.5 * (1.0 + np.vectorize(math.erf)(inner / math.sqrt(2.0)))
        x = _norm(weights, f"{name}.output.LayerNorm", x + _dense(weights, f"{name}.output.dense", inner), epsilon)
    return x.mean(axis=0)
