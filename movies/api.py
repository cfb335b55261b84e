"""The catalogue in the REST API."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import generics, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from genresite.api import SmallListPagination
from genresite.idempotency.decorators import idempotent
from movies.access import person_of, require_may_edit
from movies.filters import MovieFilter
from movies.images import read_poster
from movies.models import Genre, Movie, Plot, Poster
from movies.paging import MoviePagination
from movies.posters import open_poster
from movies.serializers import (
    GenreSerializer,
    MovieDetailSerializer,
    MovieInputSerializer,
    MovieSerializer,
    PlotInputSerializer,
    PlotSerializer,
    PosterInputSerializer,
    PosterSerializer,
)
from movies.services import add_plot, attach_poster, create_movie, find_genres, update_movie

REFUSED = OpenApiResponse(description="The input breaks a rule; the error names the field.")
FORBIDDEN = OpenApiResponse(description="Only the person who added the film, reviewers and staff may change it.")
EXISTS = OpenApiResponse(description="The catalogue has it already.")


def _read(serializer_class: type[Any], request: Request, *, partial: bool = False) -> dict[str, Any]:
    serializer = serializer_class(data=request.data, partial=partial)
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = serializer.validated_data
    if "genres" in values:
        values["genres"] = find_genres(names=values["genres"])
    return values


def _show_movie(pk: int, request: Request, status_code: int = status.HTTP_200_OK) -> Response:
    movie = get_object_or_404(Movie.objects.detailed(), pk=pk)
    return Response(MovieDetailSerializer(movie, context={"request": request}).data, status=status_code)


def _get_editable(pk: int, request: Request) -> Movie:
    movie = get_object_or_404(Movie, pk=pk)
    require_may_edit(request.user, movie)
    return movie


@extend_schema(summary="List genres")
class GenreList(generics.ListAPIView):
    """The site's genres."""

    queryset = Genre.objects.prefetch_related("aliases")
    serializer_class = GenreSerializer
    pagination_class = SmallListPagination


@extend_schema(summary="Read a genre")
class GenreDetail(generics.RetrieveAPIView):
    """One genre by its slug."""

    queryset = Genre.objects.prefetch_related("aliases")
    serializer_class = GenreSerializer
    lookup_field = "slug"


@extend_schema_view(get=extend_schema(summary="List films", description="The films, the latest added first."))
class MovieList(generics.ListAPIView):
    """The films, the latest added first, and adding one."""

    queryset = Movie.objects.listed()
    serializer_class = MovieSerializer
    filterset_class = MovieFilter
    pagination_class = MoviePagination

    @extend_schema(
        summary="Add a film",
        request=MovieInputSerializer,
        responses={201: MovieDetailSerializer, 400: REFUSED, 409: EXISTS},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Add a film; whoever adds it may change it."""
        movie = create_movie(**_read(MovieInputSerializer, request), person=person_of(request))
        return _show_movie(movie.pk, request, status.HTTP_201_CREATED)


class MovieDetail(APIView):
    """One film."""

    @extend_schema(summary="Read a film", responses=MovieDetailSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The film with its plots, posters and the provenance of its genres."""
        return _show_movie(pk, request)

    @extend_schema(
        summary="Change a film",
        request=MovieInputSerializer,
        responses={200: MovieDetailSerializer, 400: REFUSED, 403: FORBIDDEN, 409: EXISTS},
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is named."""
        movie = _get_editable(pk, request)
        update_movie(movie=movie, **_read(MovieInputSerializer, request, partial=True), person=person_of(request))
        return _show_movie(pk, request)


@extend_schema_view(get=extend_schema(summary="List a film's plots"))
class PlotList(generics.ListAPIView):
    """A film's plots."""

    queryset = Plot.objects.none()
    serializer_class = PlotSerializer

    def get_queryset(self) -> QuerySet[Plot]:
        """The plots of the film in the address."""
        return get_object_or_404(Movie, pk=self.kwargs["pk"]).plots.all()

    @extend_schema(
        summary="Add a plot",
        request=PlotInputSerializer,
        responses={201: PlotSerializer, 400: REFUSED, 403: FORBIDDEN, 409: EXISTS},
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Add a plot to the film."""
        movie = _get_editable(pk, request)
        plot = add_plot(movie=movie, **_read(PlotInputSerializer, request), person=person_of(request))
        return Response(PlotSerializer(plot).data, status=status.HTTP_201_CREATED)


@extend_schema_view(get=extend_schema(summary="List a film's posters"))
class PosterList(generics.ListAPIView):
    """A film's posters."""

    queryset = Poster.objects.none()
    serializer_class = PosterSerializer
    parser_classes = [MultiPartParser]

    def get_queryset(self) -> QuerySet[Poster]:
        """The posters of the film in the address."""
        return get_object_or_404(Movie, pk=self.kwargs["pk"]).posters.all()

    @extend_schema(
        summary="Add a poster",
        request={"multipart/form-data": PosterInputSerializer},
        responses={201: PosterSerializer, 400: REFUSED, 403: FORBIDDEN, 409: EXISTS},
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Add a poster to the film."""
        movie = _get_editable(pk, request)
        values = _read(PosterInputSerializer, request)
        verified = read_poster(values.pop("poster").read())
        poster = attach_poster(movie=movie, poster=verified, **values, person=person_of(request))
        answer = PosterSerializer(poster, context={"request": request})
        return Response(answer.data, status=status.HTTP_201_CREATED)


class PosterImage(APIView):
    """A poster's picture."""

    @extend_schema(
        summary="Read a poster's picture",
        parameters=[OpenApiParameter("size", enum=["thumbnail"], description="Leave it out for the whole picture.")],
        responses={(200, "image/webp"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int, poster_pk: int) -> FileResponse:
        """The WebP picture, or its thumbnail."""
        poster = get_object_or_404(Poster, pk=poster_pk, movie_id=pk)
        return open_poster(poster, request.query_params.get("size", ""))
