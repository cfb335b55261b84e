"""Recipe ``tfidf-linear``: weighted n-grams and one logistic regression per genre; also the partner of a blend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from predictor.ml.artifacts import Bundle
from predictor.ml.calibration import logit
from predictor.ml.examples import PlotExample
from predictor.ml.labels import GENRES, Float32Array
from predictor.ml.ngrams import NgramEncoder, NgramVocabulary, build_ngrams
from predictor.ml.runtime import OnnxNetwork
from predictor.ml.training.config import config_as_dict, require
from predictor.ml.training.datasets import fingerprint_examples, known_genres_of, label_arrays
from predictor.ml.training.finishing import Finish, finish_bundle
from predictor.ml.training.onnx_linear import write_linear_network
from predictor.ml.training.progress import Progress
from predictor.ml.training.recipes import TrainingRequest, require_split

NGRAMS_FILE: Final = "ngrams.npz"
CHUNK: Final = 64


@dataclass(frozen=True, slots=True)
class TfidfConfig:
    """The recipe ``tfidf-linear``.

    Attributes:
        seed: of the solver's order of examples.
        min_films: plots that must have a word or a pair of words for it to count.
        min_films_characters: the same for n-grams of characters.
        strength: inverse of the penalty on large weights.
        tolerance: the solver stops below this; smaller changes no figure but takes longer.
        max_ngrams: n-grams kept, those with the heaviest weights; the others are dropped after the fit.
    """

    seed: int = 1
    min_films: int = 3
    min_films_characters: int = 6
    strength: float = 1.0
    tolerance: float = 0.05
    max_ngrams: int = 250_000

    def __post_init__(self) -> None:
        for name in ("min_films", "min_films_characters", "max_ngrams"):
            require(getattr(self, name) >= 1, f"{name} must be at least 1", getattr(self, name))
        for name in ("strength", "tolerance"):
            require(getattr(self, name) > 0, f"{name} must be above 0", getattr(self, name))


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """A linear model over n-grams.

    Attributes:
        vocabulary: the V n-grams.
        weights: float32 (V, G).
        bias: float32 (G,).
    """

    vocabulary: NgramVocabulary
    weights: Float32Array
    bias: Float32Array

    def prune(self, size: int) -> LinearModel:
        """Keeps the ``size`` n-grams with the largest sum of squared contributions."""
        force = np.square(self.weights * self.vocabulary.idf[:, None]).sum(axis=1)
        kept = np.sort(np.argsort(-force, kind="stable")[:size])
        vocabulary = NgramVocabulary(self.vocabulary.hashes[kept], self.vocabulary.idf[kept])
        return LinearModel(vocabulary, self.weights[kept], self.bias)


def build_features(encoder: NgramEncoder, plots: Sequence[str]) -> csr_matrix:
    """Sparse features of N plots: float32 (N, V)."""
    rows = [encoder.encode(plot) for plot in plots]
    ends = np.cumsum([0, *(len(places) for places, _ in rows)])
    places = np.concatenate([places for places, _ in rows]) if rows else np.zeros(0, np.int32)
    values = np.concatenate([values for _, values in rows]) if rows else np.zeros(0, np.float32)
    return csr_matrix((values, places, ends), shape=(len(rows), len(encoder.vocabulary)))


def fit_genre(features: csr_matrix, labels: npt.NDArray[Any], config: TfidfConfig) -> tuple[npt.NDArray[Any], float]:
    """Fits one genre; one that all or no films have gets its smoothed log odds alone.

    Args:
        features: (N, V) of the films whose label is known.
        labels: (N,), 0 or 1.
        config: the settings.

    Returns:
        Weights (V,) and bias.
    """
    share = (labels.sum() + 0.5) / (len(labels) + 1.0)
    if not 0 < labels.sum() < len(labels):
        return np.zeros(features.shape[1], np.float32), float(logit(share))
    # The dual solver is six times faster than the others on so many sparse columns.
    solver = LogisticRegression(
        C=config.strength,
        solver="liblinear",
        dual=True,
        tol=config.tolerance,
        max_iter=100,
        random_state=config.seed,
    )
    solver.fit(features, labels)
    return solver.coef_[0], float(solver.intercept_[0])


def fit_linear(
    plots: Sequence[str], labels: Float32Array, mask: Float32Array, config: TfidfConfig, *, stream: Any = None
) -> LinearModel:
    """Fits one logistic regression per genre on the plots whose label is known.

    Args:
        plots: the N training plots.
        labels: (N, G), 0 or 1.
        mask: (N, G), 0 where the label is unknown.
        config: the settings.
        stream: where progress goes; default stderr.

    Returns:
        The model, its rarely telling n-grams dropped.
    """
    vocabulary = build_ngrams(plots, min_films=config.min_films, min_films_characters=config.min_films_characters)
    features = build_features(NgramEncoder(vocabulary), plots)
    weights = np.zeros((len(vocabulary), labels.shape[1]), np.float32)
    bias = np.zeros(labels.shape[1], np.float32)
    progress = Progress(labels.shape[1], title="tfidf-linear", stream=stream)
    for genre in range(labels.shape[1]):
        rows = np.flatnonzero(mask[:, genre] > 0)
        weights[:, genre], bias[genre] = fit_genre(features[rows], labels[rows, genre], config)
        progress.advance(f"genre {genre + 1}")
    return LinearModel(vocabulary, weights, bias).prune(config.max_ngrams)


def configure(request: TrainingRequest) -> TfidfConfig:
    """The recipe's settings with the request's seed and overrides; unknown names are refused by the dataclass."""
    return replace(TfidfConfig(), **{"seed": request.seed, **request.overrides})


def train_tfidf_linear(request: TrainingRequest) -> Bundle:
    """Trains and writes a plot bundle; takes minutes, so a killed run starts again.

    Args:
        request: needs ``plots``.

    Returns:
        The bundle.

    Raises:
        TrainingError: examples are missing or the settings are refused.
        ArtifactError: the output exists.
    """
    config = configure(request)
    train = require_split(request.plots, "train", "plots")
    validation = require_split(request.plots, "validation", "plots")
    known = known_genres_of(train)
    labels, mask = label_arrays(train, known)
    model = fit_linear([example.plot for example in train], labels, mask, config, stream=request.stream)
    request.work.mkdir(parents=True, exist_ok=True)
    path = request.work / "model.onnx"
    write_linear_network(path, model.weights, model.bias)
    held_out, held_out_mask = label_arrays(validation, known)
    return finish_bundle(
        request.output,
        Finish(
            kind="plot",
            recipe="tfidf-linear",
            genres=GENRES,
            preprocessing={"type": "ngrams", "ngrams": NGRAMS_FILE},
            files={"model.onnx": path, NGRAMS_FILE: model.vocabulary.dump()},
            logits=_answer(OnnxNetwork(path), NgramEncoder(model.vocabulary), validation),
            labels=held_out,
            mask=held_out_mask,
            train_shares=labels.mean(axis=0),
            training={**_describe(config, train, known), "command": request.command},
        ),
    )


def _describe(config: TfidfConfig, train: Sequence[PlotExample], known: Any) -> dict[str, Any]:
    """What the manifest says of the training."""
    return {
        "fingerprint": fingerprint_examples(train),
        "examples": len(train),
        "seed": config.seed,
        "config": config_as_dict(config),
        "known_genres": {source: list(names) for source, names in known.items()},
    }


def _answer(network: OnnxNetwork, encoder: NgramEncoder, examples: Sequence[PlotExample]) -> Float32Array:
    """Logits (N, G) of the exported network."""
    plots = [example.plot for example in examples]
    parts = [network.run(encoder.batch(plots[start : start + CHUNK])) for start in range(0, len(plots), CHUNK)]
    return np.concatenate(parts)
