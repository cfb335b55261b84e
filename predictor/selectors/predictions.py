"""Reads for the pages of predictions: the scores, why, and what people say."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from genresite.accounts.models import User
from movies.models import Genre
from predictor.explanation_panel import ExplanationPanel, read_explanation_panel
from predictor.forms import FeedbackForm, FilmForm
from predictor.models import Feedback, Prediction
from predictor.selectors.scores import TOP_COUNT, BarRow, ScoreSheet, Voice, build_rows
from predictor.share_forms import ShareForm
from predictor.share_panel import SharePanel, read_share_panel


@dataclass(frozen=True)
class GenreChoice:
    """One genre of the list that is ticked to correct a prediction."""

    row: BarRow
    checked: bool


@dataclass(frozen=True)
class FeedbackPanel:
    """What is said of a prediction, and the form to say it."""

    prediction: Prediction
    form: FeedbackForm
    own: Feedback | None
    others: list[Feedback]
    rows: list[BarRow]

    @property
    def choices(self) -> list[GenreChoice]:
        """Every genre to tick, the likely ones first."""
        chosen = self.form.chosen
        return [GenreChoice(row, row.name in chosen) for row in self.rows]


@dataclass(frozen=True)
class PredictionPage(ScoreSheet):
    """Everything that a prediction's page shows."""

    prediction: Prediction
    panel: FeedbackPanel
    why: ExplanationPanel
    why_unsure: str = ""
    sharing: SharePanel | None = None
    film_form: FilmForm | None = None


def read_prediction_page(
    prediction: Prediction,
    user: User,
    *,
    explain: str = "",
    share_form: ShareForm | None = None,
    film_form: FilmForm | None = None,
) -> PredictionPage:
    """What the page of a prediction shows, with the reasons for the genre `explain` if one is named.

    `share_form` and `film_form` are what was sent to share it or to add its film, where that is to be shown again.

    The prediction must come from `Prediction.objects.listed()`.
    """
    decided = {row.genre.name for row in prediction.decided_genres.all()}
    ordered = build_rows(prediction.scores, decided)
    likely = [row.name for row in ordered if row.decided] or [row.name for row in ordered[:TOP_COUNT]]
    return PredictionPage.build(
        kind=prediction.kind,
        scores=prediction.scores,
        decided=decided,
        voices=[
            Voice(part.kind, part.version, part.scores, part.decided, part.unsure) for part in prediction.parts.all()
        ],
        prediction=prediction,
        panel=read_feedback_panel(prediction, user),
        why=read_explanation_panel(prediction, likely, explain),
        why_unsure=explain_unsure(prediction.unsure, decided),
        sharing=read_share_panel(prediction, user, form=share_form),
        film_form=film_form or FilmForm(initial={"title": prediction.title}),
    )


def explain_unsure(unsure: bool, decided: Collection[str]) -> str:
    """The reason for the unsure mark in plain words."""
    if not unsure:
        return ""
    if decided:
        return _("The models found no genre that stands out clearly. Take these as hints, and decide yourself.")
    return _("No genre is likely enough to be named. These are the likeliest ones; please decide yourself.")


def read_feedback_panel(prediction: Prediction, user: User, *, data: Any = None) -> FeedbackPanel:
    """The feedback of a prediction and the form to give one's own, filled with `data` where it was sent."""
    said = list(prediction.feedback.all())
    own = next((one for one in said if one.author_id == user.pk), None)
    decided = {row.genre.name for row in prediction.decided_genres.all()}
    rows = build_rows(prediction.scores, decided)
    scored = {row.name for row in rows}
    rows += [BarRow(genre.name, 0.0) for genre in Genre.objects.all() if genre.name not in scored]
    initial: dict[str, Any] = {"genres": sorted(decided)}
    if own is not None:
        initial = {"genres": [genre.name for genre in own.genres.all()], "note": own.note}
    form = FeedbackForm(data, initial=initial, names=[row.name for row in rows])
    return FeedbackPanel(prediction, form, own, [one for one in said if one is not own], rows)
