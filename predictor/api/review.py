"""The review queue: the next item, decisions, undo, corrections in bulk, conflicts, agreement. For reviewers."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from genresite.idempotency.decorators import idempotent
from predictor.access import require_reviewer
from predictor.api.requests import SignedInRequest, check_body
from predictor.models import Feedback, Prediction, Review
from predictor.schema import refusals
from predictor.schema_review import (
    AGREEMENT_EXAMPLE,
    BULK_EXAMPLE,
    DECISION_EXAMPLE,
    ITEM_EXAMPLE,
    LATER_EXAMPLE,
    SETTLE_EXAMPLE,
    SKIP_EXAMPLE,
)
from predictor.selectors.agreement import read_agreement, select_conflicts
from predictor.selectors.review import select_done, select_proposals
from predictor.serializers.feedback import FeedbackSerializer
from predictor.serializers.review import (
    AgreementSerializer,
    BulkRequestSerializer,
    BulkResultSerializer,
    ConflictSerializer,
    LaterRequestSerializer,
    NextRequestSerializer,
    ReviewItemSerializer,
    ReviewRequestSerializer,
    ReviewSerializer,
    SettleRequestSerializer,
    UndoneReviewSerializer,
)
from predictor.services.feedback import settle_in_bulk
from predictor.services.review_queue import find_next, postpone
from predictor.services.reviews import record_review, settle_conflict, skip_item, undo_review


class ReviewScope(generics.GenericAPIView):
    """What reviewers alone may ask for."""

    serializer_class: type[BaseSerializer] = ReviewSerializer
    queryset: QuerySet[Any] = Review.objects.none()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse everybody else before the body is looked at."""
        super().initial(request, *args, **kwargs)
        require_reviewer(request.user)


class ReviewNext(ReviewScope):
    """The next item."""

    serializer_class = ReviewItemSerializer

    @extend_schema(
        summary="Next item to review",
        parameters=[NextRequestSerializer],
        responses={
            200: ReviewItemSerializer,
            204: OpenApiResponse(description="Nothing waits."),
            **refusals(400, 403),
        },
        examples=[ITEM_EXAMPLE],
    )
    def get(self, request: SignedInRequest) -> Response:
        """The prediction most worth your look; the same until you decide, skip or put it off. 204 if nothing waits."""
        wanted = NextRequestSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        found = find_next(reviewer=request.user, **wanted.validated_data)
        if found is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(self.get_serializer(found).data)


class ReviewList(ReviewScope):
    """One's reviews, and the place to decide."""

    def get_queryset(self) -> QuerySet[Review]:
        """One's own of the last 30 days."""
        fake = getattr(self, "swagger_fake_view", False)
        return Review.objects.none() if fake else select_done(self.request.user)  # type: ignore[arg-type]

    @extend_schema(summary="List your reviews", responses={200: ReviewSerializer(many=True), **refusals(403)})
    def get(self, request: SignedInRequest) -> Response:
        """What you decided in the last 30 days and can still undo, the latest first."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        summary="Review an item",
        request=ReviewRequestSerializer,
        responses={201: ReviewSerializer, **refusals(400, 403, 409)},
        examples=[DECISION_EXAMPLE, SKIP_EXAMPLE],
    )
    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        """Say which genres are right, or skip it. The first decision counts; a second one is compared with it."""
        given = check_body(ReviewRequestSerializer, request)
        if given.pop("verdict") == "skip":
            facts = {name: given[name] for name in ("prediction", "blind", "order")}
            review = skip_item(reviewer=request.user, **facts)
        else:
            review = record_review(reviewer=request.user, **given)
        return Response(self.get_serializer(review).data, status=status.HTTP_201_CREATED)


class ReviewLater(ReviewScope):
    """Putting an item off."""

    @extend_schema(
        summary="Put an item off",
        request=LaterRequestSerializer,
        responses={204: None, **refusals(400, 403)},
        examples=[LATER_EXAMPLE],
    )
    def post(self, request: SignedInRequest) -> Response:
        """Look at this one after the others."""
        postpone(reviewer=request.user, **check_body(LaterRequestSerializer, request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ReviewUndo(ReviewScope):
    """Taking a review back."""

    def get_queryset(self) -> QuerySet[Review]:
        """One's own."""
        fake = getattr(self, "swagger_fake_view", False)
        return Review.objects.none() if fake else Review.objects.filter(reviewer=self.request.user)  # type: ignore[misc]

    @extend_schema(
        summary="Undo a review", request=None, responses={200: UndoneReviewSerializer, **refusals(403, 404, 409)}
    )
    def post(self, request: SignedInRequest, pk: int) -> Response:
        """Let everything be as it was before, for 30 days; what somebody changed since stays and is named."""
        undone = undo_review(review=self.get_object(), reviewer=request.user)
        return Response(UndoneReviewSerializer(undone).data)


