"""Predictions: make one, list, read, explain; a film's picture."""

from hashlib import md5

from django.db.models import QuerySet
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import quote_etag
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from genresite.api import answer_unchanged
from genresite.idempotency.decorators import idempotent
from predictor.api.requests import SignedInRequest, check_body
from predictor.files import open_poster
from predictor.filters import PredictionFilter
from predictor.models import Prediction
from predictor.paging import PredictionPagination
from predictor.schema import (
    PLOT_EXAMPLE,
    PREDICTION_EXAMPLE,
    refusals,
)
from predictor.serializers.explanations import ExplanationRequestSerializer, ExplanationSerializer
from predictor.serializers.predictions import PredictionRequestSerializer, PredictionSerializer
from predictor.services.explanations import explain_prediction
from predictor.services.predictions import record_prediction


class PredictionScope(generics.GenericAPIView):
    """The predictions that the caller may see: their own; all of them for reviewers."""

    serializer_class: type[BaseSerializer] = PredictionSerializer
    queryset = Prediction.objects.none()

    def get_queryset(self) -> QuerySet[Prediction]:
        """Everything that an answer shows, in a fixed number of queries."""
        if getattr(self, "swagger_fake_view", False):
            return Prediction.objects.none()
        return Prediction.objects.visible_to(self.request.user).told()


class PredictionList(PredictionScope):
    """All of one's predictions, and the place to make one."""

    filterset_class = PredictionFilter
    pagination_class = PredictionPagination

    @extend_schema(summary="List predictions", responses={200: PredictionSerializer(many=True), **refusals(400)})
    def get(self, request: SignedInRequest) -> Response:
        """Your own predictions, the latest first; reviewers get everybody's."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        summary="Predict",
        request={
            "application/json": PredictionRequestSerializer,
            "multipart/form-data": PredictionRequestSerializer,
        },
        responses={201: PredictionSerializer, **refusals(400, 503)},
        examples=[PLOT_EXAMPLE, PREDICTION_EXAMPLE],
    )
    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        """Predict the genres of a plot (JSON), of a poster, or of both (multipart), and keep the answer."""
        given = check_body(PredictionRequestSerializer, request)
        sent = given.pop("poster", None)
        prediction = record_prediction(
            owner=request.user,
            origin=Prediction.Origin.API,
            poster_bytes=None if sent is None else sent.read(),
            **given,
        )
        body = self.get_serializer(self.get_queryset().get(pk=prediction.pk)).data
        return Response(body, status=status.HTTP_201_CREATED)


class PredictionDetail(PredictionScope):
    """One prediction."""

    @extend_schema(
        summary="Read a prediction",
        responses={200: PredictionSerializer, **refusals(404)},
        examples=[PREDICTION_EXAMPLE],
    )
    def get(self, request: SignedInRequest, pk: int) -> Response:
        """One prediction with every score, the model versions that gave it, and what people say of it."""
        return Response(self.get_serializer(self.get_object()).data)


class WebPRenderer(BaseRenderer):
    """Says that this endpoint answers with a picture; the picture itself goes out as a file."""

    media_type = "image/webp"
    format = "webp"
    render_style = "binary"


class PredictionPoster(PredictionScope):
    """The poster of a prediction."""

    renderer_classes = [JSONRenderer, WebPRenderer]

    @extend_schema(
        summary="Read a prediction's poster",
        parameters=[OpenApiParameter("size", str, enum=["thumbnail"], description="A copy of at most 360 px.")],
        responses={(200, "image/webp"): OpenApiTypes.BINARY, **refusals(404)},
    )
    def get(self, request: SignedInRequest, pk: int) -> FileResponse:
        """The picture as WebP, re-encoded from its pixels."""
        prediction = get_object_or_404(Prediction.objects.visible_to(request.user), pk=pk)
        return open_poster(prediction, thumbnail=request.query_params.get("size") == "thumbnail")


class PredictionExplanation(PredictionScope):
    """Why a prediction has a genre."""

    serializer_class = ExplanationSerializer

    @extend_schema(
        summary="Explain a prediction",
        parameters=[ExplanationRequestSerializer],
        responses={200: ExplanationSerializer, **refusals(400, 404, 503)},
    )
    def get(self, request: SignedInRequest, pk: int) -> HttpResponseBase:
        """How far any genre is from being named, which words raised or lowered it, and where the poster speaks."""
        wanted = ExplanationRequestSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        prediction = self.get_object()
        # Neither a prediction nor the versions that made it ever change: who has the answer needs no second's work.
        # The number counts the shapes that answers have had.
        asked = "-".join(str(value) for _name, value in sorted(wanted.validated_data.items()))
        etag = quote_etag(f"explanation-2-{prediction.pk}-{md5(asked.encode(), usedforsecurity=False).hexdigest()}")
        unchanged = answer_unchanged(request, etag)
        if unchanged is not None:
            return unchanged
        explanation = explain_prediction(prediction=prediction, **wanted.validated_data)
        return Response(self.get_serializer(explanation).data, headers={"ETag": etag})
