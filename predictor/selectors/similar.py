"""The films of the catalogue that are most like a prediction's film, or like one of its own films."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from genresite.kept import read_kept
from movies.figures import KEPT_SECONDS, SCOPE
from movies.genre_names import show_genre
from movies.models import Movie, Plot
from predictor.film_index import index
from predictor.ml.similar import (
    SHORTLIST,
    Int8Array,
    Query,
    blend,
    compare_genres,
    compare_words,
    name_shared_words,
)
from predictor.models import Prediction
from predictor.services.film_vectors import (
    active_versions,
    build_query,
    comparable_films,
    load_rarity,
    query_film,
)

SIMILAR_COUNT = 12
MOST_SIMILAR = 50
# Below this two films have no more in common than any two.
LEAST_SCORE = 0.05
# From this genre score on two films are scored alike, even where no genre and no word can be named that they share.
ALIKE_GENRES = 0.8


@dataclass(frozen=True)
class SimilarFilm:
    """A film that is like what was asked for, and why."""

    movie: Movie
    score: float
    genre_score: float
    word_score: float
    shared_genres: list[str]
    shared_words: list[str]

    @property
    def has_reason(self) -> bool:
        """Whether there is anything to say for it: in a small catalogue the nearest may be far away."""
        return bool(self.shared_genres or self.shared_words) or self.genre_score >= ALIKE_GENRES

    @property
    def reason(self) -> str:
        """Why, in one sentence."""
        genres = _join([show_genre(name) for name in self.shared_genres])
        words = _join([_("“%(word)s”") % {"word": word} for word in self.shared_words])
        if genres and words:
            return _("Shares %(genres)s; both tell of %(words)s.") % {"genres": genres, "words": words}
        if words:
            return _("Both tell of %(words)s.") % {"words": words}
        if genres:
            return _("Shares %(genres)s.") % {"genres": genres}
        return _("The models score both much alike.")


def _join(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


@dataclass(frozen=True)
class SimilarPage:
    """The films that are most alike, and among how many they were looked for."""

    films: list[SimilarFilm]
    ready: int
    total: int
    by_genres_only: bool

    @property
    def waiting(self) -> int:
        """Films of the catalogue that cannot be compared yet."""
        return max(0, self.total - self.ready)


@dataclass(frozen=True)
class Wish:
    """What is looked for: its directions, plot and likely genres, and the film that is not to be found."""

    query: Query
    plot: str
    genres: list[str]
    own: Movie | None


def read_similar_to_prediction(prediction: Prediction, *, count: int = SIMILAR_COUNT) -> SimilarPage:
    """The films most like a prediction's; the film that it belongs to is left out.

    Args:
        prediction: One that the person may see, from `Prediction.objects.listed()`.
        count: Films wanted, 1 to 50.

    Returns:
        The films, fewer where there are fewer that have anything in common with it.
    """
    likely = [row.genre.name for row in prediction.decided_genres.all()]
    if not likely:
        likely = sorted(prediction.scores, key=lambda name: -prediction.scores[name])[:2]
    query = build_query(prediction.plot, prediction.scores)
    return _read(Wish(query, prediction.plot, likely, prediction.movie), count)


def read_similar_to_film(movie: Movie, *, count: int = SIMILAR_COUNT) -> SimilarPage:
    """The films most like a film of the catalogue, which itself is left out.

    Args:
        movie: The film, with its genres, plots and posters.
        count: Films wanted, 1 to 50.

    Returns:
        The films.
    """
    plot = next(iter(movie.plots.all()), None)
    genres = [genre.name for genre in movie.genres.all()]
    return _read(Wish(query_film(movie), plot.text if plot else "", genres, movie), count)


def _read(wish: Wish, count: int) -> SimilarPage:
    found = index.search(wish.query, SHORTLIST) if wish.query.genres.any() or wish.query.words.any() else []
    vectors = dict(found)
    films = _drop_doubles(_order(wish, vectors), wish.own)[: min(count, MOST_SIMILAR)]
    movies = {movie.pk: movie for movie in Movie.objects.listed().filter(pk__in=[each.pk for each, *_ in films])}
    described = (
        _describe(wish, movies[movie.pk], movie.newest_plot or "", *scores)  # type: ignore[attr-defined]
        for movie, *scores in films
        if movie.pk in movies
    )
    similar = [film for film in described if film.has_reason]
    ready = index.count()
    total = read_kept(scope=SCOPE, name="comparable", seconds=KEPT_SECONDS, count=_count_comparable)
    # Where the memory is full, the films that are left out do not wait for anything.
    full = ready >= settings.SIMILAR_FILMS
    return SimilarPage(similar, ready, ready if full else total, not wish.query.words.any())


def _count_comparable() -> int:
    return comparable_films(active_versions()).count()


def _order(wish: Wish, vectors: dict[int, Int8Array]) -> list[tuple[Movie, float, float, float]]:
    """The shortlist in the order of the words themselves, each film with its score, genre score and word score."""
    rarity = load_rarity()
    newest = Plot.objects.filter(movie=OuterRef("pk")).order_by("-added_at", "-pk").values("text")[:1]
    mine = rarity.weigh(wish.plot)
    rows = []
    for movie in Movie.objects.filter(pk__in=vectors).annotate(newest_plot=Subquery(newest)):
        genres = compare_genres(wish.query, vectors[movie.pk])
        words = compare_words(mine, rarity.weigh(movie.newest_plot or ""))
        score = blend(genres, words, wish.query.genre_share)
        if score >= LEAST_SCORE:
            rows.append((movie, score, genres, words))
    return sorted(rows, key=lambda row: (-row[1], row[0].pk))


def _drop_doubles(
    rows: Iterable[tuple[Movie, float, float, float]], own: Movie | None
) -> list[tuple[Movie, float, float, float]]:
    """Without the film itself, and each film once: films of one IMDb id, or of one title and year, are one."""
    seen = {_identity(own), own.imdb_id} - {None} if own else set()
    kept = []
    for row in rows:
        movie = row[0]
        names = {_identity(movie), movie.imdb_id} - {None}
        if not (own and movie.pk == own.pk) and not names & seen:
            kept.append(row)
        seen |= names
    return kept


def _identity(movie: Movie) -> object:
    return (movie.title.casefold(), movie.year, movie.kind) if movie.year else (movie.pk,)


def _describe(wish: Wish, movie: Movie, plot: str, score: float, genres: float, words: float) -> SimilarFilm:
    own = {genre.name for genre in movie.genres.all()}
    shared = name_shared_words(wish.plot, plot, load_rarity())
    return SimilarFilm(
        movie=movie,
        score=round(score, 4),
        genre_score=round(genres, 4),
        word_score=round(words, 4),
        shared_genres=[name for name in wish.genres if name in own],
        shared_words=shared,
    )
