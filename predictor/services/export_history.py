"""What an exported prediction or correction says: everything that brings it back, but a poster's picture."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Prefetch, QuerySet

from movies.models import Movie
from predictor.models import DecidedGenre, Feedback, Prediction, PredictionPart

if TYPE_CHECKING:
    from genresite.accounts.models import User

Row = dict[str, Any]
FILM_FACTS: Final = ("title", "year", "kind", "imdb_id", "tmdb_id")
PART_FACTS: Final = ("kind", "model", "genres", "unsure", "scores")
# What a prediction is made of in both exports, beside its own number, moment and text.
_FACTS: Final = (
    "film", "poster_sha256", "poster_width", "poster_height", "unsure", "scores", "duration_ms", "models", "parts",
)  # fmt: skip
HISTORY_COLUMNS: Final = (
    "id", "created_at", "owner", "origin", "made_from", "title", "movie", "plot", "genres", "corrections", *_FACTS,
)  # fmt: skip
CORRECTION_COLUMNS: Final = (
    "id", "created_at", "updated_at", "author", "state", "settled_by", "settled_at", "prediction", "title", "plot",
    "predicted", "genres", "authors_genres", "note", "predicted_at", "owner", "origin", "made_from", "movie", *_FACTS,
)  # fmt: skip


def select_history(person: "User") -> QuerySet[Any]:
    """A person's predictions, with all that their rows say."""
    said = Feedback.objects.select_related("author", "settled_by").prefetch_related("genres").order_by("pk")
    chosen = Prediction.objects.visible_to(person).select_related("owner", "movie", "brought_in_row")
    return chosen.prefetch_related(
        Prefetch("decided_genres", DecidedGenre.objects.select_related("genre")),
        Prefetch("parts", PredictionPart.objects.select_related("version")),
        Prefetch("feedback", said),
    )


def select_corrections(person: "User") -> QuerySet[Any]:
    """The corrections that a person sees, with all that their rows say."""
    related = ("author", "settled_by", "prediction__owner", "prediction__movie", "prediction__brought_in_row")
    parts = Prefetch("prediction__parts", PredictionPart.objects.select_related("version"))
    visible = Feedback.objects.visible_to(person).select_related(*related)
    return visible.prefetch_related("genres", "prediction__decided_genres__genre", parts)


def describe_prediction(prediction: Prediction) -> Iterator[Row]:
    """A prediction with what people say of it."""
    yield {
        "id": prediction.pk,
        "created_at": prediction.created_at.isoformat(),
        **_describe_who(prediction),
        "plot": prediction.plot,
        "genres": _decided(prediction),
        "corrections": [_describe_word(feedback) for feedback in prediction.feedback.all()],
        **_describe_answer(prediction),
    }


def describe_correction(feedback: Feedback) -> Iterator[Row]:
    """A correction with the prediction that it is about."""
    prediction = feedback.prediction
    yield {
        "id": feedback.pk,
        **_describe_word(feedback),
        "prediction": prediction.pk,
        "plot": prediction.plot,
        "predicted": _decided(prediction),
        "predicted_at": prediction.created_at.isoformat(),
        **_describe_who(prediction),
        **_describe_answer(prediction),
    }


def _describe_word(feedback: Feedback) -> Row:
    return {
        "author": feedback.author.username if feedback.author else None,
        "genres": [genre.name for genre in feedback.genres.all()],
        "authors_genres": feedback.authors_genres,
        "state": feedback.state,
        "note": feedback.note,
        "created_at": feedback.created_at.isoformat(),
        "updated_at": feedback.updated_at.isoformat(),
        "settled_by": feedback.settled_by.username if feedback.settled_by else None,
        "settled_at": feedback.settled_at.isoformat() if feedback.settled_at else None,
    }


def _describe_who(prediction: Prediction) -> Row:
    return {
        "owner": prediction.owner.username if prediction.owner else None,
        "origin": prediction.origin,
        "made_from": prediction.kind,
        "title": prediction.title,
        "movie": prediction.movie_id,
    }


def _describe_answer(prediction: Prediction) -> Row:
    parts = _describe_parts(prediction)
    return {
        "film": _describe_film(prediction.movie),
        "poster_sha256": prediction.poster_sha256,
        "poster_width": prediction.poster_width,
        "poster_height": prediction.poster_height,
        "unsure": prediction.unsure,
        "scores": prediction.scores,
        "duration_ms": prediction.duration_ms,
        "models": {part["kind"]: part["model"] for part in parts},
        # Of a single version the row itself says all; saying it twice would double the file.
        "parts": parts if len(parts) > 1 else [],
    }


def _describe_parts(prediction: Prediction) -> list[Row]:
    """What each version said, those included that the site does not have."""
    own = [
        {
            "kind": part.kind,
            "model": part.version.name,
            "genres": part.decided,
            "unsure": part.unsure,
            "scores": part.scores,
        }
        for part in prediction.parts.all()
    ]
    brought_in = getattr(prediction, "brought_in_row", None)
    # PostgreSQL keeps the names of an object in an order of its own.
    foreign = [{name: part[name] for name in PART_FACTS} for part in (brought_in.foreign_parts if brought_in else [])]
    return sorted([*own, *foreign], key=lambda part: str(part["kind"]))


def _describe_film(movie: Movie | None) -> Row | None:
    """What the film is recognised by on another site, where it has another number."""
    return {name: getattr(movie, name) for name in FILM_FACTS} if movie else None


def _decided(prediction: Prediction) -> list[str]:
    return [row.genre.name for row in prediction.decided_genres.all()]
