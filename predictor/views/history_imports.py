"""The page that brings an exported history in."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from movies.services.uploads import MAX_UPLOAD_ROWS
from predictor.access import require_staff
from predictor.history_forms import HistoryImportForm
from predictor.services.history_uploads import import_history_upload
from predictor.views.requests import PageRequest


@require_http_methods(["GET", "HEAD", "POST"])
def import_history(request: PageRequest) -> HttpResponse:
    """Bring in predictions or corrections from an uploaded export; for staff."""
    require_staff(request.user)
    form = HistoryImportForm(request.POST, request.FILES) if request.method == "POST" else HistoryImportForm()
    summary = import_history_upload(person=request.user, **form.as_upload()) if form.is_valid() else None
    limits = {"limit_bytes": settings.MAX_REQUEST_BYTES, "limit_rows": MAX_UPLOAD_ROWS}
    status = 400 if form.errors or (summary and not summary.whole) else 200
    return render(request, "predictor/import_history.html", {"form": form, "summary": summary, **limits}, status=status)
