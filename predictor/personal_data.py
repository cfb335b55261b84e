"""What predictions, corrections, reviews, jobs, batches, exports, share links and imports keep about a person."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from django.db.models import Q

from genresite.accounts.personal_data import Row, Section, register
from predictor.models import (
    Batch,
    Export,
    Feedback,
    HistoryImport,
    Job,
    Prediction,
    Review,
    ReviewHabits,
    ShareLink,
    VersionAnswer,
)

if TYPE_CHECKING:
    from genresite.accounts.models import User

_CHUNK_ROWS = 500


def register_sections() -> None:
    """Tell the account of everything that this app keeps."""
    register(
        Section("predictions", _read_predictions, _prediction_files, _forget_predictions),
        Section("corrections", _read_corrections, forget=_forget_corrections),
        Section("reviews", _read_reviews),
        Section("review-habits", _read_habits),
        Section("jobs", _read_jobs, forget=_forget_jobs),
        Section("batches", _read_batches, _batch_files, _batch_files),
        Section("exports", _read_exports, forget=_export_files),
        Section("share-links", _read_shares),
        Section("history-imports", _read_history_imports),
    )


def _read_predictions(user: "User") -> Iterator[Row]:
    mine = Prediction.objects.filter(owner=user).order_by("pk").prefetch_related("decided_genres__genre")
    for prediction in mine.iterator(_CHUNK_ROWS):
        yield {
            "id": prediction.pk,
            "created_at": prediction.created_at,
            "origin": prediction.origin,
            "title": prediction.title,
            "movie": prediction.movie_id,
            "plot": prediction.plot,
            "poster": prediction.poster_file.name,
            "genres": [decided.genre.name for decided in prediction.decided_genres.all()],
            "unsure": prediction.unsure,
            "scores": prediction.scores,
        }


def _files_of(mine: "Iterable[tuple[str, ...]]") -> list[str]:
    return [name for names in mine for name in names if name]


def _prediction_files(user: "User") -> list[str]:
    return _files_of(Prediction.objects.filter(owner=user).values_list("poster_file"))


def _forget_predictions(user: "User") -> list[str]:
    """Let go of predictions that carry accepted labels; the others go, and these are their files."""
    # What stays for the labels that it carries is not to be seen by a link any more.
    ShareLink.objects.owned_by(user).delete()
    accepted = Prediction.objects.filter(owner=user, feedback__state=Feedback.State.ACCEPTED)
    kept = list(accepted.values_list("pk", flat=True).distinct())
    for start in range(0, len(kept), _CHUNK_ROWS):
        some = kept[start : start + _CHUNK_ROWS]
        Prediction.objects.filter(pk__in=some).update(owner=None, submission=None)
        VersionAnswer.objects.filter(prediction__in=some).update(owner=None)
    return _files_of(Prediction.objects.filter(owner=user).values_list("poster_file", "poster_thumbnail"))


def _read_corrections(user: "User") -> Iterator[Row]:
    said = Feedback.objects.filter(Q(author=user) | Q(settled_by=user)).order_by("pk").prefetch_related("genres")
    for feedback in said.iterator(_CHUNK_ROWS):
        yield {
            "id": feedback.pk,
            "prediction": feedback.prediction_id,
            "genres": [genre.name for genre in feedback.genres.all()],
            "note": feedback.note if feedback.author_id == user.pk else None,
            "said_by_me": feedback.author_id == user.pk,
            "settled_by_me": feedback.settled_by_id == user.pk,
            "state": feedback.state,
            "created_at": feedback.created_at,
            "settled_at": feedback.settled_at,
        }


def _forget_corrections(user: "User") -> list[str]:
    """What was never accepted goes; what was stays, without the name and the remark."""
    mine = Feedback.objects.filter(author=user)
    mine.exclude(state=Feedback.State.ACCEPTED).delete()
    mine.update(note="")
    Review.objects.filter(reviewer=user).update(note="")
    return []


def _read_reviews(user: "User") -> Iterator[Row]:
    fields = ("id", "prediction", "task", "verdict", "chosen_names", "note", "created_at", "undone_at")
    yield from Review.objects.filter(reviewer=user).order_by("pk").values(*fields).iterator(_CHUNK_ROWS)


def _read_habits(user: "User") -> Iterator[Row]:
    yield from ReviewHabits.objects.filter(person=user).values("shortcuts", "blind", "daily_goal")


def _read_jobs(user: "User") -> Iterator[Row]:
    fields = ("id", "kind", "state", "parameters", "outcome", "failure", "created_at", "started_at", "finished_at")
    yield from Job.objects.filter(requested_by=user).order_by("pk").values(*fields).iterator(_CHUNK_ROWS)


def _forget_jobs(user: "User") -> list[str]:
    """Nobody is left to whom the work would go: what waits or runs is called off."""
    mine = Job.objects.filter(requested_by=user)
    mine.filter(state=Job.State.QUEUED).update(state=Job.State.CANCELLED, cancel_requested=True)
    mine.filter(state=Job.State.RUNNING).update(cancel_requested=True)
    return []


def _read_batches(user: "User") -> Iterator[Row]:
    fields = ("id", "name", "form", "source", "size_bytes", "rows", "failed_rows", "created_at")
    yield from Batch.objects.filter(owner=user).order_by("pk").values(*fields)


def _batch_files(user: "User") -> list[str]:
    return _files_of(Batch.objects.filter(owner=user).values_list("source", "rows_file"))


def _read_exports(user: "User") -> Iterator[Row]:
    fields = ("id", "subject", "form", "filters", "size_bytes", "created_at")
    yield from Export.objects.filter(owner=user).order_by("pk").values(*fields)


def _export_files(user: "User") -> list[str]:
    return _files_of(Export.objects.filter(owner=user).values_list("file"))


def _read_shares(user: "User") -> Iterator[Row]:
    """Without the links themselves: whoever finds the download must not be able to open them."""
    fields = ("prediction", "show_plot", "show_poster", "created_at", "expires_at")
    yield from ShareLink.objects.owned_by(user).order_by("pk").values(*fields).iterator(_CHUNK_ROWS)


def _read_history_imports(user: "User") -> Iterator[Row]:
    """What a member of staff brought in; it stays without the name."""
    fields = ("id", "source", "file_name", "created_at")
    yield from HistoryImport.objects.filter(person=user).order_by("pk").values(*fields)
