"""The API's endpoints: each parses, calls the service or selection that the page calls, and answers."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from genresite.accounts.models import User
from genresite.api import SmallListPagination
from predictor.files import open_poster
from predictor.filters import FeedbackFilter, JobFilter, PredictionFilter
from predictor.models import Feedback, Job, ModelVersion, Prediction
from predictor.schema import (
    FEEDBACK_EXAMPLE,
    JOB_EXAMPLE,
    PLOT_EXAMPLE,
    PREDICTION_EXAMPLE,
    VERDICT_EXAMPLE,
    refusals,
)
from predictor.serializers import (
    ExplanationRequestSerializer,
    ExplanationSerializer,
    FeedbackRequestSerializer,
    FeedbackSerializer,
    FeedbackVerdictSerializer,
    JobRequestSerializer,
    JobSerializer,
    ModelVersionSerializer,
    PredictionRequestSerializer,
    PredictionSerializer,
)
from predictor.services.explanations import explain_prediction
from predictor.services.feedback import record_feedback, settle_feedback
from predictor.services.jobs import cancel_job, request_catalogue_job
from predictor.services.predictions import record_prediction


class SignedInRequest(Request):
    """A request as the permission check leaves it: it has a person."""

    user: User


def _check(serializer_class: Any, request: SignedInRequest) -> dict[str, Any]:
    """What was sent, checked; a breach of a rule becomes a 400 that names the field."""
    serializer = serializer_class(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


class PredictionScope(generics.GenericAPIView):
    """The predictions that the caller may see: their own; all of them for reviewers."""

    serializer_class: type[BaseSerializer] = PredictionSerializer
    queryset = Prediction.objects.none()

    def get_queryset(self) -> QuerySet[Prediction]:
        """Everything that an answer shows, in a fixed number of queries."""
        if getattr(self, "swagger_fake_view", False):
            return Prediction.objects.none()
        return Prediction.objects.visible_to(self.request.user).listed()


class PredictionList(PredictionScope):
    """All of one's predictions, and the place to make one."""

    filterset_class = PredictionFilter

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
    def post(self, request: SignedInRequest) -> Response:
        """Predict the genres of a plot (JSON), of a poster, or of both (multipart), and keep the answer."""
        given = _check(PredictionRequestSerializer, request)
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
    def get(self, request: SignedInRequest, pk: int) -> Response:
        """Which words raised or lowered a genre, and where the poster speaks for it; worked out when asked for."""
        wanted = ExplanationRequestSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        explanation = explain_prediction(prediction=self.get_object(), **wanted.validated_data)
        return Response(self.get_serializer(explanation).data)


class PredictionFeedback(PredictionScope):
    """What people say of one prediction."""

    serializer_class = FeedbackSerializer
    pagination_class = None

    @extend_schema(summary="Feedback of a prediction", responses={200: FeedbackSerializer(many=True), **refusals(404)})
    def get(self, request: SignedInRequest, pk: int) -> Response:
        """Everybody's feedback on this prediction, the latest first."""
        return Response(self.get_serializer(self.get_object().feedback.all(), many=True).data)

    @extend_schema(
        summary="Correct a prediction",
        request=FeedbackRequestSerializer,
        responses={200: FeedbackSerializer, **refusals(400, 404)},
        examples=[FEEDBACK_EXAMPLE],
    )
    def put(self, request: SignedInRequest, pk: int) -> Response:
        """Say which genres are right; said again, it replaces what you said before."""
        prediction = self.get_object()
        feedback = record_feedback(
            prediction=prediction, author=request.user, **_check(FeedbackRequestSerializer, request)
        )
        return Response(self.get_serializer(feedback).data)


class FeedbackScope(generics.GenericAPIView):
    """The feedback that the caller may see."""

    serializer_class = FeedbackSerializer
    queryset = Feedback.objects.none()

    def get_queryset(self) -> QuerySet[Feedback]:
        """What is said of one's own predictions; everything for reviewers."""
        if getattr(self, "swagger_fake_view", False):
            return Feedback.objects.none()
        visible = Feedback.objects.visible_to(self.request.user)
        return visible.select_related("author", "prediction__movie").prefetch_related("genres")


class FeedbackList(FeedbackScope):
    """All feedback."""

    filterset_class = FeedbackFilter

    @extend_schema(summary="List feedback", responses={200: FeedbackSerializer(many=True), **refusals(400)})
    def get(self, request: SignedInRequest) -> Response:
        """What is said of your predictions, the latest first; reviewers get everything."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class FeedbackDetail(FeedbackScope):
    """One person's feedback on one prediction."""

    @extend_schema(
        summary="Settle feedback",
        request=FeedbackVerdictSerializer,
        responses={200: FeedbackSerializer, **refusals(400, 403, 404, 409)},
        examples=[VERDICT_EXAMPLE],
    )
    def patch(self, request: SignedInRequest, pk: int) -> Response:
        """Accept or reject it; reviewers only. What is accepted becomes the genres of the prediction's film."""
        feedback = self.get_object()
        verdict = _check(FeedbackVerdictSerializer, request)["state"]
        settled = settle_feedback(feedback=feedback, reviewer=request.user, accept=verdict == Feedback.State.ACCEPTED)
        return Response(self.get_serializer(settled).data)


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


class JobScope(generics.GenericAPIView):
    """The jobs that the caller may see."""

    serializer_class = JobSerializer
    queryset = Job.objects.none()

    def get_queryset(self) -> QuerySet[Job]:
        """One's own jobs; everybody's for reviewers."""
        if getattr(self, "swagger_fake_view", False):
            return Job.objects.none()
        return Job.objects.visible_to(self.request.user).select_related("requested_by")


class JobList(JobScope):
    """All jobs, and the place to ask for one."""

    filterset_class = JobFilter

    @extend_schema(summary="List jobs", responses={200: JobSerializer(many=True), **refusals(400)})
    def get(self, request: SignedInRequest) -> Response:
        """Your jobs, the latest first; reviewers get everybody's."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        summary="Start a job",
        request=JobRequestSerializer,
        responses={202: JobSerializer, **refusals(400, 403, 409, 503)},
        examples=[JOB_EXAMPLE],
    )
    def post(self, request: SignedInRequest) -> Response:
        """Ask for predictions of the catalogue's films without genres; reviewers only."""
        _check(JobRequestSerializer, request)
        job = request_catalogue_job(requested_by=request.user)
        return Response(self.get_serializer(job).data, status=status.HTTP_202_ACCEPTED)


class JobDetail(JobScope):
    """One job."""

    @extend_schema(summary="Read a job", responses={200: JobSerializer, **refusals(404)})
    def get(self, request: SignedInRequest, pk: int) -> Response:
        """Its state, how far it is, and why it failed if it did."""
        return Response(self.get_serializer(self.get_object()).data)


class JobCancel(JobScope):
    """Calling a job off."""

    @extend_schema(
        summary="Cancel a job",
        request=None,
        responses={200: OpenApiResponse(JobSerializer, description="The job as it is now."), **refusals(403, 404)},
    )
    def post(self, request: SignedInRequest, pk: int) -> Response:
        """Stop it: at once if it waits, else after the part that is being worked on."""
        return Response(self.get_serializer(cancel_job(job=self.get_object(), person=request.user)).data)
