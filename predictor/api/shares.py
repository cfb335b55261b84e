"""Share links: make one, read it, take it back."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.response import Response

from genresite.errors import NotFound
from genresite.idempotency.decorators import idempotent
from predictor.api.requests import SignedInRequest, check_body
from predictor.models import Prediction
from predictor.schema import SHARE_EXAMPLE, refusals
from predictor.serializers.shares import ShareRequestSerializer, ShareSerializer
from predictor.services.shares import create_share, revoke_share
from predictor.share_panel import SharedLink, find_own_link


class PredictionShare(generics.GenericAPIView[Prediction]):
    """The link of one of your own predictions; reviewers manage nobody else's."""

    serializer_class = ShareSerializer
    filter_backends = ()
    queryset = Prediction.objects.none()

    def get_queryset(self) -> QuerySet[Prediction]:
        """One's own."""
        return Prediction.objects.filter(owner_id=self.request.user.pk)

    def _tell(self, shared: SharedLink, status_code: int = status.HTTP_200_OK) -> Response:
        headers = {"Cache-Control": "no-store"}
        body: dict[str, Any] = self.get_serializer(shared).data
        return Response(body, status=status_code, headers=headers)

    @extend_schema(summary="Read a share link", responses={200: ShareSerializer, **refusals(404)})
    def get(self, request: SignedInRequest, pk: int) -> Response:
        """The link, what it shows, and until when; 404 `share_missing` where the prediction is not shared."""
        return self._tell(find_own_link(self.get_object()))

    @extend_schema(
        summary="Make a share link",
        request=ShareRequestSerializer,
        responses={201: ShareSerializer, **refusals(400, 404, 409)},
        examples=[SHARE_EXAMPLE],
    )
    @idempotent
    def post(self, request: SignedInRequest, pk: int) -> Response:
        """Let whoever has the link see the result without an account; 409 where there is a working link already."""
        wish = check_body(ShareRequestSerializer, request)
        made = create_share(prediction=self.get_object(), **wish)
        return self._tell(SharedLink.of(made), status.HTTP_201_CREATED)

    @extend_schema(summary="Take a share link back", responses={204: None, **refusals(404)})
    def delete(self, request: SignedInRequest, pk: int) -> Response:
        """The link opens nothing from now on."""
        if not revoke_share(prediction=self.get_object()):
            raise NotFound(_("This prediction is not shared."), code="share_missing")
        return Response(status=status.HTTP_204_NO_CONTENT)
