"""From the active model versions to answers: the only way out of `predictor.ml`.

Every process loads a version once, when it is first needed, and keeps it. Which versions are active is looked up for
every request, so that all processes follow a change at once.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.utils.translation import gettext as _

from genresite.errors import Unavailable
from predictor import bundles
from predictor.ml.artifacts import Bundle, load_bundle
from predictor.ml.customs import list_families
from predictor.ml.errors import ArtifactError
from predictor.ml.examples import GenreScores
from predictor.ml.labels import Float32Array
from predictor.ml.pipeline import FusionPipeline, PlotPipeline, PosterPipeline, load_pipeline
from predictor.models import Kind, ModelVersion

Pipeline = PlotPipeline | PosterPipeline | FusionPipeline
Rgb = npt.NDArray[np.uint8]

# The active ones of every kind, what a joint model builds on, and a few that a file run asks for by name.
MAX_LOADED = 8

_loaded: OrderedDict[tuple[int, str], Pipeline] = OrderedDict()
_lock = threading.RLock()


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """What is known of a film: a plot, a poster's pixels (H, W, 3), or both. Both are verified already."""

    plot: str = ""
    poster: Rgb | None = None

    @property
    def kind(self) -> str:
        """What can be predicted from it."""
        if self.poster is None:
            return Kind.PLOT.value
        return Kind.BOTH.value if self.plot else Kind.POSTER.value


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What one model version says."""

    kind: str
    version: ModelVersion
    scores: GenreScores


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What the models say of a film.

    Attributes:
        kind: What it was made from.
        scores: What decides: the joint model's scores where there is one, the mean of the parts where there is none.
        parts: What each version said.
        duration_ms: Time that the models took for this film.
    """

    kind: str
    scores: GenreScores
    parts: tuple[Part, ...]
    duration_ms: float


def predict(
    films: Sequence[Film],
    *,
    version: ModelVersion | None = None,
    versions: Mapping[str, ModelVersion] | None = None,
) -> list[Answer]:
    """Ask the active versions about films; films of one kind go through the networks together.

    Args:
        films: N films, each with a plot or a poster.
        version: A version to ask instead of the active one of its kind.
        versions: Kind -> version that answers; by default the active ones of this moment.

    Returns:
        N answers in the order of the films.

    Raises:
        Unavailable: A version that is needed is not there, or its files do not match.
    """
    asked = {active.kind: active for active in ModelVersion.objects.active()} if versions is None else dict(versions)
    if version is not None:
        asked[version.kind] = version
    answers: dict[int, Answer] = {}
    for kind in Kind.values:
        places = [place for place, film in enumerate(films) if film.kind == kind]
        if places:
            answers.update(zip(places, _predict_kind(kind, [films[place] for place in places], asked), strict=True))
    return [answers[place] for place in range(len(films))]


def _predict_kind(kind: str, films: list[Film], versions: dict[str, ModelVersion]) -> list[Answer]:
    """The answers about films that all are of one kind."""
    chosen = _choose(kind, versions)
    pipelines = {part: load_version(version) for part, version in chosen.items()}
    started = time.perf_counter()
    said = _score(pipelines, films)
    duration_ms = (time.perf_counter() - started) * 1000 / len(films)
    answers = []
    for place in range(len(films)):
        parts = tuple(Part(part, version, said[part][place]) for part, version in chosen.items())
        answers.append(Answer(kind, _decide(parts), parts, duration_ms))
    return answers


def _choose(kind: str, versions: dict[str, ModelVersion]) -> dict[str, ModelVersion]:
    """The versions that answer for a kind, by the part that each of them says."""
    if kind != Kind.BOTH:
        return {kind: _require(kind, versions)}
    joint = versions.get(Kind.BOTH)
    if joint is None:
        return {part: _require(part, versions) for part in (Kind.PLOT.value, Kind.POSTER.value)}
    needed = load_version(joint).bundle.preprocessing
    parts = {part: _find_part(joint, str(needed[part])) for part in (Kind.PLOT.value, Kind.POSTER.value)}
    return {**parts, Kind.BOTH.value: joint}


def _require(kind: str, versions: dict[str, ModelVersion]) -> ModelVersion:
    if kind not in versions:
        raise Unavailable(
            _("No model for %(kind)s is in use on this site yet. The person who runs it can add one.")
            % {"kind": {"plot": _("plots"), "poster": _("posters")}.get(kind, kind)},
            code="model_missing",
            details={"kind": kind},
        )
    return versions[kind]


def _find_part(joint: ModelVersion, name: str) -> ModelVersion:
    """The version of this name that a joint model was trained over."""
    version = ModelVersion.objects.filter(name=name).first()
    if version is None:
        raise Unavailable(
            _("The joint model %(joint)s builds on %(name)s, which this site does not have.")
            % {"joint": joint.name, "name": name},
            code="model_missing",
        )
    return version


