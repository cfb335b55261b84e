"""Slow work: list, ask for it, look at it, call it off."""

from collections.abc import Callable

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.response import Response

from genresite.idempotency.decorators import idempotent
from predictor.api.requests import SignedInRequest, check_body
from predictor.filters import JobFilter
from predictor.models import Job
from predictor.schema import (
    JOB_EXAMPLE,
    TRAINING_EXAMPLE,
    refusals,
)
from predictor.serializers.jobs import JobRequestSerializer, JobSerializer
from predictor.services.jobs import (
    cancel_job,
    reap_jobs,
    request_catalogue_job,
    request_training_job,
    request_vectors_job,
    retry_job,
)

# What is asked for by each kind that a program may start.
REQUESTS: dict[str, Callable[..., Job]] = {
    Job.Kind.CATALOGUE.value: request_catalogue_job,
    Job.Kind.TRAINING.value: request_training_job,
    Job.Kind.VECTORS.value: request_vectors_job,
}


class JobScope(generics.GenericAPIView):
    """The jobs that the caller may see."""

    serializer_class = JobSerializer
    queryset = Job.objects.none()

    def get_queryset(self) -> QuerySet[Job]:
        """One's own jobs; everybody's for reviewers."""
        if getattr(self, "swagger_fake_view", False):
            return Job.objects.none()
        return Job.objects.visible_to(self.request.user).select_related("requested_by", "version")


class JobList(JobScope):
    """All jobs, and the place to ask for one."""

    filterset_class = JobFilter

    @extend_schema(summary="List jobs", responses={200: JobSerializer(many=True), **refusals(400)})
    def get(self, request: SignedInRequest) -> Response:
        """Your jobs, the latest first; reviewers get everybody's."""
        reap_jobs()
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        summary="Start a job",
        request=JobRequestSerializer,
        responses={202: JobSerializer, **refusals(400, 403, 409, 503)},
        examples=[JOB_EXAMPLE, TRAINING_EXAMPLE],
    )
    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        """Predict films without genres, make films comparable (reviewers), or train on confirmed labels (staff)."""
        sent = check_body(JobRequestSerializer, request)
        job = REQUESTS[sent.pop("kind")](requested_by=request.user, **sent)
        return Response(self.get_serializer(job).data, status=status.HTTP_202_ACCEPTED)


class JobDetail(JobScope):
    """One job."""

    @extend_schema(summary="Read a job", responses={200: JobSerializer, **refusals(404)})
    def get(self, request: SignedInRequest, pk: int) -> Response:
        """Its state, how far it is, and why it failed if it did."""
        reap_jobs()
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


class JobRetry(JobScope):
    """Asking once more."""

    @extend_schema(summary="Retry a job", request=None, responses={202: JobSerializer, **refusals(403, 404, 409, 503)})
    @idempotent
    def post(self, request: SignedInRequest, pk: int) -> Response:
        """Start a new job that does what a failed or cancelled one was to do."""
        job = retry_job(job=self.get_object(), person=request.user)
        return Response(self.get_serializer(job).data, status=status.HTTP_202_ACCEPTED)