class ReviewProposals(ReviewScope):
    """The corrections that wait."""

    serializer_class = FeedbackSerializer

    def get_queryset(self) -> QuerySet[Feedback]:
        """Those that nobody has settled."""
        return Feedback.objects.none() if getattr(self, "swagger_fake_view", False) else select_proposals()

    @extend_schema(summary="List proposals", responses={200: FeedbackSerializer(many=True), **refusals(403)})
    def get(self, request: SignedInRequest) -> Response:
        """The corrections that wait for a reviewer."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        summary="Settle proposals in bulk",
        request=BulkRequestSerializer,
        responses={200: BulkResultSerializer, **refusals(400, 403)},
        examples=[BULK_EXAMPLE],
    )
    def post(self, request: SignedInRequest) -> Response:
        """Accept or reject many, with a result for each. One that changed since you read it is refused."""
        given = check_body(BulkRequestSerializer, request)
        seen = [(item["id"], item["seen"]) for item in given["items"]]
        results = settle_in_bulk(seen=seen, reviewer=request.user, accept=given["state"] == Feedback.State.ACCEPTED)
        return Response(BulkResultSerializer({"results": results}).data)


class ReviewConflicts(ReviewScope):
    """Items that reviewers see differently."""

    serializer_class = ConflictSerializer

    def get_queryset(self) -> QuerySet[Prediction]:
        """Those that nobody has settled."""
        return Prediction.objects.none() if getattr(self, "swagger_fake_view", False) else select_conflicts()

    @extend_schema(summary="List conflicts", responses={200: ConflictSerializer(many=True), **refusals(403)})
    def get(self, request: SignedInRequest) -> Response:
        """Items that two reviewers see differently, the latest first."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class ReviewConflict(ReviewScope):
    """One item that reviewers see differently."""

    @extend_schema(
        summary="Settle a conflict",
        request=SettleRequestSerializer,
        responses={201: ReviewSerializer, **refusals(400, 403, 404, 409)},
        examples=[SETTLE_EXAMPLE],
    )
    def post(self, request: SignedInRequest, pk: int) -> Response:
        """Say what is right; accepted words that say otherwise give way."""
        prediction = get_object_or_404(Prediction, pk=pk)
        given = check_body(SettleRequestSerializer, request)
        review = settle_conflict(prediction=prediction, reviewer=request.user, **given)
        return Response(self.get_serializer(review).data, status=status.HTTP_201_CREATED)


class ReviewAgreement(ReviewScope):
    """Figures of agreement."""

    serializer_class = AgreementSerializer

    @extend_schema(
        summary="Read agreement", responses={200: AgreementSerializer, **refusals(403)}, examples=[AGREEMENT_EXAMPLE]
    )
    def get(self, request: SignedInRequest) -> Response:
        """How far reviewers agree with each other, and with the models where the proposal was shown or hidden."""
        return Response(self.get_serializer(read_agreement()).data)
