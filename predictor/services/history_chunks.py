"""A chunk of a brought-in history: what is here of it, what is missing, and one write of all that."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from movies.rows import RowError
from predictor.history_rows import HistoryRow, Word, prediction_key
from predictor.models import (
    DecidedGenre,
    Feedback,
    HistoryImport,
    ImportedFeedback,
    ImportedPrediction,
    Prediction,
    PredictionPart,
)
from predictor.models.names import join_names
from predictor.services.history_links import Links


@dataclass
class Counts:
    """What came of the rows of a chunk; the names are those of `HistorySummary`."""

    made: int = 0
    completed: int = 0
    unchanged: int = 0
    corrections: int = 0
    without_person: int = 0
    without_film: int = 0
    without_version: int = 0


@dataclass(eq=False)
class _Known:
    """A prediction as it is here, or as it will be after this chunk, and which words are said of it already."""

    prediction: Prediction
    authors: set[int] = field(default_factory=set)
    moments: set[datetime] = field(default_factory=set)
    nameless: set[datetime] = field(default_factory=set)

    def has(self, moment: datetime, author_pk: int | None) -> bool:
        """Whether a word is here: by its author, else by its moment, for an account may have gone since."""
        if author_pk is None:
            return moment in self.moments
        return author_pk in self.authors or moment in self.nameless

    def add(self, moment: datetime, author_pk: int | None) -> None:
        """Note a word."""
        self.moments.add(moment)
        if author_pk is None:
            self.nameless.add(moment)
        else:
            self.authors.add(author_pk)


Seen = dict[str, _Known]


class Chunk:
    """Rows that are looked up, planned and written together; made anew for every try.

    Args:
        links: What names mean here.
        seen: What earlier chunks of a dry run would have brought, by key.
    """

    def __init__(self, links: Links, seen: Seen) -> None:
        self.counts = Counts()
        self.errors: list[RowError] = []
        self.seen = seen
        self._links = links
        self._new: list[tuple[Prediction, HistoryRow]] = []
        self._words: list[tuple[Feedback, Word]] = []

    def plan(self, rows: list[HistoryRow], *, lock: bool) -> None:
        """Look up what is here, and note what is missing; inside the transaction that will write."""
        self._links.look_up(rows)
        self._look_up(rows, lock=lock)
        for row in rows:
            unknown = sorted(row.all_genres - self._links.genres.keys())
            if unknown:
                message = _("There is no genre called %(names)s here.") % {"names": ", ".join(unknown[:5])}
                self.errors.append(RowError(row.file, row.line, "genre_unknown", message, "genres"))
                continue
            self._note(row)

    def _look_up(self, rows: list[HistoryRow], *, lock: bool) -> None:
        # The moment alone has an index and is nearly always one prediction's.
        found = Prediction.objects.filter(created_at__in={row.created_at for row in rows}).order_by("pk")
        for prediction in found.select_for_update(of=("self",)) if lock else found:
            key = prediction_key(prediction.created_at, prediction.kind, prediction.plot, prediction.poster_sha256)
            self.seen.setdefault(key, _Known(prediction))
        by_pk = {known.prediction.pk: known for known in self.seen.values() if known.prediction.pk}
        said = Feedback.objects.filter(prediction__in=by_pk).values_list("prediction", "author", "created_at")
        for prediction_pk, author_pk, created_at in said:
            by_pk[prediction_pk].add(created_at, author_pk)

    def _note(self, row: HistoryRow) -> None:
        known = self.seen.get(row.key)
        made = known is None
        if known is None:
            known = self.seen[row.key] = _Known(self._build(row))
            self._new.append((known.prediction, row))
        added = sum(self._note_word(known, word) for word in row.words)
        outcome = "made" if made else "completed" if added else "unchanged"
        setattr(self.counts, outcome, getattr(self.counts, outcome) + 1)

    def _build(self, row: HistoryRow) -> Prediction:
        owner, movie = self._links.person(row.owner), self._links.film(row.film)
        self.counts.without_person += bool(row.owner and owner is None)
        self.counts.without_film += bool(row.film and movie is None)
        self.counts.without_version += any(self._links.version(part) is None for part in row.parts)
        return Prediction(
            owner=owner,
            created_at=row.created_at,
            origin=row.origin,
            kind=row.kind,
            title=row.title,
            movie=movie,
            plot=row.plot,
            poster_sha256=row.poster_sha256,
            poster_width=row.poster_width,
            poster_height=row.poster_height,
            scores=row.scores,
            unsure=row.unsure,
            duration_ms=row.duration_ms,
        )

    def _note_word(self, known: _Known, word: Word) -> bool:
        author = self._links.person(word.author)
        author_pk = author.pk if author else None
        if known.has(word.created_at, author_pk):
            return False
        known.add(word.created_at, author_pk)
        self.counts.corrections += 1
        self.counts.without_person += bool(word.author and author is None)
        feedback = Feedback(
            prediction=known.prediction,
            author=author,
            authors_names=join_names(word.authors_genres),
            note=word.note,
            state=word.state,
            created_at=word.created_at,
            settled_by=self._links.person(word.settled_by),
            settled_at=word.settled_at,
        )
        self._words.append((feedback, word))
        return True

    # --- the write --------------------------------------------------------------------------------
    def write(self, origin: HistoryImport) -> None:
        """Write everything that was noted, in the transaction that looked it up.

        Args:
            origin: What the new rows name; stored here if it is not yet.
        """
        if not self._new and not self._words:
            return
        if not HistoryImport.objects.filter(pk=origin.pk).exists():
            origin.pk = None
            origin.save(force_insert=True)
        Prediction.objects.bulk_create([prediction for prediction, _row in self._new])
        for model, build in ((PredictionPart, self._parts), (DecidedGenre, self._decided)):
            model._default_manager.bulk_create([item for made in self._new for item in build(*made)])
        ImportedPrediction.objects.bulk_create([self._name_origin(origin, *made) for made in self._new])
        self._write_words(origin)

    def _parts(self, prediction: Prediction, row: HistoryRow) -> list[Any]:
        known = [(part, self._links.version(part)) for part in row.parts]
        return [
            PredictionPart(
                prediction=prediction,
                kind=part.kind,
                version=version,
                scores=part.scores,
                decided=list(part.genres),
                unsure=part.unsure,
            )
            for part, version in known
            if version is not None
        ]

    def _decided(self, prediction: Prediction, row: HistoryRow) -> list[Any]:
        return [
            DecidedGenre(prediction=prediction, genre=self._links.genres[name], rank=rank, probability=row.scores[name])
            for rank, name in enumerate(row.genres, start=1)
        ]

    def _name_origin(self, origin: HistoryImport, prediction: Prediction, row: HistoryRow) -> ImportedPrediction:
        foreign = [part.as_dict() for part in row.parts if self._links.version(part) is None]
        return ImportedPrediction(prediction=prediction, brought_in=origin, key=row.key, foreign_parts=foreign)

    def _write_words(self, origin: HistoryImport) -> None:
        stored = [feedback for feedback, _word in self._words]
        for feedback in stored:
            feedback.prediction_id = feedback.prediction.pk  # a new prediction has its number by now
        Feedback.objects.bulk_create(stored)
        named = Feedback.genres.through
        named._default_manager.bulk_create(
            named(feedback_id=feedback.pk, genre_id=self._links.genres[name].pk)
            for feedback, word in self._words
            for name in word.genres
        )
        ImportedFeedback.objects.bulk_create(
            ImportedFeedback(feedback=feedback, brought_in=origin) for feedback in stored
        )
        # Saving a row sets the moment of its last change; this is that of the file.
        for feedback, word in self._words:
            feedback.updated_at = word.updated_at
        Feedback.objects.bulk_update(stored, ["updated_at"])