def load_version(version: ModelVersion) -> Pipeline:
    """The pipeline of a version, loaded once per process.

    Raises:
        Unavailable: Its folder is not there, or a file is missing or not what was registered.
    """
    key = (version.pk, version.manifest_sha256)
    with _lock:
        if key not in _loaded:
            _loaded[key] = _open(version)
        _loaded.move_to_end(key)
        while len(_loaded) > MAX_LOADED:
            _loaded.popitem(last=False)
        return _loaded[key]


def forget_loaded() -> None:
    """Drop every loaded pipeline, so that the next request reads its files again."""
    with _lock:
        _loaded.clear()


def _open(version: ModelVersion) -> Pipeline:
    """Verify and load a version's files."""
    folder = bundles.find_folder(version.folder)
    problem = _("Its folder is not there.") if folder is None else None
    if folder is not None:
        problem = bundles.find_problem(folder, manifest_sha256=version.manifest_sha256)
    if problem or folder is None:
        raise _broken(version, str(problem))
    try:
        if version.kind != Kind.BOTH:
            return _tell_custom(load_pipeline(folder, threads=settings.INFERENCE_THREADS))
        return _open_joint(version, load_bundle(folder))
    except ArtifactError as exc:
        raise _broken(version, str(exc)) from exc


def _tell_custom(pipeline: Pipeline) -> Pipeline:
    """A plot model that has learned the customs of catalogues answers in that of the site, where it knows that one."""
    learned = list_families(pipeline.bundle.preprocessing.get("customs", ()))
    if isinstance(pipeline, PlotPipeline) and settings.GENRE_CUSTOM in learned:
        return pipeline.with_custom(settings.GENRE_CUSTOM)
    return pipeline


def _open_joint(version: ModelVersion, bundle: Bundle) -> FusionPipeline:
    """A joint model over the pipelines that this process has loaded already."""
    plot = load_version(_find_part(version, str(bundle.preprocessing["plot"])))
    poster = load_version(_find_part(version, str(bundle.preprocessing["poster"])))
    return FusionPipeline(bundle, plot, poster, threads=settings.INFERENCE_THREADS)  # type: ignore[arg-type]


def _broken(version: ModelVersion, problem: str) -> Unavailable:
    return Unavailable(
        _("The model version %(name)s is not used: its files are not what they should be. %(problem)s")
        % {"name": version.name, "problem": problem},
        code="model_broken",
        details={"version": version.name},
    )


def _score(pipelines: dict[str, Pipeline], films: list[Film]) -> dict[str, list[GenreScores]]:
    """What each pipeline says of the films; a joint model is fed with what its parts said, not with the films."""
    # `Any`: which of the three classes a pipeline is follows from its kind, which the type checker cannot see.
    networks: dict[str, Any] = dict(pipelines)
    logits: dict[str, Float32Array] = {}
    if Kind.PLOT in networks:
        logits[Kind.PLOT.value] = networks[Kind.PLOT].logits([film.plot for film in films])
    if Kind.POSTER in networks:
        logits[Kind.POSTER.value] = networks[Kind.POSTER].logits([film.poster for film in films])
    if Kind.BOTH in networks:
        joint = networks[Kind.BOTH]
        texts = joint.read_plots([film.plot for film in films], logits[Kind.PLOT.value])
        logits[Kind.BOTH.value] = joint.fuse(texts, logits[Kind.POSTER.value])
    return {kind: _apply(pipelines[kind], rows) for kind, rows in logits.items()}


def _apply(pipeline: Pipeline, logits: Float32Array) -> list[GenreScores]:
    """Calibrated and decided scores from logits (N, G)."""
    bundle = pipeline.bundle
    return [
        GenreScores.decide(
            pipeline.genres, row, bundle.thresholds, flat_below=bundle.flat_below, single=bundle.single_label
        )
        for row in bundle.calibration.apply(logits)
    ]


def _decide(parts: tuple[Part, ...]) -> GenreScores:
    """The scores that count: those of the only part, of the joint model, or the mean of two parts."""
    by_kind = {part.kind: part.scores for part in parts}
    if Kind.BOTH in by_kind:
        return by_kind[Kind.BOTH.value]
    if len(parts) == 1:
        return parts[0].scores
    return average(by_kind[Kind.PLOT.value], by_kind[Kind.POSTER.value])


def average(first: GenreScores, second: GenreScores) -> GenreScores:
    """The mean of two models' calibrated probabilities and thresholds, genre by genre.

    A genre that only one of them knows keeps that one's figures. The result is unsure where no genre passes, or where
    both were unsure. This stands in while no joint model is in use.
    """
    values: dict[str, list[tuple[float, float]]] = {}
    for scores in (first, second):
        for genre, probability, threshold in zip(scores.genres, scores.probabilities, scores.thresholds, strict=True):
            values.setdefault(genre, []).append((float(probability), float(threshold)))
    genres = tuple(sorted(values))
    means = np.asarray([np.mean(values[genre], axis=0) for genre in genres], dtype=np.float32)
    decided = GenreScores.decide(genres, means[:, 0], means[:, 1])
    unsure = decided.unsure or (first.unsure and second.unsure)
    return GenreScores(genres, decided.probabilities, decided.thresholds, decided.decided, unsure)
