"""A person's account and tokens as JSON. Rules are in the services."""

from datetime import timedelta
from typing import Any

from rest_framework import serializers

from genresite.accounts.models import ApiToken, User

MOST_DAYS = 3650


class AccountSerializer(serializers.ModelSerializer[User]):
    """Who I am here."""

    is_reviewer = serializers.BooleanField(read_only=True)

    class Meta:
        model = User
        fields = ["username", "email", "is_reviewer", "is_staff", "date_joined", "last_login"]
        read_only_fields = fields


class ApiTokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A token, without the token itself."""

    expires_at = serializers.DateTimeField(source="expiry", read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(source="created", read_only=True)

    class Meta:
        model = ApiToken
        fields = ["token_key", "name", "read_only", "created_at", "expires_at", "last_used_at"]
        read_only_fields = fields


class NewApiTokenSerializer(ApiTokenSerializer):
    """A new token, and the token itself: the only time that it can be seen."""

    token = serializers.CharField(read_only=True)

    class Meta(ApiTokenSerializer.Meta):
        fields = [*ApiTokenSerializer.Meta.fields, "token"]
        read_only_fields = fields


class ApiTokenRequestSerializer(serializers.Serializer[Any]):
    """A token to make."""

    name = serializers.CharField(max_length=80, help_text="What it is for; used once per person.")
    lifetime_days = serializers.IntegerField(
        min_value=1, max_value=MOST_DAYS, default=90, allow_null=True, help_text="Null: it never stops working."
    )
    read_only = serializers.BooleanField(  # type: ignore[assignment]  # Field.read_only is another thing
        default=False, help_text="Whether it can change nothing."
    )

    def as_wish(self) -> dict[str, Any]:
        """What the service takes."""
        days = self.validated_data["lifetime_days"]
        lifetime = None if days is None else timedelta(days=days)
        return {
            "name": self.validated_data["name"],
            "lifetime": lifetime,
            "read_only": self.validated_data["read_only"],
        }


class PasswordSerializer(serializers.Serializer[Any]):
    """The word that only the person knows."""

    password = serializers.CharField(trim_whitespace=False, max_length=4096, write_only=True)
