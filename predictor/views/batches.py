"""The pages of files that are predicted as a whole: give one in, follow it, look at the result."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from genresite.body_limits import accepts_body_of
from predictor.batch_forms import BatchForm
from predictor.models import Batch
from predictor.selectors.batch_pages import read_batch_list, read_batch_page
from predictor.services import batch_requests
from predictor.streams import stream_result
from predictor.views.requests import PAGE_SIZE, PageRequest


def _find(request: PageRequest, pk: int) -> Batch:
    """A batch that this person may see; else 404."""
    return get_object_or_404(Batch.objects.visible_to(request.user).listed(), pk=pk)


def _show_list(request: PageRequest, form: BatchForm) -> HttpResponse:
    page_obj = Paginator(Batch.objects.visible_to(request.user).listed(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, **read_batch_list(page_obj)}
    return render(request, "predictor/batches.html", context, status=form.status)


@accepts_body_of("MAX_BATCH_BYTES")
@require_http_methods(["GET", "HEAD", "POST"])
def batches(request: PageRequest) -> HttpResponse:
    """All of one's batches, and the form to give a file in."""
    if request.method != "POST":
        return _show_list(request, BatchForm())
    form = BatchForm(request.POST, request.FILES)
    batch = form.give_in(batch_requests.request_batch, owner=request.user)
    return _show_list(request, form) if batch is None else redirect(batch)


@require_safe
def batch(request: PageRequest, pk: int) -> HttpResponse:
    """How far a batch is, and what came of its rows, page by page."""
    page = read_batch_page(_find(request, pk), state=request.GET.get("state", ""), number=request.GET.get("page"))
    return render(request, "predictor/batch.html", {"page": page, "batch": page.batch, "page_obj": page.page_obj})


@require_safe
def result(request: PageRequest, pk: int, form: str) -> StreamingHttpResponse:
    """The whole result as CSV or JSON lines."""
    return stream_result(_find(request, pk), form, request.GET.get("state", ""))


@require_POST
def cancel(request: PageRequest, pk: int) -> HttpResponse:
    """Call a batch off."""
    batch_requests.cancel_batch(batch=_find(request, pk), person=request.user)
    messages.success(request, _("The batch is cancelled. What was predicted until then is kept."))
    return redirect("predictor:batch", pk=pk)


@require_POST
def retry(request: PageRequest, pk: int) -> HttpResponse:
    """Try the failed rows again."""
    return redirect(batch_requests.retry_batch(batch=_find(request, pk)))


@require_POST
def delete(request: PageRequest, pk: int) -> HttpResponse:
    """Throw a batch away."""
    batch_requests.delete_batch(batch=_find(request, pk), person=request.user)
    messages.success(request, _("The batch and its result are deleted."))
    return redirect("predictor:batches")
