"""The pages of slow work: list, ask for it, call it off, try it again."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from predictor.models import Job
from predictor.selectors.workers import read_worker_problem
from predictor.services import jobs as job_services
from predictor.services.batches import count_waiting_films
from predictor.views.requests import PAGE_SIZE, PageRequest


@require_safe
def jobs(request: PageRequest) -> HttpResponse:
    """Slow work: what waits, what runs and how far it is, what failed and why."""
    job_services.reap_jobs()
    visible = Job.objects.visible_to(request.user).select_related("requested_by", "version", "batch")
    context = {
        "page_obj": Paginator(visible, PAGE_SIZE).get_page(request.GET.get("page")),
        "unfinished": visible.unfinished().exists(),
        "waiting_films": count_waiting_films(request.user),
        "worker_problem": read_worker_problem(),
    }
    return render(request, "predictor/jobs.html", context)


@require_POST
def request_catalogue_job(request: PageRequest) -> HttpResponse:
    """Ask for predictions of the catalogue's films without genres."""
    job_services.request_catalogue_job(requested_by=request.user)
    messages.success(request, _("The job is queued. It goes on when you close this page."))
    return redirect("predictor:jobs")


@require_POST
def cancel_job(request: PageRequest, pk: int) -> HttpResponse:
    """Call a job off."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    job_services.cancel_job(job=job, person=request.user)
    return redirect("predictor:jobs")


@require_POST
def retry_job(request: PageRequest, pk: int) -> HttpResponse:
    """Ask once more for what a failed or cancelled job was to do."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    job_services.retry_job(job=job, person=request.user)
    messages.success(request, _("The job is queued once more."))
    return redirect("predictor:jobs")
