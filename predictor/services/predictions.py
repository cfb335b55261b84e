"""Predictions: check what was given, ask the models, and keep the answer as a whole or not at all."""

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from genresite.errors import InvalidInput, Unavailable
from movies.images import VerifiedPoster, read_poster
from movies.models import Genre, Movie
from movies.validators import TITLE_MAX_CHARS, clean_line, clean_plot
from predictor import pipelines
from predictor.ml.examples import GenreScores
from predictor.models import DecidedGenre, ModelVersion, Prediction, PredictionPart
from predictor.pipelines import Answer, Film

if TYPE_CHECKING:
    from genresite.accounts.models import User

# Six digits tell any two scores apart that a person or program could want to, and keep rows small.
SCORE_DIGITS = 6


@dataclass(frozen=True, eq=False)
class CleanInput:
    """What somebody gave, checked: a plot, a poster, or both."""

    plot: str
    poster: VerifiedPoster | None

    @property
    def film(self) -> Film:
        """What the models are asked about."""
        return Film(self.plot, None if self.poster is None else self.poster.rgb)


def clean_input(*, plot: str = "", poster_bytes: bytes | None = None) -> CleanInput:
    """Check a plot and a poster.

    Args:
        plot: The text; blank means that none was given.
        poster_bytes: The poster's file, or None.

    Returns:
        The checked input.

    Raises:
        InvalidInput: One of the two breaks its rule, or neither was given (`nothing_given`).
    """
    if not plot.strip() and poster_bytes is None:
        raise InvalidInput(_("Give a plot, a poster, or both: neither came."), code="nothing_given", field="plot")
    cleaned = clean_plot(plot) if plot.strip() else ""
    return CleanInput(cleaned, None if poster_bytes is None else read_poster(poster_bytes))


def predict_once(*, plot: str = "", poster_bytes: bytes | None = None, version: ModelVersion | None = None) -> Answer:
    """Ask the models about one film and keep nothing.

    Args:
        plot: The text, or blank.
        poster_bytes: The poster's file, or None.
        version: A version to ask instead of the active one of its kind.

    Returns:
        The answer.

    Raises:
        InvalidInput: What was given breaks a rule.
        Unavailable: A model that is needed is not there.
    """
    return pipelines.predict([clean_input(plot=plot, poster_bytes=poster_bytes).film], version=version)[0]


def record_prediction(
    *,
    owner: "User",
    origin: str,
    plot: str = "",
    poster_bytes: bytes | None = None,
    title: str = "",
    movie: Movie | None = None,
    submission: UUID | None = None,
) -> Prediction:
    """Ask the models about a film and keep the answer.

    Args:
        owner: Whose prediction it is.
        origin: One of `Prediction.Origin`.
        plot: The text, or blank.
        poster_bytes: The poster's file, or None.
        title: What the person calls the film; by default the catalogue film's title.
        movie: The catalogue's film, if it is one.
        submission: One-time key of the form: the same form sent twice makes one prediction.

    Returns:
        The stored prediction, or the one that this form made before.

    Raises:
        InvalidInput: What was given breaks a rule.
        Unavailable: A model that is needed is not there.
    """
    title = clean_line(title, field="title", label=_("title"), max_chars=TITLE_MAX_CHARS, required=False)
    title = title or (movie.title if movie else "")
    given = clean_input(plot=plot, poster_bytes=poster_bytes)
    earlier = _find_submitted(owner, submission)
    if earlier is not None and _is_about(earlier, given, title, movie):
        return earlier
    (answer,) = pipelines.predict([given.film])
    # A page that came back from the browser's memory may carry a used key with new words: that is a new prediction.
    key = submission if earlier is None else None
    try:
        return store_answer(
            owner=owner, origin=origin, given=given, answer=answer, title=title, movie=movie, submission=key
        )
    except IntegrityError:
        # The same form, sent twice at the same moment, was stored by the other request.
        earlier = _find_submitted(owner, key)
        if earlier is None:
            raise
        return earlier


def _find_submitted(owner: "User", submission: UUID | None) -> Prediction | None:
    if submission is None:
        return None
    return Prediction.objects.filter(owner=owner, submission=submission).first()


def _is_about(prediction: Prediction, given: CleanInput, title: str, movie: Movie | None) -> bool:
    sha256 = given.poster.sha256 if given.poster else ""
    before = (prediction.plot, prediction.poster_sha256, prediction.title, prediction.movie_id)
    return before == (given.plot, sha256, title, movie.pk if movie else None)


def store_answer(
    *,
    owner: "User",
    origin: str,
    given: CleanInput,
    answer: Answer,
    title: str = "",
    movie: Movie | None = None,
    submission: UUID | None = None,
) -> Prediction:
    """Write a prediction, its parts and its decided genres; all of it, files included, or nothing.

    Args:
        owner: Whose prediction it is.
        origin: One of `Prediction.Origin`.
        given: What the models were asked about.
        answer: What they said.
        title: What the person calls the film.
        movie: The catalogue's film, if it is one.
        submission: One-time key of the form.

    Returns:
        The stored prediction.

    Raises:
        Unavailable: The models name a genre that the catalogue does not have.
    """
    prediction = Prediction(
        owner=owner,
        origin=origin,
        kind=answer.kind,
        title=title,
        movie=movie,
        plot=given.plot,
        scores=as_json(answer.scores),
        unsure=answer.scores.unsure,
        duration_ms=round(answer.duration_ms, 2),
        submission=submission,
    )
    with contextlib.ExitStack() as undo:
        if given.poster is not None:
            _write_poster(prediction, given.poster, undo)
        with transaction.atomic():
            prediction.save()
            PredictionPart.objects.bulk_create(_part_rows(prediction, answer))
            DecidedGenre.objects.bulk_create(_decided_rows(prediction, answer.scores))
        undo.pop_all()
    return prediction


def _write_poster(prediction: Prediction, poster: VerifiedPoster, undo: contextlib.ExitStack) -> None:
    """Write the re-encoded poster; `undo` removes each file unless the rows get stored."""
    prediction.poster_sha256 = poster.sha256
    prediction.poster_width, prediction.poster_height = poster.width, poster.height
    for field, content in ((prediction.poster_file, poster.webp), (prediction.poster_thumbnail, poster.thumbnail)):
        field.save(f"{uuid4().hex}.webp", ContentFile(content), save=False)
        undo.callback(default_storage.delete, str(field.name))


def _part_rows(prediction: Prediction, answer: Answer) -> list[PredictionPart]:
    return [
        PredictionPart(
            prediction=prediction,
            kind=part.kind,
            version=part.version,
            scores=as_json(part.scores),
            decided=list(part.scores.decided),
            unsure=part.scores.unsure,
        )
        for part in answer.parts
    ]


def _decided_rows(prediction: Prediction, scores: GenreScores) -> list[DecidedGenre]:
    known = {genre.name: genre for genre in Genre.objects.filter(name__in=scores.decided)}
    missing = [name for name in scores.decided if name not in known]
    if missing:
        raise Unavailable(
            _("The model names genres that this site's catalogue does not have: %(names)s.")
            % {"names": ", ".join(missing)},
            code="genre_missing",
        )
    probabilities = as_json(scores)
    return [
        DecidedGenre(prediction=prediction, genre=known[name], rank=rank, probability=probabilities[name])
        for rank, name in enumerate(scores.decided, start=1)
    ]


def as_json(scores: GenreScores) -> dict[str, float]:
    """Every genre's probability as it is stored and sent: rounded to six digits."""
    return {name: round(value, SCORE_DIGITS) for name, value in scores.as_dict().items()}
