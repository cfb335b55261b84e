"""One line of an exported history or of exported corrections -> HistoryRow or RowError. Knows rules, no database."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from movies.rows import RowError
from movies.validators import TITLE_MAX_CHARS, clean_line, clean_plot
from predictor.models import Feedback, Kind, Prediction
from predictor.models.names import join_names

Values = Mapping[str, Any]
NAME_MAX_CHARS: Final = 254
GENRE_MAX_CHARS: Final = 40
MODEL_MAX_CHARS: Final = 80
NOTE_MAX_CHARS: Final = 500
MAX_SCORES: Final = 200
MAX_WORDS: Final = 1_000
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Film:
    """What the file tells of the film of the catalogue that a prediction is about."""

    title: str
    year: int | None
    kind: str
    imdb_id: str
    tmdb_id: int | None


@dataclass(frozen=True)
class ToldPart:
    """What one model version said."""

    kind: str
    model: str
    genres: tuple[str, ...]
    unsure: bool
    scores: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """As an export writes it."""
        return {
            "kind": self.kind,
            "model": self.model,
            "genres": list(self.genres),
            "unsure": self.unsure,
            "scores": self.scores,
        }


@dataclass(frozen=True)
class Word:
    """What somebody said of a prediction; people by the names that they have in the file."""

    author: str
    genres: tuple[str, ...]
    authors_genres: tuple[str, ...]
    state: str
    note: str
    created_at: datetime
    updated_at: datetime
    settled_by: str
    settled_at: datetime | None


@dataclass(frozen=True)
class HistoryRow:
    """A prediction with what people said of it; every value has passed the rules of what is made here."""

    file: str
    line: int
    created_at: datetime
    owner: str
    origin: str
    kind: str
    title: str
    plot: str
    poster_sha256: str
    poster_width: int | None
    poster_height: int | None
    genres: tuple[str, ...]
    unsure: bool
    scores: dict[str, float]
    duration_ms: float
    parts: tuple[ToldPart, ...]
    words: tuple[Word, ...]
    film: Film | None

    @property
    def key(self) -> str:
        """What the prediction is recognised by: `prediction_key` of what stands in the row."""
        return prediction_key(self.created_at, self.kind, self.plot, self.poster_sha256)

    @property
    def all_genres(self) -> set[str]:
        """Every genre that must be one of the catalogue's."""
        return {*self.genres, *(name for word in self.words for name in word.genres)}


def prediction_key(created_at: datetime, kind: str, plot: str, poster_sha256: str) -> str:
    """The SHA-256 of what a prediction is recognised by on every site: its moment, and what was given."""
    facts = [created_at.isoformat(timespec="microseconds"), kind, poster_sha256, plot]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def parse_history(values: Values, *, file: str, line: int) -> HistoryRow | RowError:
    """Check one line of an export.

    Args:
        values: Name -> value, as an export has them; those of a correction name the prediction it is about.
        file: The file's name, for the report.
        line: The line's number, from 1.

    Returns:
        The row, or what is wrong with the line.
    """
    try:
        return _build(values, file, line)
    except InvalidInput as exc:
        return RowError(file=file, line=line, code=exc.code, message=exc.message, field=exc.field)


def _build(values: Values, file: str, line: int) -> HistoryRow:
    one_word = "predicted_at" in values
    kind = _choice(values, "made_from", Kind.values)
    scores = _scores(values, "scores")
    genres = _decided(values, "predicted" if one_word else "genres", scores)
    unsure = _flag(values, "unsure")
    plot = _text(values, "plot")
    row = HistoryRow(
        file=file,
        line=line,
        created_at=_moment(values, "predicted_at" if one_word else "created_at"),
        owner=_line(values, "owner", NAME_MAX_CHARS),
        origin=_choice(values, "origin", Prediction.Origin.values),
        kind=kind,
        title=_line(values, "title", TITLE_MAX_CHARS),
        plot=clean_plot(plot) if plot else "",
        poster_sha256=_hash(values, "poster_sha256"),
        poster_width=_size(values, "poster_width"),
        poster_height=_size(values, "poster_height"),
        genres=genres,
        unsure=unsure,
        scores=scores,
        duration_ms=_number(values, "duration_ms", most=1e9),
        parts=_parts(values, genres, unsure, scores),
        words=tuple(_word(word) for word in ([values] if one_word else _list(values, "corrections", MAX_WORDS))),
        film=_film(values),
    )
    if kind != Kind.POSTER and not row.plot:
        raise _refuse("plot", _("The plot is missing, which this prediction was made from."), "plot_missing")
    if kind != Kind.PLOT and not row.poster_sha256:
        message = _("The SHA-256 of the poster is missing, which this prediction was made from.")
        raise _refuse("poster_sha256", message, "poster_missing")
    return row


def _parts(values: Values, genres: tuple[str, ...], unsure: bool, scores: dict[str, float]) -> tuple[ToldPart, ...]:
    """What each version said; where the row names only one, it said what the row says."""
    told = [_object(part, "parts") for part in _list(values, "parts", len(Kind.values))]
    parts = [
        ToldPart(
            kind=_choice(part, "kind", Kind.values),
            model=_line(part, "model", MODEL_MAX_CHARS, required=True),
            genres=_decided(part, "genres", part_scores := _scores(part, "scores")),
            unsure=_flag(part, "unsure"),
            scores=part_scores,
        )
        for part in told
    ]
    models = _object(values.get("models") or {}, "models")
    if not parts and len(models) == 1:
        ((kind, _model),) = models.items()
        model = _line(models, kind, MODEL_MAX_CHARS, required=True)
        parts = [ToldPart(_choice({"models": kind}, "models", Kind.values), model, genres, unsure, scores)]
    if len({part.kind for part in parts}) != len(parts):
        raise _refuse("parts", _("A prediction has one part of each kind at most."), "parts_repeated")
    return tuple(parts)


