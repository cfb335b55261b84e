"""From a prediction to a film: whole, once, and without the model's word as a label."""

import pytest

from genresite.errors import Conflict, InvalidInput
from movies.models import Movie
from predictor.models import Prediction
from predictor.services.films import save_as_film
from tests.factories import make_poster_bytes, make_prediction
from tests.predictor.fakes import SCARY


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


def test_film_has_plot_and_poster_and_no_genre(ann, fake_models):
    made = make_prediction(ann, plot=SCARY, poster_bytes=make_poster_bytes())
    film = save_as_film(prediction=made, person=ann, title=" The Empty  House ")
    assert film.title == "The Empty House"
    assert film.plots.get().text == SCARY
    assert film.posters.count() == 1
    assert not film.genres.exists()
    assert Prediction.objects.get().movie == film


def test_second_press_adds_no_second_film(ann, fake_models):
    made = make_prediction(ann)
    save_as_film(prediction=made, person=ann, title="One")
    with pytest.raises(Conflict, match="belongs to a film"):
        save_as_film(prediction=made, person=ann, title="Two")
    assert [film.title for film in Movie.objects.all()] == ["One"]


def test_film_needs_a_title(ann, fake_models):
    made = make_prediction(ann)
    with pytest.raises(InvalidInput, match="title is missing"):
        save_as_film(prediction=made, person=ann, title=" ")
    assert not Movie.objects.exists()
    assert Prediction.objects.get().movie is None


def test_owner_saves_it_from_the_page_and_others_cannot(ann, rita, client_for, fake_models):
    made = make_prediction(ann, title="The Empty House")
    address = f"/predictions/{made.pk}/film/"
    assert address in client_for(ann).get(f"/predictions/{made.pk}/").content.decode()
    assert address not in client_for(rita).get(f"/predictions/{made.pk}/").content.decode()
    assert client_for(rita).post(address, {"title": "Mine now"}).status_code == 404
    answer = client_for(ann).post(address, {"title": "The Empty House"}, follow=True)
    assert "is in the catalogue" in answer.content.decode()
    assert address not in client_for(ann).get(f"/predictions/{made.pk}/").content.decode()
