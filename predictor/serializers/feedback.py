"""Corrections as the API takes and gives them."""

from rest_framework import serializers

from predictor.models import Feedback


class FeedbackSerializer(serializers.ModelSerializer):
    """What somebody says of a prediction."""

    author = serializers.CharField(source="author.username", default=None, read_only=True, allow_null=True)
    genres = serializers.SerializerMethodField()

    class Meta:
        model = Feedback
        fields = ["id", "prediction", "author", "genres", "note", "state", "created_at", "updated_at", "settled_at"]
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

    state = serializers.ChoiceField(choices=[("accepted", "Accepted"), ("rejected", "Rejected")])
