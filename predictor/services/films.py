"""From a prediction to a film of the catalogue."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from genresite.errors import Conflict
from movies.images import read_poster
from movies.models import Movie
from movies.services import add_plot, attach_poster, create_movie
from predictor.models import Prediction

if TYPE_CHECKING:
    from genresite.accounts.models import User


def save_as_film(*, prediction: Prediction, person: "User", title: str) -> Movie:
    """Add the film that a prediction is about to the catalogue, with its plot and poster and without genres.

    What a model said is no label: the film's genres are for people to decide, by the correction that belongs to the
    prediction or on the film's page.

    Args:
        prediction: A prediction that belongs to no film yet.
        person: Who adds the film.
        title: The film's title.

    Returns:
        The new film; the prediction belongs to it from now on.

    Raises:
        InvalidInput: The title breaks its rule.
        Conflict: `film_known`: the prediction belongs to a film already, perhaps by a second press of the button.
    """
    with transaction.atomic():
        movie = create_movie(title=title, person=person)
        if prediction.plot:
            add_plot(movie=movie, text=prediction.plot, person=person)
        # The row decides who was first; the other's film is rolled back.
        if not Prediction.objects.filter(pk=prediction.pk, movie__isnull=True).update(movie=movie):
            raise Conflict(_("This prediction belongs to a film of the catalogue already."), code="film_known")
    if prediction.poster_file:
        with prediction.poster_file.open("rb") as stream:
            attach_poster(movie=movie, poster=read_poster(stream.read()), person=person)
    return movie
