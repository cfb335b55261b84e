"""The model versions."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from genresite.api import SmallListPagination
from predictor.models import ModelVersion
from predictor.schema import (
    refusals,
)
from predictor.serializers.models import ModelVersionSerializer


class ModelVersionList(generics.ListAPIView):
    """The model versions."""

    serializer_class = ModelVersionSerializer
    queryset = ModelVersion.objects.all()
    pagination_class = SmallListPagination
    filterset_fields = ["kind", "state"]

    @extend_schema(summary="List model versions", responses={200: ModelVersionSerializer(many=True), **refusals()})
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every model version that this site knows, with its measured quality."""
        return self.list(request)