def _word(value: Any) -> Word:
    word = _object(value, "corrections")
    genres = _names(word, "genres")
    if not genres:
        raise _refuse("genres", _("A correction names at least one genre, and none came."), "genres_missing")
    authors = _names(word, "authors_genres")
    if len(join_names(authors)) > NOTE_MAX_CHARS:
        raise _refuse("authors_genres", _("The author's genres are too many."), "authors_genres_too_long")
    state = _choice(word, "state", Feedback.State.values)
    settled = state != Feedback.State.PROPOSED
    return Word(
        author=_line(word, "author", NAME_MAX_CHARS),
        genres=genres,
        authors_genres=authors,
        state=state,
        note=_line(word, "note", NOTE_MAX_CHARS),
        created_at=_moment(word, "created_at"),
        updated_at=_moment(word, "updated_at"),
        settled_by=_line(word, "settled_by", NAME_MAX_CHARS) if settled else "",
        settled_at=_moment(word, "settled_at") if settled and word.get("settled_at") else None,
    )


def _film(values: Values) -> Film | None:
    if not values.get("film"):
        return None
    film = _object(values["film"], "film")
    return Film(
        title=_line(film, "title", TITLE_MAX_CHARS),
        year=_size(film, "year"),
        kind=_line(film, "kind", 5),
        imdb_id=_line(film, "imdb_id", 12),
        tmdb_id=_size(film, "tmdb_id"),
    )


# --- single values ------------------------------------------------------------------------------------
def _refuse(name: str, message: str, code: str = "") -> InvalidInput:
    return InvalidInput(message, code=code or f"{name}_invalid", field=name)


def _tell(name: str, rule: str, value: Any) -> InvalidInput:
    message = _("%(name)s must be %(rule)s, and %(value)s came.")
    return _refuse(name, message % {"name": name, "rule": rule, "value": repr(value)[:60]})


def _text(values: Values, name: str) -> str:
    value = values.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _tell(name, _("a text"), value)
    return value


def _line(values: Values, name: str, max_chars: int, *, required: bool = False) -> str:
    return clean_line(_text(values, name), field=name, label=name, max_chars=max_chars, required=required)


def _choice(values: Values, name: str, known: list[str]) -> str:
    value = values.get(name)
    if value not in known:
        raise _tell(name, _("one of %(known)s") % {"known": ", ".join(known)}, value)
    return str(value)


def _flag(values: Values, name: str) -> bool:
    value = values.get(name)
    if not isinstance(value, bool):
        raise _tell(name, _("true or false"), value)
    return value


def _number(values: Values, name: str, *, most: float) -> float:
    value = values.get(name, 0.0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise _tell(name, _("a number from 0 to %(most)g") % {"most": most}, value)
    return float(value)


def _size(values: Values, name: str) -> int | None:
    value = values.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 2**31 - 1:
        raise _tell(name, _("a whole number or nothing"), value)
    return value


def _hash(values: Values, name: str) -> str:
    value = _text(values, name)
    if value and (len(value) != 64 or set(value) - set("0123456789abcdef")):
        raise _tell(name, _("64 hexadecimal digits or nothing"), value)
    return value


def _moment(values: Values, name: str) -> datetime:
    value = _text(values, name)
    rule = _("a moment with its time zone, such as 2026-11-21T12:00:00+00:00")
    try:
        moment = parse_datetime(value)
    except ValueError as exc:
        raise _tell(name, rule, value) from exc
    if moment is None or moment.tzinfo is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise _tell(name, rule, value)
    return moment


def _list(values: Values, name: str, most: int) -> list[Any]:
    value = values.get(name) or []
    if not isinstance(value, list) or len(value) > most:
        raise _tell(name, _("a list of at most %(most)d") % {"most": most}, value)
    return value


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _tell(name, _("an object of names and values"), value)
    return value


def _name_of(value: Any, name: str) -> str:
    return _line({name: value}, name, GENRE_MAX_CHARS, required=True)


def _names(values: Values, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_name_of(value, name) for value in _list(values, name, MAX_SCORES)))


def _scores(values: Values, name: str) -> dict[str, float]:
    told = _object(values.get(name), name)
    if not 1 <= len(told) <= MAX_SCORES:
        raise _tell(name, _("the probabilities of 1 to %(most)d genres") % {"most": MAX_SCORES}, told)
    return {_name_of(genre, name): _probability(value, name) for genre, value in told.items()}


def _probability(value: Any, name: str) -> float:
    probability = _number({name: value}, name, most=1.0)
    if not math.isfinite(probability):
        raise _tell(name, _("a number from 0 to %(most)g") % {"most": 1.0}, value)
    return probability


def _decided(values: Values, name: str, scores: dict[str, float]) -> tuple[str, ...]:
    names = _names(values, name)
    for genre in names:
        if genre not in scores:
            message = _("%(genre)s is decided, and has no probability.") % {"genre": genre}
            raise _refuse(name, message, f"{name}_without_score")
    return names
