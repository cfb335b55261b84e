"""The pages of what changed from model version to model version."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from predictor.selectors.changes import read_compare_page
from predictor.selectors.timelines import read_changes_page
from predictor.services import jobs as job_services
from predictor.services.versions import find_version
from predictor.views.requests import PageRequest


@require_safe
def changes(request: PageRequest) -> HttpResponse:
    """The versions over time and, for reviewers, the drift of `?version=`."""
    page = read_changes_page(user=request.user, version=request.GET.get("version", ""))
    return render(request, "predictor/changes.html", {"page": page})


@require_safe
def compare(request: PageRequest) -> HttpResponse:
    """Two versions side by side, `?from=` and `?to=`."""
    wanted = {"before": request.GET.get("from", ""), "after": request.GET.get("to", "")}
    page = read_compare_page(user=request.user, page=request.GET.get("page"), **wanted)
    return render(request, "predictor/changes_compare.html", {"page": page, "comparison": page.comparison})


@require_POST
def request_rerun(request: PageRequest) -> HttpResponse:
    """Ask a version about one's earlier predictions, or a reviewer about everybody's corrections."""
    version = find_version(request.POST.get("version", ""))
    scope = request.POST.get("scope", "")
    job_services.request_rerun_job(requested_by=request.user, version=version, scope=scope)
    messages.success(request, _("The job is queued. It goes on when you close this page."))
    return redirect("predictor:jobs")
