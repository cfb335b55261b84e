"""The page on which anybody may try the models, without an account."""

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from predictor.forms import TrialForm
from predictor.samples import SAMPLES
from predictor.selectors.trials import read_trial
from predictor.services.trials import run_trial


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: HttpRequest) -> HttpResponse:
    """The form, filled with a sample where one is named; sent, it shows the answer above itself."""
    sent = request.method == "POST"
    form = TrialForm(request.POST, request.FILES) if sent else TrialForm.for_sample(request.GET.get("sample", ""))
    answer = form.ask(run_trial, address=get_adapter().get_client_ip(request)) if sent else None
    sheet = None if answer is None else read_trial(answer)
    context = {"form": form, "sheet": sheet, "samples": SAMPLES}
    return render(request, "predictor/trial.html", context, status=form.status)
