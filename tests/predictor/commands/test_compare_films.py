"""The command that makes films comparable at once."""

import pytest
from django.core.management import CommandError, call_command

from genresite.errors import DomainError
from predictor.models import FilmVector, Job
from predictor.services import film_vectors
from tests.factories import make_movie
from tests.predictor.fakes import SCARY

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(fake_models, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    return make_movie("Sea", plot=SCARY)


def test_films_are_comparable_afterwards_and_a_second_run_has_nothing_to_do(film, capsys):
    call_command("compare_films")
    assert FilmVector.objects.get().movie == film and Job.objects.get().state == "succeeded"
    assert capsys.readouterr().out == "Made comparable: 1. Not readable: 0.\n"
    call_command("compare_films")
    assert "comparable already" in capsys.readouterr().out


def test_many_films_are_left_to_the_workers(film, capsys):
    call_command("compare_films", "--at-most", "0")
    assert "More than 0 films wait" in capsys.readouterr().out and not Job.objects.exists()
    call_command("compare_films", "--at-most", "1", verbosity=0)
    assert FilmVector.objects.count() == 1 and capsys.readouterr().out == ""


def test_a_job_that_waits_is_told_of(film, capsys):
    Job.objects.create(kind=Job.Kind.VECTORS)
    call_command("compare_films")
    assert "waits or runs already" in capsys.readouterr().out and not FilmVector.objects.exists()


def test_what_breaks_the_work_off_is_told(film, monkeypatch):
    def refuse(**kwargs):
        raise DomainError("The disk is full.")

    monkeypatch.setattr(film_vectors, "make_vectors", refuse)
    with pytest.raises(CommandError, match="The disk is full"):
        call_command("compare_films")
