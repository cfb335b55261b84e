"""Where labels come from and what became of them: source or person, prediction, reviewer, versions trained on them."""

from collections.abc import Iterable
from dataclasses import dataclass

from genresite.accounts.models import User
from movies.models import GenreLabel, Movie
from predictor.models import Feedback, ModelVersion, Prediction, Review, TrainedOn
from predictor.models.feedback import FeedbackQuerySet


@dataclass(frozen=True)
class LabelLine:
    """One label of a film.

    Attributes:
        label: The label: its genre, and the source or person that says so.
        word: The accepted correction that it comes from, if it comes from one.
        visible: Whether the person who looks may open that correction's prediction.
        versions: The model versions that learned from it, the latest first.
    """

    label: GenreLabel
    word: Feedback | None
    visible: bool
    versions: list[ModelVersion]


@dataclass(frozen=True)
class WordLine:
    """One person's word on a prediction, and what was made of it."""

    word: Feedback
    versions: list[ModelVersion]


@dataclass(frozen=True)
class PredictionLineage:
    """What people said of a prediction, and for reviewers what each reviewer decided."""

    words: list[WordLine]
    reviews: list[Review]


def read_film_lineage(movie: Movie, person: User) -> list[LabelLine]:
    """The labels of a film with their lineage, by genre, in a fixed number of queries.

    Args:
        movie: The film.
        person: Who looks; predictions of others are not opened to them.

    Returns:
        One line for each label.
    """
    labels = GenreLabel.objects.filter(movie=movie).select_related("genre", "person")
    words = list(_select_words().filter(prediction__movie=movie, state=Feedback.State.ACCEPTED).order_by("-settled_at"))
    learned = TrainedOn.objects.filter(label=f"movie:{movie.pk}").select_related("version")
    of_film = _latest_first(row.version for row in learned)
    lines = []
    for label in labels:
        word = _find_word(label, words)
        versions = _latest_first([*of_film, *(row.version for row in word.trained_versions.all())]) if word else of_film
        lines.append(LabelLine(label, word, word is not None and _may_open(word.prediction, person), versions))
    return lines


def read_prediction_lineage(prediction: Prediction, person: User) -> PredictionLineage:
    """What became of the words on a prediction, in a fixed number of queries.

    Args:
        prediction: One that the person may see.
        person: Who looks; only reviewers see what each reviewer decided.

    Returns:
        The words that were settled, and the reviews.
    """
    settled = _select_words().filter(prediction=prediction).exclude(state=Feedback.State.PROPOSED).order_by("pk")
    reviews = Review.objects.live().filter(prediction=prediction).listed().order_by("pk")
    return PredictionLineage(
        [WordLine(word, _latest_first(row.version for row in word.trained_versions.all())) for word in settled],
        list(reviews) if person.is_reviewer else [],
    )


def _select_words() -> FeedbackQuerySet:
    words = Feedback.objects.select_related("author", "settled_by", "prediction")
    return words.prefetch_related("genres", "trained_versions__version")


def _find_word(label: GenreLabel, words: list[Feedback]) -> Feedback | None:
    """The latest accepted correction that gave a person's label."""
    if label.source != GenreLabel.PERSON:
        return None
    return next(
        (
            word
            for word in words
            if label.person_id in (word.author_id, word.settled_by_id)
            and label.genre_id in {genre.pk for genre in word.genres.all()}
        ),
        None,
    )


def _may_open(prediction: Prediction, person: User) -> bool:
    return bool(person.is_reviewer or prediction.owner_id == person.pk)


def _latest_first(versions: Iterable[ModelVersion]) -> list[ModelVersion]:
    return sorted({version.pk: version for version in versions}.values(), key=lambda version: -version.pk)
