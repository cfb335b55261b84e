"""The model versions."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from genresite.api import SmallListPagination
from predictor.api.requests import SignedInRequest, check_body
from predictor.filters import ActivationFilter, VersionFilter
from predictor.models import Activation, ModelVersion
from predictor.schema import (
    refusals,
)
from predictor.serializers.models import (
    ActivationSerializer,
    ModelVersionSerializer,
    NoteSerializer,
    RollbackSerializer,
)
from predictor.services.promotion import promote_version, roll_back


class ModelVersionList(generics.ListAPIView):
    """The model versions."""

    serializer_class = ModelVersionSerializer
    queryset = ModelVersion.objects.select_related("parent")
    pagination_class = SmallListPagination
    filterset_class = VersionFilter

    @extend_schema(summary="List model versions", responses={200: ModelVersionSerializer(many=True), **refusals()})
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every model version that this site knows, with its measured quality."""
        return self.list(request)


class ModelPromote(generics.GenericAPIView):
    """Letting a version answer."""

    serializer_class = ModelVersionSerializer
    queryset = ModelVersion.objects.select_related("parent")

    @extend_schema(
        summary="Let a version answer",
        request=NoteSerializer,
        responses={200: ModelVersionSerializer, **refusals(400, 403, 404, 409)},
    )
    def post(self, request: SignedInRequest, pk: int) -> Response:
        """Staff only; a version that was not shown to be as good as the one in use needs a `note` that says why."""
        sent = check_body(NoteSerializer, request)
        version = promote_version(version=self.get_object(), person=request.user, **sent)
        return Response(self.get_serializer(version).data)


class ModelRollback(generics.GenericAPIView):
    """Going back."""

    serializer_class = ModelVersionSerializer

    @extend_schema(
        summary="Roll back to the version before",
        request=RollbackSerializer,
        responses={200: ModelVersionSerializer, **refusals(400, 403, 409)},
    )
    def post(self, request: SignedInRequest) -> Response:
        """Staff only: the version that answered before the active one answers again."""
        version = roll_back(person=request.user, **check_body(RollbackSerializer, request))
        return Response(self.get_serializer(version).data)


class ActivationList(generics.ListAPIView):
    """The history of the versions that answer."""

    serializer_class = ActivationSerializer
    queryset = Activation.objects.select_related("version", "previous", "person")
    filterset_class = ActivationFilter

    @extend_schema(summary="List activations", responses={200: ActivationSerializer(many=True), **refusals()})
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Which version began to answer when, by whose word and why; the latest first."""
        return self.list(request)
