"""Webhooks in the REST API: manage them, look at their log, send again."""

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from genresite.accounts.models import User
from genresite.api_schema import refusals
from genresite.hooks import services
from genresite.hooks.filters import DeliveryFilter
from genresite.hooks.models import Delivery, Webhook
from genresite.hooks.serializers import (
    DeliverySerializer,
    NewWebhookSerializer,
    WebhookChangeSerializer,
    WebhookRequestSerializer,
    WebhookSerializer,
)
from genresite.idempotency.decorators import idempotent

WEBHOOK_EXAMPLE = OpenApiExample(
    "Tell me when a batch is finished",
    value={"url": "https://example.org/genresite", "events": ["batch.finished"]},
    request_only=True,
)


def _with_secret(webhook: Webhook, secret: str, status_code: int) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response({**WebhookSerializer(webhook).data, "secret": secret}, status=status_code, headers=headers)


class WebhookScope(generics.GenericAPIView[Webhook]):
    """The caller's webhooks; nobody sees anybody else's."""

    serializer_class: type[BaseSerializer[Any]] = WebhookSerializer
    filter_backends = ()
    queryset = Webhook.objects.none()

    def get_queryset(self) -> QuerySet[Webhook]:
        """One's own."""
        return Webhook.objects.filter(owner_id=self.request.user.pk)

    def read(self, serializer_class: Any, *, partial: bool = False) -> dict[str, Any]:
        """What was sent, checked."""
        serializer = serializer_class(data=self.request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


class WebhookList(WebhookScope):
    """All of one's webhooks, and the place to make one."""

    @extend_schema(summary="List your webhooks", responses=WebhookSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Your webhooks, the latest first."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        summary="Make a webhook",
        request=WebhookRequestSerializer,
        responses={201: NewWebhookSerializer, **refusals(409)},
        examples=[WEBHOOK_EXAMPLE],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Let an address be told of events. The answer is the only place where `secret` can be seen."""
        wish = self.read(WebhookRequestSerializer)
        webhook, secret = services.create_webhook(owner=cast(User, request.user), **wish)
        return _with_secret(webhook, secret, status.HTTP_201_CREATED)


class WebhookDetail(WebhookScope):
    """One webhook."""

    @extend_schema(summary="Read a webhook", responses=WebhookSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Its address and events."""
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(
        summary="Change a webhook",
        request=WebhookChangeSerializer(partial=True),
        responses={200: WebhookSerializer, **refusals(409)},
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is named; `active: false` switches it off."""
        wish = self.read(WebhookChangeSerializer, partial=True)
        changed = services.update_webhook(webhook=self.get_object(), **wish)
        return Response(self.get_serializer(changed).data)

    @extend_schema(summary="Remove a webhook", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Remove it with its log; nothing is sent there any more."""
        services.delete_webhook(webhook=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class WebhookSecret(WebhookScope):
    """The secret of a webhook."""

    @extend_schema(summary="Rotate a webhook's secret", request=None, responses={201: NewWebhookSerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Give it a new secret, seen in this answer only; until `previous_until` the old one signs too."""
        webhook = self.get_object()
        return _with_secret(webhook, services.rotate_secret(webhook=webhook), status.HTTP_201_CREATED)


class WebhookTest(WebhookScope):
    """Trying a webhook."""

    serializer_class = DeliverySerializer

    @extend_schema(summary="Send a test event", request=None, responses={202: DeliverySerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Send an event that means nothing, to see whether it arrives; the log says what came of it."""
        sent = services.send_test(webhook=self.get_object())
        return Response(DeliverySerializer(sent).data, status=status.HTTP_202_ACCEPTED)


class DeliveryList(generics.ListAPIView[Delivery]):
    """The log of one webhook."""

    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter
    queryset = Delivery.objects.none()

    def get_queryset(self) -> QuerySet[Delivery]:
        """What was sent to the webhook in the address, if it is the caller's."""
        if getattr(self, "swagger_fake_view", False):
            return Delivery.objects.none()
        webhook = get_object_or_404(Webhook, pk=self.kwargs["pk"], owner_id=self.request.user.pk)
        return webhook.deliveries.all()

    @extend_schema(summary="Read a webhook's log", responses=DeliverySerializer(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What was sent during the last 30 days, the latest first, and what the receiver answered."""
        return self.list(request, *args, **kwargs)


class DeliveryReplay(WebhookScope):
    """Sending an event once more."""

    serializer_class = DeliverySerializer

    @extend_schema(summary="Replay an event", request=None, responses={202: DeliverySerializer, **refusals(409)})
    @idempotent
    def post(self, request: Request, pk: int, delivery_pk: int) -> Response:
        """Send an event once more, with the same `event_id`."""
        delivery = get_object_or_404(Delivery, pk=delivery_pk, webhook=self.get_object())
        again = services.replay_delivery(delivery=delivery)
        return Response(DeliverySerializer(again).data, status=status.HTTP_202_ACCEPTED)
