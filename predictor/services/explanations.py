"""Explanations: which words of a prediction's plot, and which regions of its poster, speak for a genre."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.cache import cache
from django.utils.translation import gettext as _
from PIL import Image

from genresite.errors import InvalidInput, NotFound
from predictor import pipelines
from predictor.heat_pictures import draw_overlay
from predictor.ml.explain import PlotExplanation, explain_plot
from predictor.ml.heat_maps import OCCLUSION, HeatMap, Spot, explain_poster
from predictor.models import Kind, ModelVersion, Prediction
from predictor.pipelines import Rgb
from predictor.services.standings import Standing, read_standing

# The page shows the heat map's picture by a second request; both need the same answer of the model.
HEAT_KEPT_SECONDS = 600
VALUE_DIGITS = 4


@dataclass(frozen=True)
class ReasonSpan:
    """A word or a phrase of the plot: its place in characters, its weight in log-odds, and how it is marked."""

    start: int
    end: int
    text: str
    weight: float
    level: int


@dataclass(frozen=True, eq=False)
class PlotReason:
    """What the words of the plot did, under the version that scored it."""

    version: ModelVersion
    spans: list[ReasonSpan]


@dataclass(frozen=True, eq=False)
class PosterReason:
    """Where the poster speaks for the genre, under the version that scored it."""

    version: ModelVersion
    heat: HeatMap

    @property
    def rounded_values(self) -> list[list[float]]:
        """The cells' values row by row, as they are sent."""
        return _round(self.heat.values.tolist())

    @property
    def rounded_weights(self) -> list[list[float]]:
        """The cells' log-odds row by row, those that speak against the genre below 0."""
        return _round(self.heat.contributions.tolist())

    @property
    def spot_for(self) -> Spot | None:
        """Where the poster speaks most for the genre."""
        return self.heat.find_spot()

    @property
    def spot_against(self) -> Spot | None:
        """Where the poster speaks most against the genre."""
        return self.heat.find_spot(against=True)


def _round(rows: list[list[float]]) -> list[list[float]]:
    return [[round(value, VALUE_DIGITS) for value in row] for row in rows]


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a prediction has a genre, or has it not.

    Attributes:
        genre: The genre.
        standing: How likely it was found, and how far that is from being named.
        plot: What the plot's words did; None without a plot, or where its model does not know the genre.
        poster: Where the poster speaks for the genre; None likewise.
    """

    genre: str
    standing: Standing
    plot: PlotReason | None
    poster: PosterReason | None


def explain_prediction(
    *, prediction: Prediction, genre: str, method: str = OCCLUSION, with_poster: bool = True
) -> Explanation:
    """Ask the versions that made a prediction why it has a genre, or has it not. Nothing is stored.

    Where plot and poster were given, each is explained by the model that read it.

    Args:
        prediction: One that the person may see.
        genre: One of its scored genres.
        method: How the heat map is made, one of `predictor.ml.heat_maps.METHODS`.
        with_poster: Whether the poster is looked at as well, which takes the most time.

    Returns:
        The explanation.

    Raises:
        InvalidInput: The prediction has no score for this genre (`genre_unknown`).
        NotFound: The poster's file is gone.
        Unavailable: A version that made the prediction is no longer there, or its files changed.
    """
    if genre not in prediction.scores:
        raise InvalidInput(
            _("This prediction has scores for %(known)s; there is none for “%(genre)s”.")
            % {"known": ", ".join(sorted(prediction.scores)), "genre": genre},
            code="genre_unknown",
            field="genre",
        )
    versions = {part.kind: part.version for part in prediction.parts.all()}
    plot, poster = versions.get(Kind.PLOT.value), versions.get(Kind.POSTER.value)
    return Explanation(
        genre=genre,
        standing=read_standing(prediction=prediction, genre=genre),
        plot=_explain_plot(prediction, plot, genre) if plot else None,
        poster=_explain_poster(prediction, poster, genre, method) if poster and with_poster else None,
    )


def draw_heat_map(*, prediction: Prediction, genre: str) -> bytes:
    """The heat map of a prediction's poster as a picture to lay over the poster.

    Args:
        prediction: One that the person may see.
        genre: One of its scored genres.

    Returns:
        A PNG of the poster's proportions: dark where nothing speaks for the genre, clear where much does.

    Raises:
        NotFound: There is no poster, or its model does not know the genre.
        Unavailable: The version that scored it is no longer there, or its files changed.
    """
    version = next((part.version for part in prediction.parts.all() if part.kind == Kind.POSTER), None)
    reason = _explain_poster(prediction, version, genre, OCCLUSION) if version else None
    if reason is None:
        raise NotFound(_("There is no heat map of this poster for “%(genre)s”.") % {"genre": genre}, code="no_heat_map")
    return draw_overlay(reason.heat)


def _load(version: ModelVersion) -> Any:
    # `Any`: which of the three classes it is follows from its kind, which the type checker cannot see.
    return pipelines.load_version(version)


def _explain_plot(prediction: Prediction, version: ModelVersion, genre: str) -> PlotReason | None:
    pipeline = _load(version)
    if genre not in pipeline.genres:
        return None
    return PlotReason(version, _list_spans(prediction.plot, explain_plot(pipeline, prediction.plot, genre)))


def _list_spans(plot: str, explanation: PlotExplanation) -> list[ReasonSpan]:
    column = explanation.genres.index(explanation.genre)
    levels = {mark.start: mark.level for mark in explanation.marks()}
    return [
        ReasonSpan(
            start=span.start,
            end=span.end,
            text=plot[span.start : span.end],
            weight=round(float(span.weights[column]), VALUE_DIGITS),
            level=levels.get(span.start, 0),
        )
        for span in explanation.spans
    ]


def _explain_poster(prediction: Prediction, version: ModelVersion, genre: str, method: str) -> PosterReason | None:
    pipeline = _load(version)
    if genre not in pipeline.genres:
        return None
    key = f"heat-map:{prediction.pk}:{version.pk}:{version.manifest_sha256}:{pipeline.genres.index(genre)}:{method}"
    heat = cache.get(key)
    if heat is None:
        heat = explain_poster(pipeline, _read_pixels(prediction), genre, method=method)
        cache.set(key, heat, HEAT_KEPT_SECONDS)
    return PosterReason(version, heat)


def _read_pixels(prediction: Prediction) -> Rgb:
    """The stored poster's pixels, uint8 (H, W, 3)."""
    try:
        with prediction.poster_file.open("rb") as stream, Image.open(stream) as picture:
            return np.asarray(picture.convert("RGB"))
    except (ValueError, OSError) as exc:
        raise NotFound(_("This prediction has no poster."), code="poster_missing") from exc
