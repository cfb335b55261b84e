"""What a result's page offers to do next."""

from predictor.models import DecidedGenre
from tests.factories import make_prediction
from tests.predictor.fakes import DULL, SCARY


def test_the_catalogue_is_linked_by_the_genre_that_was_decided(ann, client_for, fake_models):
    made = make_prediction(ann, plot=SCARY)
    made.scores = {**made.scores, "Comedy": 0.99}
    made.save()
    page = client_for(ann).get(f"/predictions/{made.pk}/").content.decode()
    assert "?genre=horror" in page and "Films of the catalogue: Horror" in page and "?genre=comedy" not in page


def test_a_genre_that_was_not_decided_is_named_as_such(ann, client_for, fake_models):
    made = make_prediction(ann, plot=DULL)
    DecidedGenre.objects.filter(prediction=made).delete()
    page = client_for(ann).get(f"/predictions/{made.pk}/").content.decode()
    assert "Films of the likeliest genre, not decided: " in page and "Films of the catalogue: " not in page
