"""The pages of exports: ask for one, see how far it is, take the file."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from predictor.forms import ServiceForm
from predictor.models import Export
from predictor.services.export_requests import request_export
from predictor.services.export_rows import SUBJECTS
from predictor.services.exports import delete_export, open_file, order_export
from predictor.streams import send_export, stream_file
from predictor.views.requests import PAGE_SIZE, PageRequest


def _find(request: PageRequest, pk: int) -> Export:
    """One of this person's exports; else 404."""
    return get_object_or_404(Export.objects.visible_to(request.user).select_related("job"), pk=pk)


def _show(request: PageRequest, asked: ServiceForm) -> HttpResponse:
    own = Export.objects.visible_to(request.user).select_related("job")
    page_obj = Paginator(own, PAGE_SIZE).get_page(request.GET.get("page"))
    choices = [
        {"name": name, "label": Export.Subject(name).label, "forms": [Export.Form(form) for form in subject.forms]}
        for name, subject in SUBJECTS.items()
        if request.user.is_reviewer or not subject.reviewers_only
    ]
    unfinished = any(not export.job.finished for export in page_obj)
    context = {"page_obj": page_obj, "choices": choices, "unfinished": unfinished, "asked": asked}
    return render(request, "predictor/exports.html", context, status=asked.status)


def _create(request: PageRequest) -> HttpResponseBase:
    wanted = request.POST.dict()
    subject, form = wanted.pop("subject", ""), wanted.pop("form", "")
    # Without fields of its own: a list's filters come along as they were typed there, and are the service's to judge.
    asked = ServiceForm(request.POST)
    order = asked.submit(order_export, person=request.user, subject=subject, form=form, filters=wanted)
    if order is None:
        return _show(request, asked)
    if order.small:
        return stream_file(order.write(), name=order.file_name, form=form)
    request_export(order=order, person=request.user)
    messages.success(request, _("The file is being written. It goes on when you close this page."))
    return redirect("predictor:exports")


@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: PageRequest) -> HttpResponseBase:
    """One's own exports; sent a wish, the file at once or its place in this list."""
    return _create(request) if request.method == "POST" else _show(request, ServiceForm())


@require_safe
def export_file(request: PageRequest, pk: int) -> FileResponse:
    """The file of an export."""
    export = _find(request, pk)
    return send_export(export, open_file(export=export))


@require_POST
def delete(request: PageRequest, pk: int) -> HttpResponse:
    """Throw an export away."""
    delete_export(export=_find(request, pk))
    return redirect("predictor:exports")
