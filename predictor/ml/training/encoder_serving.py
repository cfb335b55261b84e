"""From a tuned encoder to the files that answer: export, a linear partner, the customs of label sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from predictor.ml.labels import GENRES, Float32Array
from predictor.ml.ngrams import NgramEncoder
from predictor.ml.runtime import OnnxNetwork
from predictor.ml.text import Int32Array, pad
from predictor.ml.training.blending import fit_blend, fit_source_blend, join_blends
from predictor.ml.training.customs import Customs, describe_customs
from predictor.ml.training.encoder_fitting import EncodedPlots
from predictor.ml.training.export import export_network
from predictor.ml.training.onnx_customs import append_customs
from predictor.ml.training.onnx_int8 import store_in_int8
from predictor.ml.training.onnx_linear import blend_networks
from predictor.ml.training.plot_batches import put_back
from predictor.ml.training.tfidf import NGRAMS_FILE, TfidfConfig, build_features, fit_linear


@dataclass(frozen=True, slots=True)
class ServedEncoder:
    """What a bundle will hold: network, further files, its validation logits (N, G), preprocessing, notes."""

    network: Path
    files: dict[str, bytes]
    logits: Float32Array
    preprocessing: dict[str, Any] = field(default_factory=lambda: {"type": "wordpiece"})
    notes: dict[str, Any] = field(default_factory=dict)


def export_encoder(model: keras.Model, folder: Path, rows: Sequence[Int32Array]) -> Path:
    """Writes the network as ONNX, checked against Keras, and again with its weights in eight bits.

    Args:
        model: a float32 model.
        folder: where ``exact.onnx`` and ``stored.onnx`` are written.
        rows: token ids of some plots.

    Returns:
        The second file.

    Raises:
        ExportError: the exact file does not answer as Keras.
    """
    samples = [{"tokens": pad(rows[:1])}, {"tokens": pad(rows[1:2] or rows)}, {"tokens": pad(rows[:8])}]
    export_network(model, folder / "exact.onnx", samples)
    store_in_int8(folder / "exact.onnx", folder / "stored.onnx")
    return folder / "stored.onnx"


def blend_with_linear(
    served: ServedEncoder,
    config: TfidfConfig,
    train: tuple[Sequence[str], EncodedPlots],
    validation: tuple[Sequence[str], EncodedPlots],
    *,
    work: Path,
    stream: Any = None,
) -> ServedEncoder:
    """Fits the linear partner and joins both networks into one file.

    Args:
        served: the network alone.
        config: of the partner.
        train: texts and arrays of the training plots; the labels are not a teacher's.
        validation: texts and arrays of the plots that tell how much of the partner to mix in.
        work: where the file is written.
        stream: where progress goes; default stderr.
    """
    linear = fit_linear(train[0], train[1].labels, train[1].mask, config, stream=stream)
    features = build_features(NgramEncoder(linear.vocabulary), validation[0])
    second = np.asarray(features @ linear.weights + linear.bias, np.float32)
    genres, held_out = len(GENRES), validation[1]
    blends = [fit_blend(*(part[:, :genres] for part in (served.logits, second, held_out.labels, held_out.mask)))]
    if second.shape[1] > genres:
        blends.append(fit_source_blend(*(part[:, genres:] for part in (served.logits, second, held_out.labels))))
    blend = join_blends(blends)
    path = work / "blended.onnx"
    blend_networks(served.network, path, linear.weights, linear.bias, (blend.network, blend.linear, blend.offset))
    return ServedEncoder(
        path,
        {**served.files, NGRAMS_FILE: linear.vocabulary.dump()},
        blend.apply(served.logits, second),
        {"type": "wordpiece+ngrams", "ngrams": NGRAMS_FILE},
        {"linear_share": blends[0].share, **({"source_share": blends[1].share} if len(blends) > 1 else {})},
    )


def mix_customs(served: ServedEncoder, customs: Customs, work: Path) -> ServedEncoder:
    """Puts the customs of the sources into the network, behind everything else; the file lies in ``work``."""
    path = work / "customs.onnx"
    append_customs(served.network, path, customs)
    genres = len(GENRES)
    return replace(
        served,
        network=path,
        logits=customs.mix(served.logits[:, :genres], served.logits[:, genres:]),
        preprocessing={**served.preprocessing, "customs": list(customs.sources)},
        notes={**served.notes, "customs": describe_customs(customs)},
    )


def answer_tokens(path: Path, rows: Sequence[Int32Array]) -> Float32Array:
    """Logits (N, G) of the exported network, in the order of the rows; like lengths share a batch."""
    network = OnnxNetwork(path, threads=2)
    order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
    parts = [
        network.run({"tokens": pad([rows[place] for place in order[start : start + 32]])})
        for start in range(0, len(order), 32)
    ]
    return put_back(order, np.concatenate(parts))
