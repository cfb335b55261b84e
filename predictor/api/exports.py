"""Taking rows out: a small export at once, a large one as a file that is written in the background."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from genresite.idempotency.decorators import idempotent
from predictor.api.batches import FileRenderer
from predictor.api.requests import SignedInRequest, check_body
from predictor.models import Export
from predictor.schema import refusals
from predictor.schema_batches import EXPORT_EXAMPLE
from predictor.serializers.exports import ExportRequestSerializer, ExportSerializer
from predictor.services.export_requests import request_export
from predictor.services.exports import delete_export, open_file, order_export, stream_export
from predictor.streams import send_export, stream_file

TEXTS = {(200, kind): OpenApiTypes.STR for kind in ("text/csv", "application/x-ndjson", "text/plain")}


class ExportScope(generics.GenericAPIView):
    """The caller's own exports."""

    serializer_class: Any = ExportSerializer
    queryset = Export.objects.none()

    def get_queryset(self) -> QuerySet[Export]:
        """Everything that an answer shows, in a fixed number of queries."""
        if getattr(self, "swagger_fake_view", False):
            return Export.objects.none()
        return Export.objects.visible_to(self.request.user).select_related("job")


class ExportList(ExportScope):
    """All of one's exports, and the place to ask for one."""

    @extend_schema(summary="List exports", responses={200: ExportSerializer(many=True), **refusals()})
    def get(self, request: SignedInRequest) -> Response:
        """The files that you asked for, the latest first."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        summary="Export into a file",
        request=ExportRequestSerializer,
        responses={202: ExportSerializer, **refusals(400, 403, 409, 503)},
        examples=[EXPORT_EXAMPLE],
    )
    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        """Ask for a file of any number of rows; the answer says where it will be."""
        order = order_export(person=request.user, **check_body(ExportRequestSerializer, request))
        body = self.get_serializer(request_export(order=order, person=request.user)).data
        return Response(body, status=status.HTTP_202_ACCEPTED, headers={"Location": body["url"]})


class ExportDetail(ExportScope):
    """One export."""

    @extend_schema(
        summary="Read an export", responses={200: ExportSerializer, **refusals(404)}, examples=[EXPORT_EXAMPLE]
    )
    def get(self, request: SignedInRequest, pk: int) -> Response:
        """Its state, and where the file is once it is written."""
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(summary="Delete an export", responses={204: None, **refusals(404)})
    def delete(self, request: SignedInRequest, pk: int) -> Response:
        """Throw it away with its file."""
        delete_export(export=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class ExportFile(ExportScope):
    """The file of an export."""

    renderer_classes = [JSONRenderer, FileRenderer]

    @extend_schema(
        summary="Download an export",
        responses={**TEXTS, (200, "application/vnd.apache.parquet"): OpenApiTypes.BINARY, **refusals(404)},
    )
    def get(self, request: SignedInRequest, pk: int) -> FileResponse:
        """The file; 404 until it is written."""
        export = self.get_object()
        return send_export(export, open_file(export=export))


class ExportStream(ExportScope):
    """A small export at once."""

    renderer_classes = [JSONRenderer, FileRenderer]

    @extend_schema(
        summary="Export up to 1,000 rows",
        parameters=[
            OpenApiParameter("subject", str, OpenApiParameter.PATH, enum=Export.Subject.values),
            OpenApiParameter("form", str, OpenApiParameter.PATH, enum=Export.Form.values),
        ],
        responses={**TEXTS, **refusals(400, 403, 409)},
    )
    def get(self, request: SignedInRequest, subject: str, form: str) -> StreamingHttpResponse:
        """The rows at once, narrowed like the list that they stand in; 409 where they are more than 1,000."""
        filters = request.query_params.dict()
        order = order_export(person=request.user, subject=subject, form=form, filters=filters)
        return stream_file(stream_export(order=order), name=order.file_name, form=form)
