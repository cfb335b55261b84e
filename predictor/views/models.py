"""The pages of the model versions: list, train, promote, roll back, and the report."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from predictor.models import ModelVersion
from predictor.selectors.reports import name_catalogue, read_reports
from predictor.selectors.versions import SentForm, read_models_page
from predictor.services.jobs import request_training_job
from predictor.services.promotion import promote_version, roll_back
from predictor.training_forms import PromoteForm, RollbackForm, TrainForm
from predictor.views.requests import PageRequest


@require_safe
def models(request: PageRequest) -> HttpResponse:
    """The model versions that this site knows."""
    return render(request, "predictor/models.html", read_models_page(staff=request.user.is_staff))


def _show_again(request: PageRequest, form: SentForm) -> HttpResponse:
    """The page with the form that was refused, and what is wrong in it."""
    page = read_models_page(staff=request.user.is_staff, sent=form)
    return render(request, "predictor/models.html", page, status=form.status)


@require_POST
def train(request: PageRequest) -> HttpResponse:
    """Ask for a training on the site's confirmed labels."""
    form = TrainForm(request.POST)
    order = form.order if form.is_valid() else {}
    if form.submit(request_training_job, requested_by=request.user, **order):
        messages.success(request, _("The training is queued. It goes on when you close this page."))
        return redirect("predictor:jobs")
    return _show_again(request, form)


@require_POST
def promote(request: PageRequest, pk: int) -> HttpResponse:
    """Let a version answer from now on."""
    version = get_object_or_404(ModelVersion, pk=pk)
    form = PromoteForm(request.POST, version=version)
    values = form.cleaned_data if form.is_valid() else {}
    if form.submit(promote_version, version=version, person=request.user, **values) is None:
        return _show_again(request, form)
    messages.success(request, _("%(name)s answers from now on.") % {"name": version.name})
    return redirect("predictor:models")


@require_POST
def rollback(request: PageRequest) -> HttpResponse:
    """Let the version before the active one answer again."""
    form = RollbackForm(request.POST, kind=request.POST.get("kind", ""))
    values = form.cleaned_data if form.is_valid() else {}
    version = form.submit(roll_back, person=request.user, **values)
    if version is None:
        return _show_again(request, form)
    messages.success(request, _("%(name)s answers again.") % {"name": version.name})
    return redirect("predictor:models")


@login_not_required
@require_safe
def about(request: PageRequest) -> HttpResponse:
    """How good the models are, in figures and in plain words."""
    return render(request, "predictor/about.html", {"reports": read_reports(), "catalogue": name_catalogue()})
