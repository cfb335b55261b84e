"""Where labels come from, as parts of the pages of films and predictions."""

from typing import Any

from django import template

from movies.models import Movie
from predictor.models import Prediction
from predictor.selectors.lineage import read_film_lineage, read_prediction_lineage

register = template.Library()


@register.inclusion_tag("predictor/lineage_film.html", takes_context=True)
def film_lineage(context: dict[str, Any], movie: Movie) -> dict[str, Any]:
    """Who says that the film has each of its genres, and which versions learned from it."""
    return {"lines": read_film_lineage(movie, context["user"])}


@register.inclusion_tag("predictor/lineage_prediction.html", takes_context=True)
def prediction_lineage(context: dict[str, Any], prediction: Prediction) -> dict[str, Any]:
    """What reviewers made of the words on a prediction, and which versions learned from them."""
    return {"lineage": read_prediction_lineage(prediction, context["user"])}
