"""Bringing in films of a data set."""

from pathlib import Path

import pytest
from django.db import IntegrityError

from genresite.errors import Conflict, InvalidInput
from movies.models import GenreAlias, GenreLabel, Movie, Plot, Poster, SourceRecord
from movies.rows import MovieRow, RowError, RowSkipped
from movies.services import imports as service
from movies.services import set_genres, update_movie
from movies.services.import_chunks import Chunk
from movies.services.imports import check_terms, import_films
from tests.factories import make_genres, make_movie, make_poster_bytes

pytestmark = pytest.mark.django_db
PLOT = "A keeper of a lighthouse finds a message in a bottle."
OTHER = "A pilot without a licence flies over the mountains at night."
TERMS = check_terms(source="imdb", licence="CC0-1.0", may_train=True)


@pytest.fixture(autouse=True)
def _media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def row(title: str = "Light", line: int = 1, **facts) -> MovieRow:
    facts.setdefault("year", 1999)
    return MovieRow("f.csv", line, title, **facts)


def bring_in(*rows, terms=TERMS, **options) -> tuple[int, int, int, int]:
    summary = import_films(rows=rows, terms=terms, **options)
    return summary.made, summary.completed, summary.unchanged, summary.errors


def names(movie: Movie) -> list[str]:
    return [label.genre.name for label in movie.labels.select_related("genre")]


def picture(tmp_path: Path, name: str = "p.png", **options) -> Path:
    path = tmp_path / name
    path.write_bytes(make_poster_bytes(**options))
    return path


def everything() -> list:
    return [list(model.objects.order_by("pk").values()) for model in (Movie, GenreLabel, Plot, Poster, SourceRecord)]


def test_film_comes_in_with_its_terms(tmp_path: Path) -> None:
    film = row(imdb_id="tt0000001", tmdb_id=7, genres=("Drama", "sci fi"), plot=PLOT, poster=picture(tmp_path))
    assert bring_in(film) == (1, 0, 0, 0)
    movie = Movie.objects.get()
    assert (movie.title, movie.year, movie.imdb_id, movie.tmdb_id) == ("Light", 1999, "tt0000001", 7)
    assert names(movie) == ["Drama", "Sci-Fi"]
    assert set(movie.labels.values_list("source", "person")) == {("imdb", None)}
    for item in (movie.records.get(), movie.plots.get(), movie.posters.get()):
        assert (item.source, item.licence, item.may_train) == ("imdb", "CC0-1.0", True)
    poster = movie.posters.get()
    assert (poster.width, poster.height) == (80, 120)
    assert poster.file.storage.exists(poster.file.name)
    assert poster.thumbnail.storage.exists(poster.thumbnail.name)


def test_twice_changes_nothing(tmp_path: Path) -> None:
    rows = [
        row("A", imdb_id="tt0000001", genres=("Drama",), plot=PLOT, poster=picture(tmp_path)),
        row("B", tmdb_id=7, kind="show", genres=("War",)),
        row("C", year=None, plot=PLOT),
    ]
    assert bring_in(*rows) == (3, 0, 0, 0)
    before = everything()
    assert bring_in(*rows) == (0, 0, 3, 0)
    assert everything() == before


def test_duplicate_rows_make_one_film_whole() -> None:
    rows = [row(genres=("Drama",), plot=PLOT), row(genres=("War",), plot=OTHER), row(genres=("War",), plot=PLOT)]
    assert bring_in(*rows) == (1, 1, 1, 0)
    assert names(Movie.objects.get()) == ["Drama", "War"]
    assert Plot.objects.count() == 2


def test_known_film_gets_what_it_lacks_and_keeps_what_it_has() -> None:
    movie = make_movie("Mine", year=2000, imdb_id="tt0000001", genres=("War",), plot=PLOT)
    assert bring_in(row("Theirs", imdb_id="tt0000001", tmdb_id=7, genres=("Drama",), plot=OTHER)) == (0, 1, 0, 0)
    movie.refresh_from_db()
    assert (movie.title, movie.year, movie.tmdb_id) == ("Mine", 2000, 7)
    assert names(movie) == ["Drama", "War"]
    assert movie.plots.count() == 2


@pytest.mark.parametrize(
    ("facts", "is_same"),
    [
        ({"imdb_id": "tt0000001"}, True),
        ({"tmdb_id": 7}, True),
        ({"tmdb_id": 7, "kind": "show"}, False),
        ({}, True),
        ({"year": 2000}, False),
        ({"kind": "show"}, False),
        ({"imdb_id": "tt0000002"}, False),
        ({"tmdb_id": 8}, False),
    ],
)
def test_film_is_recognised(facts: dict, is_same: bool) -> None:
    bring_in(row(imdb_id="tt0000001", tmdb_id=7))
    assert bring_in(row(**facts))[0] == (0 if is_same else 1)


def test_title_counts_within_its_source_only() -> None:
    make_movie("Light")
    bring_in(row())
    assert Movie.objects.count() == 2
    assert bring_in(row(), terms=check_terms(source="other")) == (1, 0, 0, 0)


def test_film_is_known_again_after_a_person_corrected_its_title(ann) -> None:
    bring_in(row("Lihgt"))
    update_movie(movie=Movie.objects.get(), person=ann, title="Light", year=2001)
    assert bring_in(row("Lihgt")) == (0, 0, 1, 0)


def test_ids_of_two_films_are_an_error_and_nothing_of_the_row_is_taken() -> None:
    make_movie("A", imdb_id="tt0000001")
    make_movie("B", tmdb_id=7)
    assert bring_in(row(imdb_id="tt0000001", tmdb_id=7, plot=PLOT)) == (0, 0, 0, 1)
    assert not Plot.objects.exists()
    assert not SourceRecord.objects.exists()


def test_id_as_title_gives_way_to_a_title() -> None:
    bring_in(row("tt0000001", imdb_id="tt0000001", year=None))
    assert bring_in(row("Light", imdb_id="tt0000001")) == (0, 1, 0, 0)
    assert str(Movie.objects.get()) == "Light (1999)"


def test_genre_that_a_person_took_away_does_not_come_back(ann) -> None:
    film = row(imdb_id="tt0000001", genres=("Drama", "War"), plot=PLOT)
    bring_in(film)
    movie, genres = Movie.objects.get(), make_genres()
    set_genres(movie=movie, genres=[genres["Drama"]], person=ann)
    assert bring_in(film) == (0, 0, 1, 0)
    assert bring_in(film, terms=check_terms(source="other"))[1] == 1  # another source has it, and changes no genre
    assert names(movie) == ["Drama"]
    set_genres(movie=movie, genres=[], person=ann)
    bring_in(film)
    assert names(movie) == []


def test_unknown_genres_are_counted_and_come_in_once_they_are_known() -> None:
    film = row(genres=("Slow Cinema", "Drama", "TV Movie"))
    summary = import_films(rows=[film, row("B", genres=("slow cinema",))], terms=TERMS)
    assert summary.unknown == {"Slow Cinema": 1, "slow cinema": 1}
    GenreAlias.objects.create(source="imdb", name="slow cinema", genre=make_genres()["History"])
    assert bring_in(film) == (0, 1, 0, 0)
    assert names(Movie.objects.get(title="Light")) == ["Drama", "History"]


def test_rubbish_does_not_fill_the_list_of_unknown_genres(monkeypatch) -> None:
    monkeypatch.setattr(service, "MAX_UNKNOWN_NAMES", 3)
    summary = import_films(rows=[row(genres=tuple(f"g{number}" for number in range(9)))], terms=TERMS)
    assert len(summary.unknown) == 4
    assert sum(summary.unknown.values()) == 9


def test_aliases_of_the_format_hold_under_any_source_name() -> None:
    bring_in(row(genres=("War & Politics",)), terms=check_terms(source="our export", spellings="tmdb"))
    assert names(Movie.objects.get()) == ["War"]


def test_new_terms_hold_for_all_that_the_source_brought_and_for_nothing_else(tmp_path: Path, ann) -> None:
    film = row(imdb_id="tt0000001", plot=PLOT, poster=picture(tmp_path))
    movie = make_movie(imdb_id="tt0000001", plot=OTHER)
    bring_in(film, terms=check_terms(source="imdb"))
    assert bring_in(film) == (0, 1, 0, 0)
    assert set(movie.plots.values_list("source", "may_train")) == {("demo", False), ("imdb", True)}
    assert movie.posters.get().may_train
    Plot.objects.filter(source="imdb").update(may_train=False)  # somebody here withdraws it
    assert bring_in(film) == (0, 0, 1, 0)
    assert not movie.plots.get(source="imdb").may_train


@pytest.mark.parametrize("content", [b"", b"no picture", make_poster_bytes("JPEG")[:200]])
def test_bad_poster_leaves_the_whole_row_out(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.jpg"
    path.write_bytes(content)
    assert bring_in(row("A", poster=path, plot=PLOT), row("B"), row("C", poster=tmp_path / "gone.jpg")) == (1, 0, 0, 2)
    assert Movie.objects.get().title == "B"
    assert not Plot.objects.exists()


def test_poster_of_two_films_is_attached_to_both(tmp_path: Path) -> None:
    path = picture(tmp_path)
    assert bring_in(row("A", poster=path)) == (1, 0, 0, 0)
    assert bring_in(row("A", poster=path), row("B", poster=path)) == (1, 0, 1, 0)
    assert Poster.objects.count() == 2


def test_errors_and_skipped_rows_are_counted_and_handed_on() -> None:
    told: list[RowError] = []
    errors = [RowError("f.csv", number, "x", "bad") for number in range(60)]
    summary = import_films(
        rows=[*errors, RowSkipped("episode"), RowSkipped("episode", 4), row()], terms=TERMS, report=told.append
    )
    assert (summary.errors, summary.rows, summary.skipped["episode"]) == (60, 61, 5)
    assert told == errors
    assert summary.first_errors == errors[:50]
    assert summary.whole
    assert not import_films(rows=[RowError("f", 1, "x", "bad", fatal=True)], terms=TERMS).whole


@pytest.mark.parametrize("chunk", [1, 2, 1000])
def test_dry_run_tells_what_a_real_run_does(tmp_path: Path, monkeypatch, chunk: int) -> None:
    monkeypatch.setattr(service, "CHUNK_ROWS", chunk)
    make_movie("Known", imdb_id="tt0000009")
    rows = [
        row("A", imdb_id="tt0000001", plot=PLOT),
        row("A", imdb_id="tt0000001", plot=PLOT),
        row("A", imdb_id="tt0000002"),
        row("B", genres=("Drama",), poster=picture(tmp_path)),
        row("B", genres=("War",)),
        row("Known", imdb_id="tt0000009", plot=PLOT),
    ]
    make_genres()
    before = everything()
    foreseen = bring_in(*rows, dry_run=True)
    assert everything() == before
    assert not (tmp_path / "media").exists()
    assert bring_in(*rows) == foreseen == (3, 2, 1, 0)


def test_chunk_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch) -> None:
    tries: list[int] = []

    def fail(self) -> None:
        tries.append(1)
        original(self)
        raise IntegrityError

    original = Chunk.write
    monkeypatch.setattr(Chunk, "write", fail)
    with pytest.raises(Conflict) as caught:
        bring_in(row(genres=("Drama",), plot=PLOT, poster=picture(tmp_path)))
    assert caught.value.code == "catalogue_busy"
    assert len(tries) == 3
    assert [len(rows) for rows in everything()] == [0, 0, 0, 0, 0]
    assert not [path for path in (tmp_path / "media").rglob("*") if path.is_file()]


def test_film_that_somebody_adds_meanwhile_is_completed(monkeypatch) -> None:
    original = Chunk.write

    def add_first(self) -> None:
        if not Movie.objects.filter(imdb_id="tt0000001").exists():
            monkeypatch.setattr(Chunk, "write", original)
            raise IntegrityError
        original(self)

    monkeypatch.setattr(Chunk, "write", add_first)
    assert bring_in(row(imdb_id="tt0000001", plot=PLOT)) == (1, 0, 0, 0)
    assert Plot.objects.count() == 1


def test_queries_are_counted_by_chunk_and_not_by_row(django_assert_max_num_queries) -> None:
    rows = [row(f"Film {number}", genres=("Drama",), plot=f"{PLOT} {number}") for number in range(300)]
    make_genres()
    with django_assert_max_num_queries(40):
        bring_in(*rows)
    with django_assert_max_num_queries(25):
        bring_in(*rows)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", "source_missing"),
        ("x" * 41, "source_too_long"),
        ("Person", "source_reserved"),
        ("a\x00", "source_invalid_characters"),
    ],
)
def test_source_must_have_a_name_of_its_own(source: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_terms(source=source)
    assert caught.value.code == code
