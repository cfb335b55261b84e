"""Files of films that are predicted as a whole: give one in, follow it, take the result."""

from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.response import Response

from genresite.body_limits import accepts_body_of
from genresite.idempotency.decorators import idempotent
from predictor.api.requests import SignedInRequest, check_body
from predictor.filters import BatchFilter
from predictor.models import Batch
from predictor.schema import refusals
from predictor.schema_batches import BATCH_EXAMPLE, ROW_EXAMPLE
from predictor.selectors.batches import RowDecoder, select_rows
from predictor.serializers.batches import BatchRequestSerializer, BatchRowSerializer, BatchSerializer
from predictor.services.batch_requests import cancel_batch, delete_batch, request_batch, retry_batch
from predictor.streams import stream_result

STATE = OpenApiParameter("state", str, enum=["failed", "predicted", "unsure"], description="Only such rows.")


class BatchScope(generics.GenericAPIView):
    """The batches that the caller may see: their own; all of them for reviewers."""

    serializer_class: Any = BatchSerializer
    queryset = Batch.objects.none()

    def get_queryset(self) -> QuerySet[Batch]:
        """Everything that an answer shows, in a fixed number of queries."""
        if getattr(self, "swagger_fake_view", False):
            return Batch.objects.none()
        return Batch.objects.visible_to(self.request.user).listed()

    def show(self, batch: Batch, status_code: int = status.HTTP_200_OK) -> Response:
        """A batch as an answer."""
        body = self.get_serializer(batch).data
        headers = {"Location": body["url"]} if status_code == status.HTTP_202_ACCEPTED else {}
        return Response(body, status=status_code, headers=headers)


@accepts_body_of("MAX_BATCH_BYTES")
class BatchList(BatchScope):
    """All of one's batches, and the place to give one in."""

    filterset_class = BatchFilter
    parser_classes = [MultiPartParser]

    @extend_schema(summary="List batches", responses={200: BatchSerializer(many=True), **refusals(400)})
    def get(self, request: SignedInRequest) -> Response:
        """Your batches, the latest first; reviewers get everybody's."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        summary="Predict a file",
        request={"multipart/form-data": BatchRequestSerializer},
        responses={202: BatchSerializer, **refusals(400, 409, 413, 503)},
        examples=[BATCH_EXAMPLE],
    )
    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        """Give in up to 100,000 rows or 2 GB; the answer says where to follow it."""
        given = check_body(BatchRequestSerializer, request)
        upload = given.pop("file")
        return self.show(request_batch(owner=request.user, upload=upload, **given), status.HTTP_202_ACCEPTED)


class BatchDetail(BatchScope):
    """One batch."""

    @extend_schema(summary="Read a batch", responses={200: BatchSerializer, **refusals(404)}, examples=[BATCH_EXAMPLE])
    def get(self, request: SignedInRequest, pk: int) -> Response:
        """Its state, how far it is, and about how long it will still take."""
        return self.show(self.get_object())

    @extend_schema(summary="Delete a batch", responses={204: None, **refusals(403, 404)})
    def delete(self, request: SignedInRequest, pk: int) -> Response:
        """Throw it away with its file and its result; one that runs is called off first."""
        delete_batch(batch=self.get_object(), person=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class BatchCancel(BatchScope):
    """Calling a batch off."""

    @extend_schema(
        summary="Cancel a batch",
        request=None,
        responses={200: OpenApiResponse(BatchSerializer, description="The batch as it is now."), **refusals(404)},
    )
    def post(self, request: SignedInRequest, pk: int) -> Response:
        """Stop it; what was predicted until then stays."""
        return self.show(cancel_batch(batch=self.get_object(), person=request.user))


class BatchRetry(BatchScope):
    """Another try."""

    @extend_schema(
        summary="Try failed rows again",
        request=None,
        responses={202: BatchSerializer, **refusals(404, 409, 503)},
    )
    @idempotent
    def post(self, request: SignedInRequest, pk: int) -> Response:
        """Predict the rows that failed, and those that a cancelled batch never came to; the others stay."""
        return self.show(retry_batch(batch=self.get_object()), status.HTTP_202_ACCEPTED)


class RowPagination(CursorPagination):
    """Pages of rows in the order of the file."""

    ordering = "line"
    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000


class BatchRows(BatchScope):
    """The rows of a batch."""

    serializer_class = BatchRowSerializer
    pagination_class = RowPagination

    @extend_schema(
        summary="List a batch's rows",
        parameters=[STATE],
        responses={200: BatchRowSerializer(many=True), **refusals(404)},
        examples=[ROW_EXAMPLE],
    )
    def get(self, request: SignedInRequest, pk: int) -> Response:
        """What came of each row, in the order of the file; of a batch that runs, the rows that are done."""
        batch = self.get_object()
        page = self.paginate_queryset(select_rows(batch, request.query_params.get("state", "")))
        rows = RowDecoder(batch).decode_page(page or [])
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)


class FileRenderer(BaseRenderer):
    """Says that this endpoint answers with a file; the file itself is streamed."""

    media_type = "text/csv"
    format = "file"
    render_style = "binary"


class BatchResult(BatchScope):
    """The whole result."""

    renderer_classes = [JSONRenderer, FileRenderer]

    @extend_schema(
        summary="Download a batch's result",
        parameters=[STATE, OpenApiParameter("form", str, OpenApiParameter.PATH, enum=["csv", "jsonl"])],
        responses={
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/x-ndjson"): OpenApiTypes.STR,
            **refusals(404),
        },
    )
    def get(self, request: SignedInRequest, pk: int, form: str) -> StreamingHttpResponse:
        """Every row as CSV, or as JSON lines as `predict_file` writes them."""
        batch = get_object_or_404(Batch.objects.visible_to(request.user), pk=pk)
        return stream_result(batch, form, request.query_params.get("state", ""))
