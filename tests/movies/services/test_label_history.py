"""Labels as they were."""

import json

from movies.models import Movie
from movies.services import set_genres
from movies.services.label_history import read_labels, restore_labels
from tests.factories import make_genres, make_movie


def decide(movie, person, *names):
    """Somebody decides; what was before and after, as they come back from JSON."""
    genres = make_genres()
    before = read_labels(movie)
    set_genres(movie=movie, genres=[genres[name] for name in names], person=person)
    return json.loads(json.dumps([before, read_labels(movie)]))


def test_labels_come_back_with_all_that_was_known_of_them(ann, ben):
    movie = make_movie(genres=("Drama", "War"))
    set_genres(movie=movie, genres=[make_genres()["Drama"], make_genres()["Crime"]], person=ben)
    before, after = decide(movie, ann, "Comedy", "Drama")
    assert restore_labels(before=before, after=after)
    assert read_labels(movie) == before
    assert {(label.genre.name, label.source, label.person) for label in movie.labels.all()} == {
        ("Drama", "imdb", None), ("Crime", "person", ben),
    }  # fmt: skip


def test_a_film_that_nobody_had_decided_is_open_to_sources_again(ann):
    movie = make_movie(genres=("Drama",))
    before, after = decide(movie, ann, "Western")
    assert restore_labels(before=before, after=after)
    assert Movie.objects.get().genres_decided_at is None
    assert set_genres(movie=movie, genres=[make_genres()["Crime"]], source="tmdb")


def test_what_somebody_decided_since_stays(ann, ben):
    movie = make_movie(genres=("Drama",))
    before, after = decide(movie, ann, "Western")
    decide(movie, ben, "Comedy")
    assert not restore_labels(before=before, after=after)
    assert [label.genre.name for label in movie.labels.all()] == ["Comedy"]


def test_the_same_genres_decided_anew_stay_too(ann, ben):
    movie = make_movie(genres=("Drama",))
    before, after = decide(movie, ann, "Western")
    decide(movie, ben, "Western")
    assert not restore_labels(before=before, after=after)


def test_putting_back_twice_is_harmless(ann):
    movie = make_movie(genres=("Drama",))
    before, after = decide(movie, ann, "Western")
    assert restore_labels(before=before, after=after) and restore_labels(before=before, after=after)
    assert read_labels(movie) == before


def test_a_film_or_a_person_that_is_gone(ann, ben):
    movie = make_movie(genres=("Drama",))
    set_genres(movie=movie, genres=[make_genres()["Crime"]], person=ben)
    before, after = decide(movie, ann, "Western")
    ben.delete()
    assert restore_labels(before=before, after=after)
    assert [(label.genre.name, label.person) for label in movie.labels.all()] == [("Crime", None)]
    before, after = decide(movie, ann, "Western")
    movie.delete()
    assert not restore_labels(before=before, after=after)
