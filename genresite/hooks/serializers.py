"""Webhooks and their log as JSON. Rules are in the services."""

from typing import Any

from rest_framework import serializers

from genresite.hooks.models import Delivery, Webhook
from genresite.hooks.services.webhooks import CHOICES

EVENT_NAMES = [value for value, _label in CHOICES]


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    """A webhook, without its secret."""

    events = serializers.ListField(child=serializers.ChoiceField(choices=EVENT_NAMES), read_only=True)

    class Meta:
        model = Webhook
        fields = ["id", "url", "events", "active", "previous_until", "created_at"]
        read_only_fields = fields


class NewWebhookSerializer(WebhookSerializer):
    """A webhook with a new secret: the only time that it can be seen."""

    secret = serializers.CharField(read_only=True)

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret"]
        read_only_fields = fields


class WebhookRequestSerializer(serializers.Serializer[Any]):
    """Where to, and what of."""

    url = serializers.CharField(max_length=500, help_text="A public http or https address that takes a POST.")
    events = serializers.ListField(child=serializers.ChoiceField(choices=EVENT_NAMES), min_length=1, max_length=10)


class WebhookChangeSerializer(WebhookRequestSerializer):
    """What is left out stays as it is."""

    active = serializers.BooleanField(required=False)


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """One event on its way to one webhook, and what came of it."""

    payload = serializers.DictField(read_only=True)

    class Meta:
        model = Delivery
        fields = [
            "id", "event", "event_id", "payload", "state", "attempts", "next_attempt_at", "status_code", "problem",
            "duration_ms", "created_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields
