"""Genres: loading, resolving, and labels with provenance."""

import pytest
from django.core.management import call_command

from genresite.errors import InvalidInput
from movies.models import Genre, GenreAlias, Movie
from movies.services import find_genres, load_genres, resolve_genres, set_genres
from tests.factories import make_genres, make_movie

pytestmark = pytest.mark.django_db


def names(genres) -> list[str]:
    return [genre.name for genre in genres]


def test_loading_twice_makes_nothing_twice(capsys) -> None:
    call_command("load_genres")
    call_command("load_genres")
    assert Genre.objects.count() == 28
    assert capsys.readouterr().out.splitlines()[1] == "Genres: 0 made, 0 aliases made."


def test_alias_that_somebody_changed_is_kept() -> None:
    genres = make_genres()
    GenreAlias.objects.filter(name="noir").update(genre=genres["Crime"])
    load_genres()
    assert names(resolve_genres(names=["Noir"]).genres) == ["Crime"]


@pytest.mark.parametrize(
    ("spelling", "source", "expected"),
    [
        ("Science Fiction", "tmdb", ["Sci-Fi"]),
        ("sci-fi", "", ["Sci-Fi"]),
        ("  SCIFI ", "justwatch", ["Sci-Fi"]),
        ("TV Movie", "tmdb", []),
        ("Action & Adventure", "netflix", ["Action", "Adventure"]),
        ("War & Politics", "tmdb", ["War"]),
        ("(no genres listed)", "movielens", []),
        ("Martial Arts", "kodi", ["Action"]),
        ("Children & Family Movies", "netflix", ["Family"]),
    ],
)
def test_spelling_of_a_source_is_understood(spelling: str, source: str, expected: list[str]) -> None:
    make_genres()
    resolved = resolve_genres(names=[spelling], source=source)
    assert (names(resolved.genres), resolved.unknown) == (expected, ())


def test_unknown_spelling_is_reported_and_not_dropped() -> None:
    make_genres()
    resolved = resolve_genres(names=["Drama", "Splatterpunk", ""], source="tmdb")
    assert (names(resolved.genres), resolved.unknown) == (["Drama"], ("Splatterpunk",))


def test_spelling_of_another_source_is_unknown() -> None:
    make_genres()
    assert resolve_genres(names=["War & Politics"], source="kodi").unknown == ("War & Politics",)


def test_unknown_genre_of_a_person_is_refused_with_the_vocabulary() -> None:
    make_genres()
    with pytest.raises(InvalidInput) as caught:
        find_genres(names=["Drama", "Splatterpunk"])
    assert caught.value.code == "genre_unknown"
    assert caught.value.field == "genres"
    assert "Western" in caught.value.message


def test_label_that_stays_keeps_its_provenance(ann) -> None:
    genres = make_genres()
    movie = make_movie(genres=("Drama", "Crime"))
    before = movie.labels.get(genre__name="Drama")
    assert set_genres(movie=movie, genres=[genres["Drama"], genres["Horror"]], person=ann) is True
    after = movie.labels.get(genre__name="Drama")
    assert (after.pk, after.source, after.labelled_at) == (before.pk, "imdb", before.labelled_at)
    added = movie.labels.get(genre__name="Horror")
    assert (added.source, added.person) == ("person", ann)
    assert names(movie.genres.all()) == ["Drama", "Horror"]


def test_same_genres_again_change_nothing(ann) -> None:
    genres = make_genres()
    movie = make_movie(genres=("Drama",))
    before = Movie.objects.get(pk=movie.pk).updated_at
    assert set_genres(movie=movie, genres=[genres["Drama"]], person=ann) is False
    assert Movie.objects.get(pk=movie.pk).updated_at == before


def test_source_replaces_its_own_labels_only(ann) -> None:
    genres = make_genres()
    movie = make_movie(genres=("Drama",))
    set_genres(movie=movie, genres=[genres["Crime"]], source="tmdb")
    set_genres(movie=movie, genres=[genres["Thriller"]], source="tmdb")
    assert sorted(movie.labels.values_list("genre__name", "source")) == [("Drama", "imdb"), ("Thriller", "tmdb")]


def test_label_survives_the_account_of_its_person(ann) -> None:
    genres = make_genres()
    movie = make_movie()
    set_genres(movie=movie, genres=[genres["Drama"]], person=ann)
    ann.delete()
    label = movie.labels.get()
    assert (label.source, label.person) == ("person", None)


def test_decision_of_a_person_holds_against_every_source(ann) -> None:
    movie, genres = make_movie(genres=("Drama", "War")), make_genres()
    set_genres(movie=movie, genres=[genres["Drama"]], person=ann)
    assert not set_genres(movie=movie, genres=[genres["War"]], source="imdb")
    assert not set_genres(movie=movie, genres=[genres["War"]], source="tmdb")
    assert [genre.name for genre in movie.genres.all()] == ["Drama"]


def test_confirming_what_is_there_is_a_decision_and_an_empty_form_on_an_empty_film_is_none(ann) -> None:
    movie, genres = make_movie(genres=("Drama",)), make_genres()
    assert not set_genres(movie=movie, genres=[genres["Drama"]], person=ann)
    movie.refresh_from_db()
    assert movie.genres_decided_at is not None
    other = make_movie("Other")
    set_genres(movie=other, genres=[], person=ann)
    other.refresh_from_db()
    assert other.genres_decided_at is None
