"""Recipe ``encoder``: a pretrained MiniLM fine-tuned on plots, one sigmoid per genre."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras

from predictor.ml.artifacts import Bundle
from predictor.ml.examples import PlotExample
from predictor.ml.labels import GENRES
from predictor.ml.training.checkpoints import save_weights
from predictor.ml.training.config import config_as_dict
from predictor.ml.training.custom_heads import read_offsets
from predictor.ml.training.customs import Customs, append_sources, start_customs
from predictor.ml.training.datasets import fingerprint_examples, known_genres_of
from predictor.ml.training.encoder import EncoderShape
from predictor.ml.training.encoder_config import EncoderConfig
from predictor.ml.training.encoder_fitting import EncodedPlots, encode_plots, find_weights, fit_encoder
from predictor.ml.training.encoder_serving import (
    ServedEncoder,
    answer_tokens,
    blend_with_linear,
    export_encoder,
    mix_customs,
)
from predictor.ml.training.finishing import Finish, finish_bundle
from predictor.ml.training.plot_teacher import (
    PlotTeacher,
    ask_plot_teacher,
    load_plot_teacher,
    teach_plots,
)
from predictor.ml.training.recipes import TrainingRequest, require_path, require_split
from predictor.ml.wordpiece import WordpieceEncoder

TOKENIZER_FILE = "tokenizer.json"
TUNED_FILE = "tuned.npz"


def configure(request: TrainingRequest) -> EncoderConfig:
    """The recipe's settings with the request's seed and overrides; unknown names are refused by the dataclasses."""
    default = EncoderConfig()
    own = {name: value for name, value in request.overrides.items() if name not in ("trainer", "shape", "linear")}
    trainer = replace(default.trainer, **{"seed": request.seed, **request.overrides.get("trainer", {})})
    shape = EncoderShape(**request.overrides.get("shape", {}))
    linear = request.overrides.get("linear", {})
    partner = None if linear is None or default.linear is None else replace(default.linear, **linear)
    return replace(default, trainer=trainer, shape=shape, linear=partner, **own)


@dataclass(frozen=True, slots=True)
class _Run:
    """What a request comes to: settings, examples, their arrays, where work is kept."""

    config: EncoderConfig
    source: Path
    train: Sequence[PlotExample]
    validation: Sequence[PlotExample]
    encoded: EncodedPlots
    held_out: EncodedPlots
    known: Mapping[str, Sequence[str]]
    fingerprint: str
    work: Path


def _open_run(request: TrainingRequest) -> _Run:
    """Reads and encodes what the request names."""
    config = configure(request)
    train = require_split(request.plots, "train", "plots")
    validation = require_split(request.plots, "validation", "plots")
    source = require_path(request.encoder_weights, "encoder weights")
    encoder = WordpieceEncoder(source / TOKENIZER_FILE, max_tokens=config.max_tokens)
    known = known_genres_of(train)
    return _Run(
        config,
        source,
        train,
        validation,
        encode_plots(encoder, train, known),
        encode_plots(encoder, validation, known),
        known,
        fingerprint_examples(train),
        request.work / "encoder",
    )


def train_encoder(request: TrainingRequest) -> Bundle:
    """Trains, exports and writes a plot bundle; the same request resumes a killed run.

    The network is blended with the linear model of the recipe ``tfidf-linear`` unless the settings say otherwise.

    Args:
        request: needs ``plots`` and ``encoder_weights``, the folder with the tokeniser and the pretrained weights,
            those of earlier runs, the ``tuned.npz`` of their work folders under names that begin so, or a bundle of
            this recipe. A teacher's answers lie there too, or ``plot_bundle`` gives them.

    Returns:
        The bundle.

    Raises:
        TrainingError: examples or weights are missing, or the settings are refused.
        ArtifactError: the output exists.
    """
    run = _open_run(request)
    teacher = _find_teacher(request, run)
    customs, taught, measured = _prepare(run, teacher)
    model, history = fit_encoder(
        run.config,
        find_weights(run.source),
        taught,
        measured,
        folder=run.work,
        fingerprint=run.fingerprint,
        answers=teacher.paths,
        customs=customs,
        stream=request.stream,
    )
    save_weights(run.work / TUNED_FILE, model)
    if customs is not None:
        customs = replace(customs, offsets=read_offsets(model))
    served = _serve(run, model, customs, measured, request.stream)
    notes = {"history": history, "teachers": [path.name for path in teacher.paths]}
    return _finish(request, run, replace(served, notes={**served.notes, **notes}))


def _find_teacher(request: TrainingRequest, run: _Run) -> PlotTeacher:
    """The answers beside the weights to start from; where there are none, those of the request's plot bundle."""
    share, bundle = run.config.teacher_share, request.plot_bundle
    if share and bundle is not None and not any(run.source.glob("answers*.npz")):
        return ask_plot_teacher(bundle, run.train, run.work, fingerprint=run.fingerprint)
    return load_plot_teacher(run.source, share, fingerprint=run.fingerprint, count=len(run.train))


def _prepare(run: _Run, teacher: PlotTeacher) -> tuple[Customs | None, EncodedPlots, EncodedPlots]:
    """The customs to begin with, what is to be said of each training plot, and what validation measures."""
    encoded, customs = run.encoded, None
    if run.config.customs:
        customs, teacher = start_customs(
            run.train, run.known, encoded.labels, encoded.mask, teacher, min_films=run.config.custom_films
        )
    taught = replace(encoded, labels=teach_plots(encoded.labels, teacher, run.config.teacher_share))
    return (
        customs,
        _append_sources(taught, run.train, customs),
        _append_sources(run.held_out, run.validation, customs),
    )


def _append_sources(plots: EncodedPlots, examples: Sequence[PlotExample], customs: Customs | None) -> EncodedPlots:
    """The plots with a column for each source behind those of the genres; as they are without customs."""
    if customs is None:
        return plots
    return EncodedPlots(plots.rows, *append_sources(examples, customs.sources, plots.labels, plots.mask))


def _serve(
    run: _Run, model: keras.Model, customs: Customs | None, measured: EncodedPlots, stream: Any
) -> ServedEncoder:
    """Exports the network, blends it with its linear partner and puts the customs in."""
    path = export_encoder(model, run.work, run.held_out.rows)
    tokenizer = {TOKENIZER_FILE: (run.source / TOKENIZER_FILE).read_bytes()}
    served = ServedEncoder(path, tokenizer, answer_tokens(path, run.held_out.rows))
    if run.config.linear is not None:
        served = blend_with_linear(
            served,
            run.config.linear,
            ([row.plot for row in run.train], _append_sources(run.encoded, run.train, customs)),
            ([row.plot for row in run.validation], measured),
            work=run.work,
            stream=stream,
        )
    return served if customs is None else mix_customs(served, customs, run.work)


def _finish(request: TrainingRequest, run: _Run, served: ServedEncoder) -> Bundle:
    """Calibrates, measures and writes the bundle."""
    return finish_bundle(
        request.output,
        Finish(
            kind="plot",
            recipe="encoder",
            genres=GENRES,
            preprocessing={**served.preprocessing, "tokenizer": TOKENIZER_FILE, "max_tokens": run.config.max_tokens},
            files={"model.onnx": served.network, **served.files},
            logits=served.logits,
            labels=run.held_out.labels,
            mask=run.held_out.mask,
            train_shares=run.encoded.labels.mean(axis=0),
            balance=run.config.balance,
            # A genre that a source never lists counts as absent in every measure; telling such films by their manner
            # of writing is worth 0.4 points of micro-F1 on validation.
            known_only=False,
            training={
                "fingerprint": run.fingerprint,
                "examples": len(run.train),
                "seed": run.config.trainer.seed,
                "config": config_as_dict(run.config),
                "known_genres": {source: list(names) for source, names in run.known.items()},
                "command": request.command,
                **served.notes,
            },
        ),
    )
