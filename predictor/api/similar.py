"""Films that are alike: beside a prediction, and beside a film of the catalogue."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from movies.models import Movie
from predictor.api.requests import SignedInRequest
from predictor.models import Prediction
from predictor.schema import refusals
from predictor.selectors.similar import SimilarPage, read_similar_to_film, read_similar_to_prediction
from predictor.serializers.similar import SimilarRequestSerializer, SimilarSerializer


def _read_wish(request: SignedInRequest) -> dict[str, Any]:
    wish = SimilarRequestSerializer(data=request.query_params)
    wish.is_valid(raise_exception=True)
    return dict(wish.validated_data)


def _tell(page: SimilarPage, request: SignedInRequest) -> Response:
    return Response(SimilarSerializer(page, context={"request": request}).data)


class SimilarToPrediction(APIView):
    """Films like a prediction's."""

    @extend_schema(
        summary="Find films like a prediction's",
        parameters=[SimilarRequestSerializer],
        responses={200: SimilarSerializer, **refusals(400, 404)},
    )
    def get(self, request: SignedInRequest, pk: int) -> Response:
        """The films of the catalogue that are most like it, each with the reason; its own film is left out."""
        wish = _read_wish(request)
        prediction = get_object_or_404(Prediction.objects.visible_to(request.user).listed(), pk=pk)
        return _tell(read_similar_to_prediction(prediction, **wish), request)


class SimilarToFilm(APIView):
    """Films like one of the catalogue."""

    @extend_schema(
        summary="Find films like a film",
        parameters=[SimilarRequestSerializer],
        responses={200: SimilarSerializer, **refusals(400, 404)},
    )
    def get(self, request: SignedInRequest, pk: int) -> Response:
        """The films of the catalogue that are most like it, each with the reason; it is left out itself."""
        wish = _read_wish(request)
        movie = get_object_or_404(Movie.objects.prefetch_related("genres", "plots", "posters"), pk=pk)
        return _tell(read_similar_to_film(movie, **wish), request)
