"""What changed from model version to model version: compare two, see the drift of one, ask one about earlier films."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from genresite.errors import Conflict
from genresite.idempotency.decorators import idempotent
from predictor.api.requests import SignedInRequest, check_body
from predictor.models import ModelVersion
from predictor.schema import refusals
from predictor.selectors.changes import find_pair, read_comparison
from predictor.selectors.drift import read_drift
from predictor.selectors.timelines import pick_version
from predictor.serializers.changes import ComparisonSerializer, DriftReportSerializer, RerunRequestSerializer
from predictor.serializers.jobs import JobSerializer
from predictor.services.jobs import request_rerun_job
from predictor.services.versions import find_version

FROM = OpenApiParameter("from", str, description="Name of the earlier version; by default the one in use.")
TO = OpenApiParameter("to", str, description="Name of the later version; by default the newest.")
PAGE = OpenApiParameter("page", int, description="Which page of the flips.")
VERSION = OpenApiParameter("version", str, description="Name of a version; by default one that is in use.")


class ModelComparison(APIView):
    """Two versions side by side."""

    @extend_schema(
        summary="Compare two model versions",
        parameters=[FROM, TO, PAGE],
        responses={200: ComparisonSerializer, **refusals(400, 404, 409)},
    )
    def get(self, request: SignedInRequest) -> Response:
        """Their figures, genre by genre, and among predictions that you may see: what flips, and which corrections."""
        pair = find_pair(request.GET.get("from", ""), request.GET.get("to", ""))
        if pair is None:
            raise Conflict(_("There are no two versions of one kind to compare."), code="nothing_to_compare")
        page = request.GET.get("page")
        comparison = read_comparison(user=request.user, before=pair[0], after=pair[1], page=page)
        return Response(ComparisonSerializer(comparison).data)


class ModelDrift(APIView):
    """How far what a version says has moved from its test films."""

    @extend_schema(
        summary="Read a model version's drift",
        parameters=[VERSION],
        responses={200: DriftReportSerializer, **refusals(403, 404, 409)},
    )
    def get(self, request: SignedInRequest) -> Response:
        """The last eight weeks, for reviewers: genres said and percentages given, as population stability indexes."""
        version = pick_version(list(ModelVersion.objects.order_by("created_at", "pk")), request.GET.get("version", ""))
        if version is None:
            raise Conflict(_("No version is in use."), code="model_missing")
        return Response(DriftReportSerializer(read_drift(user=request.user, version=version)).data)


class ModelReruns(APIView):
    """Asking a version about earlier predictions."""

    @extend_schema(
        summary="Ask a version about earlier predictions",
        request=RerunRequestSerializer,
        responses={202: JobSerializer, **refusals(400, 403, 404, 409, 503)},
    )
    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        """A job; no prediction changes by it, and what flips stands in the comparison."""
        wanted = check_body(RerunRequestSerializer, request)
        version = find_version(wanted["version"])
        job = request_rerun_job(requested_by=request.user, version=version, scope=wanted["scope"])
        return Response(JobSerializer(job, context={"request": request}).data, status=status.HTTP_202_ACCEPTED)
