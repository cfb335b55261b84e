"""The pages of the model versions: list and report."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from predictor.models import ModelVersion
from predictor.selectors.reports import read_reports
from predictor.views.requests import PageRequest


@require_safe
def models(request: PageRequest) -> HttpResponse:
    """The model versions that this site knows."""
    versions = ModelVersion.objects.select_related("activated_by")
    return render(request, "predictor/models.html", {"versions": versions})


@login_not_required
@require_safe
def about(request: PageRequest) -> HttpResponse:
    """How good the models are, in figures and in plain words."""
    return render(request, "predictor/about.html", {"reports": read_reports()})
