"""Corrections: what is said of a prediction, and what reviewers make of it."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.response import Response

from predictor.api.predictions import PredictionScope
from predictor.api.requests import SignedInRequest, check_body
from predictor.filters import FeedbackFilter
from predictor.models import Feedback
from predictor.schema import (
    FEEDBACK_EXAMPLE,
    VERDICT_EXAMPLE,
    refusals,
)
from predictor.schema_review import AMEND_EXAMPLE
from predictor.serializers.feedback import FeedbackRequestSerializer, FeedbackSerializer, FeedbackVerdictSerializer
from predictor.services.feedback import amend_feedback, record_feedback, settle_feedback


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
            prediction=prediction, author=request.user, **check_body(FeedbackRequestSerializer, request)
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
        examples=[VERDICT_EXAMPLE, AMEND_EXAMPLE],
    )
    def patch(self, request: SignedInRequest, pk: int) -> Response:
        """Accept or reject it, or accept it with other genres; reviewers only. A catalogue film gets the genres."""
        feedback = self.get_object()
        given = check_body(FeedbackVerdictSerializer, request)
        common = {"feedback": feedback, "reviewer": request.user, "seen": given.get("seen")}
        if "genres" in given:
            settled = amend_feedback(**common, genres=given["genres"])
        else:
            settled = settle_feedback(**common, accept=given["state"] == Feedback.State.ACCEPTED)
        return Response(self.get_serializer(settled).data)
