"""Share links as the API takes and gives them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

MOST_DAYS = 365


class ShareRequestSerializer(serializers.Serializer):
    """How much a link shows, and for how long."""

    show_plot = serializers.BooleanField(default=False, help_text="Show how the plot begins.")
    show_poster = serializers.BooleanField(default=False, help_text="Show the small poster.")
    days = serializers.IntegerField(
        default=None,
        allow_null=True,
        min_value=1,
        max_value=MOST_DAYS,
        help_text="After so many days the link stops working; null for never.",
    )


class ShareSerializer(serializers.Serializer):
    """The link of a prediction."""

    url = serializers.SerializerMethodField()
    show_plot = serializers.BooleanField(source="link.show_plot", read_only=True)
    show_poster = serializers.BooleanField(source="link.show_poster", read_only=True)
    created_at = serializers.DateTimeField(source="link.created_at", read_only=True)
    expires_at = serializers.DateTimeField(source="link.expires_at", read_only=True, allow_null=True)

    @extend_schema_field({"type": "string", "format": "uri", "nullable": True})
    def get_url(self, shared: Any) -> str | None:
        """What to give to others; null where the site's key was changed since, so that it cannot be told again."""
        if not shared.path:
            return None
        address: str = self.context["request"].build_absolute_uri(shared.path)
        return address
