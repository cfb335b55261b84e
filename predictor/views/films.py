"""The film of a prediction."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from predictor.forms import FilmForm
from predictor.models import Prediction
from predictor.selectors.predictions import read_prediction_page
from predictor.services.films import save_as_film
from predictor.views.requests import PageRequest


@require_POST
def save_film(request: PageRequest, pk: int) -> HttpResponse:
    """Add the prediction's film to the catalogue. Only its owner: everybody reads the catalogue."""
    prediction = get_object_or_404(Prediction.objects.filter(owner=request.user).listed(), pk=pk)
    form = FilmForm(request.POST)
    values = form.cleaned_data if form.is_valid() else {}
    movie = form.submit(save_as_film, prediction=prediction, person=request.user, **values)
    if movie is None:
        page = read_prediction_page(prediction, request.user, film_form=form)
        context = {"page": page, "prediction": prediction, "panel": page.panel}
        return render(request, "predictor/detail.html", context, status=form.status)
    messages.success(request, _("%(film)s is in the catalogue. Its genres are for you to decide.") % {"film": movie})
    return redirect(movie)
