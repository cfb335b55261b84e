"""The pages of films that are alike: beside a prediction, and beside a film of the catalogue."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from movies.models import Movie
from predictor.models import Prediction
from predictor.selectors.similar import read_similar_to_film, read_similar_to_prediction
from predictor.services import jobs as job_services
from predictor.views.requests import PageRequest


@require_safe
def similar_to_prediction(request: PageRequest, pk: int) -> HttpResponse:
    """The films of the catalogue that are most like a prediction's film."""
    prediction = get_object_or_404(Prediction.objects.visible_to(request.user).listed(), pk=pk)
    name = prediction.title or _("Prediction %(pk)d") % {"pk": pk}
    context = {"page": read_similar_to_prediction(prediction), "source": prediction, "name": name}
    return render(request, "predictor/similar.html", context)


@require_safe
def similar_to_film(request: PageRequest, pk: int) -> HttpResponse:
    """The films of the catalogue that are most like one of its own."""
    movie = get_object_or_404(Movie.objects.prefetch_related("genres", "plots", "posters"), pk=pk)
    context = {"page": read_similar_to_film(movie), "source": movie, "name": str(movie)}
    return render(request, "predictor/similar.html", context)


@require_POST
def request_vectors_job(request: PageRequest) -> HttpResponse:
    """Ask that films be made comparable now."""
    job_services.request_vectors_job(requested_by=request.user)
    messages.success(request, _("The job is queued. It goes on when you close this page."))
    return redirect("predictor:jobs")
