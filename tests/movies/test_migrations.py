"""What migrations make of rows that are there already."""

from importlib import import_module

import pytest
from django.apps import apps

from movies.models import Movie
from movies.services import set_genres
from tests.factories import make_genres, make_movie


@pytest.mark.django_db
def test_labels_of_people_become_decisions(ann) -> None:
    mine, theirs, genres = make_movie("Mine"), make_movie("Theirs", genres=("War",)), make_genres()
    set_genres(movie=mine, genres=[genres["Drama"], genres["War"]], person=ann)
    Movie.objects.update(genres_decided_at=None)
    import_module("movies.migrations.0002_sources_and_decisions").keep_decisions(apps, None)
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert mine.genres_decided_at == max(label.labelled_at for label in mine.labels.all())
    assert theirs.genres_decided_at is None
