"""From the rows of a file to answers, so many at a time that the networks are busy and the memory stays flat."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from genresite.errors import InvalidInput, Unavailable
from movies.images import read_pixels
from movies.validators import clean_plot
from predictor import pipelines
from predictor.input_files import InputRow, RowError
from predictor.models import Kind, ModelVersion
from predictor.pipelines import Answer, Film
from predictor.services.predictions import as_json

BATCH_ROWS = 64
# A batch of posters may take 72 MB at most, however large they are.
BATCH_PIXELS = 24_000_000


@dataclass
class Line:
    """One row on its way: its film until it is predicted, then what came of it."""

    line: int
    id: str | int | None
    film: Film | None = None
    answer: Answer | None = None
    error: dict[str, str] | None = None

    def as_dict(self) -> dict[str, Any]:
        """As a file's answer tells it."""
        answer = self.answer
        return {
            "id": self.id,
            "genres": list(answer.scores.decided) if answer else [],
            "scores": as_json(answer.scores) if answer else {},
            "model": {part.kind: part.version.name for part in answer.parts} if answer else {},
            "error": self.error,
        }


@dataclass
class RowRun:
    """How rows are predicted.

    Attributes:
        read_poster: The bytes of a poster by its name, at most one more than `movies.images.MAX_BYTES`; raises
            InvalidInput if there is no such file.
        kind: What every row is predicted from, or None for what each row has.
        version: A version to ask instead of the active one of its kind.
        batch_rows: The most rows that go through the networks together; 0 for the usual number.
        keep_going: Whether a model that is missing fails the rows that need it, instead of the whole run.
        versions: Kind -> version that answers, where not the active one of the moment does.
    """

    read_poster: Callable[[str], bytes]
    kind: str | None = None
    version: ModelVersion | None = None
    batch_rows: int = 0
    keep_going: bool = False
    versions: Mapping[str, ModelVersion] | None = None

    def __post_init__(self) -> None:
        """Refuse a version of another kind than the rows; without a kind the version's own holds for every row."""
        self.kind = choose_kind(self.kind, self.version)

    def answer(self, rows: Iterable[InputRow | RowError]) -> Iterator[list[Line]]:
        """Predict rows.

        Args:
            rows: The rows in their order, with what is wrong with some of them.

        Yields:
            Some lines at a time, one for every row, in the same order.

        Raises:
            Unavailable: A model that is needed is not there, and the run does not keep going.
        """
        for batch in self._batches(rows):
            self._predict(batch)
            yield batch

    def _batches(self, rows: Iterable[InputRow | RowError]) -> Iterator[list[Line]]:
        batch: list[Line] = []
        pixels = 0
        for row in rows:
            line = self._read(row)
            batch.append(line)
            if line.film is not None and line.film.poster is not None:
                pixels += line.film.poster.shape[0] * line.film.poster.shape[1]
            if len(batch) >= (self.batch_rows or BATCH_ROWS) or pixels >= BATCH_PIXELS:
                yield batch
                batch, pixels = [], 0
        if batch:
            yield batch

    def _read(self, row: InputRow | RowError) -> Line:
        """Check a row and read its poster."""
        if isinstance(row, RowError):
            return Line(row.line, row.id, error={"code": row.code, "message": row.message})
        try:
            return Line(row.line, row.id, film=self._build_film(row))
        except InvalidInput as exc:
            return Line(row.line, row.id, error=_tell(row.line, exc))

    def _build_film(self, row: InputRow) -> Film:
        plot = "" if self.kind == Kind.POSTER else row.plot.strip()
        poster = "" if self.kind == Kind.PLOT else row.poster
        if not plot and not poster and self.kind is None:
            raise InvalidInput(_("The row has no plot and no poster."), code="nothing_given")
        if not plot and self.kind in (Kind.PLOT, Kind.BOTH):
            raise InvalidInput(_("The row has no plot."), code="plot_missing")
        if not poster and self.kind in (Kind.POSTER, Kind.BOTH):
            raise InvalidInput(_("The row has no poster."), code="poster_missing")
        cleaned = clean_plot(plot) if plot else ""
        return Film(cleaned, read_pixels(self.read_poster(poster)) if poster else None)

    def _predict(self, batch: list[Line]) -> None:
        """Ask the models about the batch's films, and let go of their pixels."""
        for kind in Kind.values:
            lines = [line for line in batch if line.film is not None and line.film.kind == kind]
            if not lines:
                continue
            try:
                answers = pipelines.predict(
                    [line.film for line in lines if line.film], version=self.version, versions=self.versions
                )
            except Unavailable as exc:
                if not self.keep_going:
                    raise
                for line in lines:
                    line.error = _tell(line.line, exc)
            else:
                for line, answer in zip(lines, answers, strict=True):
                    line.answer = answer
        for line in batch:
            line.film = None


def _tell(line: int, problem: InvalidInput | Unavailable) -> dict[str, str]:
    message = _("Line %(line)d: %(message)s") % {"line": line, "message": problem.message}
    return {"code": problem.code, "message": message}


def choose_kind(kind: str | None, version: ModelVersion | None) -> str | None:
    """What every row is predicted from: as asked for, else what the version reads, else whatever each row has.

    Raises:
        InvalidInput: `version_of_other_kind`.
    """
    if version is None:
        return kind or None
    chosen = kind or version.kind
    parts = {Kind.PLOT.value, Kind.POSTER.value} if chosen == Kind.BOTH else set()
    if version.kind not in {chosen, *parts}:
        raise InvalidInput(
            _("The model version %(name)s reads %(own)s and cannot be used for %(kind)s.")
            % {"name": version.name, "own": version.kind, "kind": chosen},
            code="version_of_other_kind",
        )
    return str(chosen)
