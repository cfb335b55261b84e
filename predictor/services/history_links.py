"""What the names in a brought-in history mean here: people, films, model versions and genres that this site has."""

from collections.abc import Iterable, Sequence

from genresite.accounts.models import User
from movies.models import Genre, Movie
from predictor.history_rows import Film, HistoryRow, ToldPart
from predictor.models import ModelVersion


class Links:
    """Looks names up, those of many rows at once; a person or a version that was found is remembered."""

    def __init__(self) -> None:
        self.genres = {genre.name: genre for genre in Genre.objects.all()}
        self._versions = {version.name: version for version in ModelVersion.objects.all()}
        self._people: dict[str, User | None] = {}
        self._by_id: dict[tuple[object, ...], Movie] = {}
        self._by_title: dict[tuple[object, ...], list[Movie]] = {}

    def look_up(self, rows: Sequence[HistoryRow]) -> None:
        """Find the people and films of some rows."""
        self._find_people({name for row in rows for name in _people_of(row)} - self._people.keys() - {""})
        self._find_films([row.film for row in rows if row.film])

    def _find_people(self, names: set[str]) -> None:
        """By name, else by an e-mail address that one account alone has confirmed."""
        self._people.update(dict.fromkeys(names))
        self._people.update({user.username: user for user in User.objects.filter(username__in=names)})
        for name in names:
            if self._people[name] is None and "@" in name:
                confirmed = User.objects.filter(emailaddress__email__iexact=name, emailaddress__verified=True)
                found = list(confirmed.distinct()[:2])
                self._people[name] = found[0] if len(found) == 1 else None

    def _find_films(self, films: Iterable[Film]) -> None:
        told = list(films)
        self._by_id, self._by_title = {}, {}
        for movie in Movie.objects.filter(imdb_id__in={film.imdb_id for film in told if film.imdb_id}):
            self._by_id["imdb", movie.imdb_id] = movie
        for movie in Movie.objects.filter(tmdb_id__in={film.tmdb_id for film in told if film.tmdb_id}):
            self._by_id["tmdb", movie.kind, movie.tmdb_id] = movie
        titles = {film.title for film in told if film.title and not film.imdb_id and not film.tmdb_id}
        for movie in Movie.objects.filter(title__in=titles, imdb_id=None, tmdb_id=None):
            self._by_title.setdefault((movie.title, movie.year, movie.kind), []).append(movie)

    def person(self, name: str) -> User | None:
        """Who has this name here; nobody for an empty one."""
        return self._people.get(name)

    def film(self, film: Film | None) -> Movie | None:
        """The film by its ids, else the only one of this title, year and kind that has none either."""
        if film is None:
            return None
        found = self._by_id.get(("imdb", film.imdb_id)) or self._by_id.get(("tmdb", film.kind, film.tmdb_id))
        namesakes = self._by_title.get((film.title, film.year, film.kind), [])
        return found or (namesakes[0] if len(namesakes) == 1 and not film.imdb_id and not film.tmdb_id else None)

    def version(self, part: ToldPart) -> ModelVersion | None:
        """The version that said it, if this site has it."""
        version = self._versions.get(part.model)
        return version if version is not None and version.kind == part.kind else None


def _people_of(row: HistoryRow) -> set[str]:
    return {row.owner, *(name for word in row.words for name in (word.author, word.settled_by))}
