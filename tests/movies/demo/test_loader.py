"""The demo catalogue."""

import json

import pytest
from django.core.management import call_command

from movies.demo import loader
from movies.demo.loader import CATALOGUE, load_demo
from movies.models import GenreLabel, Movie, Plot, Poster
from movies.rows import MovieRow, read_rows
from movies.vocabulary import GENRES
from tests.factories import make_movie, make_poster_bytes

ROWS = list(read_rows(CATALOGUE))


@pytest.fixture
def quick(settings, tmp_path, monkeypatch) -> None:
    """Five films and one small picture each, so that the test is about loading and not about drawing."""
    settings.MEDIA_ROOT = tmp_path / "media"
    lines = CATALOGUE.read_text().splitlines()
    labelled = [line for line in lines if json.loads(line)["genres"]]
    some = [*labelled[:4], next(line for line in lines if line not in labelled)]
    (tmp_path / "some.jsonl").write_text("\n".join(some))
    monkeypatch.setattr(loader, "CATALOGUE", tmp_path / "some.jsonl")
    monkeypatch.setattr(loader, "draw_poster_bytes", lambda *args: make_poster_bytes())


def test_every_row_is_a_film_with_a_synopsis_of_decent_length() -> None:
    assert all(isinstance(row, MovieRow) for row in ROWS)
    assert len(ROWS) == 69
    assert all(55 <= len(row.plot.split()) <= 130 for row in ROWS)


def test_ids_are_unique_and_genres_are_the_sites() -> None:
    assert len({row.imdb_id for row in ROWS}) == len(ROWS)
    assert {genre for row in ROWS for genre in row.genres} == set(GENRES) - {"Adult"}
    assert sum(not row.genres for row in ROWS) == 8


def test_every_decade_since_the_twenties_is_there() -> None:
    assert {row.year // 10 for row in ROWS} >= set(range(192, 203))


@pytest.mark.django_db
def test_second_run_makes_nothing(quick, capsys) -> None:
    call_command("load_demo")
    call_command("load_demo")
    assert capsys.readouterr().out.splitlines() == [
        "Demo catalogue: 5 films and 4 posters made.",
        "Demo catalogue: 0 films and 0 posters made.",
    ]
    assert (Movie.objects.count(), Poster.objects.count()) == (5, 4)


@pytest.mark.django_db
def test_models_do_not_learn_from_the_demo(quick) -> None:
    load_demo()
    assert not Plot.objects.filter(may_train=True).exists()
    assert not Poster.objects.filter(may_train=True).exists()
    assert set(GenreLabel.objects.values_list("source", flat=True)) == {"demo"}


@pytest.mark.django_db
def test_run_that_was_stopped_is_completed(quick) -> None:
    load_demo()
    Poster.objects.first().delete()
    assert load_demo() == loader.LoadedDemo(movies=0, posters=1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"year": 1901}, {"title": "Renamed"}, {"imdb_id": None}, {"imdb_id": None, "year": 1901}]
)
def test_what_people_changed_stays(quick, change: dict) -> None:
    load_demo()
    movie = Movie.objects.filter(posters__isnull=False, tmdb_id__isnull=False).first()
    Movie.objects.filter(pk=movie.pk).update(**change)
    assert load_demo() == loader.LoadedDemo(movies=0, posters=0)
    for name, value in change.items():
        assert getattr(Movie.objects.get(pk=movie.pk), name) == value


@pytest.mark.django_db
def test_film_that_somebody_added_before_is_left_alone(quick, ann) -> None:
    row = next(row for row in ROWS if row.genres)
    movie = make_movie("My own title", imdb_id=row.imdb_id, person=ann)
    assert load_demo().movies == 4
    assert not movie.posters.exists()
