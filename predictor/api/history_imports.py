"""Bringing an exported history in by a program; for staff, as the page is."""

from typing import Any, cast

from django.http import QueryDict
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from genresite.idempotency.decorators import idempotent
from movies.services.uploads import MAX_UPLOAD_ROWS
from predictor.access import require_staff
from predictor.api.requests import SignedInRequest
from predictor.history_forms import HistoryImportForm
from predictor.schema import refusals
from predictor.serializers.history_imports import HistorySummarySerializer
from predictor.services.history_uploads import import_history_upload


class HistoryImportInputSerializer(serializers.Serializer):
    """An export of predictions or corrections."""

    file = serializers.FileField(help_text=f"CSV or JSON lines; up to {MAX_UPLOAD_ROWS:,} rows are read; may be gz.")
    source = serializers.CharField(  # type: ignore[assignment]  # Field.source is another thing
        required=False, help_text="A short name for the site that it comes from; by default genresite."
    )
    dry_run = serializers.BooleanField(required=False, help_text="Tell only what would happen.")


class HistoryImportList(APIView):
    """The place to bring history in."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        summary="Bring in history",
        request={"multipart/form-data": HistoryImportInputSerializer},
        responses={200: HistorySummarySerializer, **refusals(400, 403, 409, 413)},
    )
    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        """Bring in an export of predictions or of corrections; staff only. Brought in again, a file changes nothing."""
        require_staff(request.user)
        form = HistoryImportForm(cast(QueryDict, request.data), request.FILES)
        if not form.is_valid():
            problems = {name: [str(sentence) for sentence in sentences] for name, sentences in form.errors.items()}
            raise exceptions.ValidationError(problems)
        summary: Any = import_history_upload(person=request.user, **form.as_upload())
        return Response(HistorySummarySerializer(summary).data)
