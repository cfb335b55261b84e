"""The film of a prediction."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from predictor.models import Prediction
from predictor.services.films import save_as_film
from predictor.views.requests import PageRequest


@require_POST
def save_film(request: PageRequest, pk: int) -> HttpResponse:
    """Add the prediction's film to the catalogue. Only its owner: everybody reads the catalogue."""
    prediction = get_object_or_404(Prediction.objects.filter(owner=request.user), pk=pk)
    movie = save_as_film(prediction=prediction, person=request.user, title=request.POST.get("title", ""))
    messages.success(request, _("%(film)s is in the catalogue. Its genres are for you to decide.") % {"film": movie})
    return redirect(movie)
