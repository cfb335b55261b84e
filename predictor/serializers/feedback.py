"""Corrections as the API takes and gives them."""

from typing import Any

from rest_framework import serializers

from predictor.models import Feedback

VERDICTS = [("accepted", "Accepted"), ("rejected", "Rejected")]


class FeedbackSerializer(serializers.ModelSerializer):
    """What somebody says of a prediction."""

    author = serializers.CharField(source="author.username", default=None, read_only=True, allow_null=True)
    genres = serializers.SerializerMethodField()
    authors_genres = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="The author's own, if a reviewer accepted others."
    )

    class Meta:
        model = Feedback
        fields = [
            "id", "prediction", "author", "genres", "authors_genres", "note", "state", "created_at", "updated_at",
            "settled_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_genres(self, feedback: Feedback) -> list[str]:
        """Names of the genres, alphabetical."""
        return [genre.name for genre in feedback.genres.all()]


class FeedbackRequestSerializer(serializers.Serializer):
    """The genres that are right, all of them."""

    genres = serializers.ListField(
        child=serializers.CharField(allow_blank=True, max_length=80),
        max_length=100,
        help_text="Names, or what other sources call them; at least one.",
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")


class FeedbackVerdictSerializer(serializers.Serializer):
    """A reviewer's word."""

    state = serializers.ChoiceField(choices=VERDICTS)
    genres = serializers.ListField(
        child=serializers.CharField(allow_blank=True, max_length=80),
        max_length=100,
        required=False,
        help_text="To accept it with other genres than the author's.",
    )
    seen = serializers.DateTimeField(
        required=False, help_text="Its `updated_at` as you read it: 409 if its author changed it since."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Only what is accepted can have other genres."""
        if "genres" in attrs and attrs["state"] != Feedback.State.ACCEPTED:
            raise serializers.ValidationError({"genres": "Give genres only to accept a correction with them."})
        return attrs
