"""Bringing in films by a program; for staff, as the page is."""

from typing import Any, cast

from django.http import QueryDict
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from genresite.idempotency.decorators import idempotent
from movies.access import require_staff
from movies.forms import ImportForm
from movies.importers import FORMATS
from movies.services.uploads import MAX_UPLOAD_ROWS, import_upload


class ImportInputSerializer(serializers.Serializer):
    """A data set of films, and its terms."""

    file = serializers.FileField(help_text=f"Up to {MAX_UPLOAD_ROWS:,} rows are read; gz is unpacked.")
    format = serializers.ChoiceField(choices=[(name, known.label) for name, known in FORMATS.items() if known.single])
    source = serializers.CharField(  # type: ignore[assignment]  # Field.source is another thing
        required=False, help_text="A short name, such as imdb; by default that of the format."
    )
    licence = serializers.CharField(required=False)
    may_train = serializers.BooleanField(required=False, help_text="Whether models may learn from these films.")
    dry_run = serializers.BooleanField(required=False, help_text="Tell only what would happen.")


class ImportProblemSerializer(serializers.Serializer):
    """A line that is no film, and why."""

    file = serializers.CharField()
    line = serializers.IntegerField()
    code = serializers.CharField()
    message = serializers.CharField()
    field = serializers.CharField(allow_null=True)


class ImportSummarySerializer(serializers.Serializer):
    """What came of an import."""

    made = serializers.IntegerField(help_text="Films that were not in the catalogue.")
    completed = serializers.IntegerField(help_text="Films that were, and got something more.")
    unchanged = serializers.IntegerField()
    labels = serializers.IntegerField(help_text="Genre labels written.")
    plots = serializers.IntegerField()
    posters = serializers.IntegerField()
    skipped = serializers.DictField(child=serializers.IntegerField(), help_text="Rows left out on purpose, by reason.")
    unknown = serializers.DictField(child=serializers.IntegerField(), help_text="Genres that nothing is known of.")
    ignored = serializers.ListField(child=serializers.CharField(), help_text="Columns that were not read.")
    error_count = serializers.IntegerField(source="errors", help_text="Rows that could not be taken.")
    first_errors = ImportProblemSerializer(many=True)
    whole = serializers.BooleanField(help_text="Whether the file could be read to its end.")


class ImportList(APIView):
    """The place to bring in films."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        summary="Bring in films",
        request={"multipart/form-data": ImportInputSerializer},
        responses={200: ImportSummarySerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Bring in the films of a data set; staff only. Brought in again, a file changes nothing."""
        require_staff(request.user)
        form = ImportForm(cast(QueryDict, request.data), request.FILES)
        if not form.is_valid():
            problems = {name: [str(sentence) for sentence in sentences] for name, sentences in form.errors.items()}
            raise exceptions.ValidationError(problems)
        summary: Any = import_upload(**form.as_upload())
        return Response(ImportSummarySerializer(summary).data, status=status.HTTP_200_OK)
