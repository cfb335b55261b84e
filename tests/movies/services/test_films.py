"""Adding and changing films."""

import pytest

from genresite.errors import Conflict, InvalidInput
from movies.models import Movie
from movies.services import create_movie, films, update_movie
from tests.factories import make_genres, make_movie

pytestmark = pytest.mark.django_db


def test_film_is_made_with_cleaned_values(ann) -> None:
    genres = make_genres()
    movie = create_movie(
        title="  The  Shining ",
        year=1980,
        imdb_id="https://www.imdb.com/title/tt0081505/",
        tmdb_id=694,
        genres=[genres["Horror"]],
        person=ann,
    )
    movie.refresh_from_db()
    assert (movie.title, movie.year, movie.kind) == ("The Shining", 1980, "movie")
    assert (movie.imdb_id, movie.tmdb_id, movie.created_by) == ("tt0081505", 694, ann)
    assert movie.labels.get().person == ann


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"imdb_id": "tt0081505"}, "imdb_id"), ({"tmdb_id": 694}, "tmdb_id")],
)
def test_second_film_with_an_id_conflicts_and_names_the_first(facts: dict, field: str) -> None:
    first = make_movie("The Shining", imdb_id="tt0081505", tmdb_id=694)
    with pytest.raises(Conflict) as caught:
        create_movie(title="Shining", **facts)
    assert caught.value.field == field
    assert caught.value.details == {"movie": first.pk, "url": first.get_absolute_url()}
    assert Movie.objects.count() == 1


def test_show_may_have_the_tmdb_number_of_a_film() -> None:
    make_movie(tmdb_id=1396)
    assert create_movie(title="Breaking Bad", kind="show", tmdb_id=1396).pk


def test_films_without_ids_are_no_duplicates() -> None:
    assert make_movie().pk != make_movie().pk


def test_film_added_between_look_and_write_is_told_as_a_conflict(monkeypatch) -> None:
    first = make_movie(imdb_id="tt0081505")
    # The first look finds nothing, as if the other film were written a moment later.
    answers = iter([None, ("imdb_id", first)])
    monkeypatch.setattr(films, "find_duplicate", lambda **options: next(answers))
    with pytest.raises(Conflict) as caught:
        create_movie(title="Shining", imdb_id="tt0081505")
    assert caught.value.details["movie"] == first.pk


def test_bad_value_makes_nothing() -> None:
    with pytest.raises(InvalidInput):
        create_movie(title="Fine", year=1066)
    assert not Movie.objects.exists()


def test_change_touches_only_what_is_named(ann) -> None:
    movie = make_movie("Old", imdb_id="tt0081505", genres=("Drama",))
    update_movie(movie=movie, title="New", person=ann)
    movie.refresh_from_db()
    assert (movie.title, movie.year, movie.imdb_id) == ("New", 1999, "tt0081505")
    assert movie.genres.get().name == "Drama"


def test_change_to_the_id_of_another_film_conflicts() -> None:
    make_movie(imdb_id="tt0081505")
    movie = make_movie()
    with pytest.raises(Conflict):
        update_movie(movie=movie, imdb_id="tt0081505")
    assert Movie.objects.get(pk=movie.pk).imdb_id is None
