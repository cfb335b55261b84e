"""The catalogue in the admin."""

import pytest
from django.urls import reverse

from genresite.accounts.models import User
from movies.models import GenreLabel
from tests.factories import make_movie

pytestmark = pytest.mark.django_db


def test_label_taken_away_in_the_admin_is_a_decision(client_for) -> None:
    chief = User.objects.create_superuser("chief", "chief@example.org", "correct horse battery")
    movie = make_movie(genres=("Drama",))
    label = GenreLabel.objects.get()
    data = {"title": movie.title, "year": 1999, "kind": "movie"}
    for part in ("labels", "plots", "posters", "records"):
        data |= {f"{part}-TOTAL_FORMS": 0, f"{part}-INITIAL_FORMS": 0}
    data |= {
        "labels-TOTAL_FORMS": 1, "labels-INITIAL_FORMS": 1, "labels-0-id": label.pk, "labels-0-movie": movie.pk,
        "labels-0-genre": label.genre_id, "labels-0-source": "imdb",
    }  # fmt: skip
    address = reverse("admin:movies_movie_change", args=[movie.pk])
    assert client_for(chief).post(address, data).status_code == 302
    movie.refresh_from_db()
    assert movie.genres_decided_at is None
    assert client_for(chief).post(address, {**data, "labels-0-DELETE": "on"}).status_code == 302
    movie.refresh_from_db()
    assert movie.genres_decided_at is not None
    assert not movie.labels.exists()
