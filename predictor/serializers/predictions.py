"""Predictions as the API takes and gives them."""

from functools import cached_property
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from movies.models import Movie
from movies.validators import TITLE_MAX_CHARS
from predictor.models import Kind, Prediction, PredictionPart
from predictor.serializers.feedback import FeedbackSerializer

SCORES_FIELD = {"type": "object", "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1}}
MODELS_FIELD = {"type": "object", "additionalProperties": {"type": "string"}}


class PredictionRequestSerializer(serializers.Serializer):
    """A plot, a poster, or both. Their rules are checked by the service that predicts."""

    plot = serializers.CharField(
        required=False, allow_blank=True, trim_whitespace=False, default="", help_text="20 to 20,000 characters."
    )
    poster = serializers.FileField(
        required=False,
        allow_empty_file=True,
        help_text="JPEG, PNG or WebP, up to 10 MB and 40 megapixels; by multipart only.",
    )
    title = serializers.CharField(required=False, allow_blank=True, max_length=TITLE_MAX_CHARS, default="")
    movie = serializers.PrimaryKeyRelatedField(
        queryset=Movie.objects.all(), required=False, allow_null=True, default=None, help_text="A film's number."
    )


class PredictionPartSerializer(serializers.ModelSerializer):
    """What one model version said."""

    model = serializers.CharField(source="version.name", read_only=True)
    genres = serializers.ListField(source="decided", child=serializers.CharField(), read_only=True)
    scores = serializers.SerializerMethodField()

    class Meta:
        model = PredictionPart
        fields = ["kind", "model", "genres", "unsure", "scores"]

    @extend_schema_field(SCORES_FIELD)
    def get_scores(self, part: PredictionPart) -> dict[str, float]:
        """Every genre's calibrated probability."""
        return part.scores


class PredictionSerializer(serializers.ModelSerializer):
    """A stored prediction."""

    poster = serializers.SerializerMethodField()
    genres = serializers.SerializerMethodField()
    scores = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField()
    models = serializers.SerializerMethodField()
    feedback = FeedbackSerializer(many=True, read_only=True)

    class Meta:
        model = Prediction
        fields = [
            "id", "created_at", "origin", "kind", "title", "movie", "plot", "poster", "genres", "unsure", "scores",
            "parts", "models", "duration_ms", "feedback",
        ]  # fmt: skip
        read_only_fields = fields

    @cached_property
    def _part(self) -> PredictionPartSerializer:
        """One for all rows: to build its fields costs more than to fill them."""
        return PredictionPartSerializer()

    @extend_schema_field({"type": "string", "format": "uri", "nullable": True})
    def get_poster(self, prediction: Prediction) -> str | None:
        """Where the poster is, for the same token or session; null without one."""
        if not prediction.poster_file:
            return None
        address: str = reverse("api-prediction-poster", [prediction.pk], request=self.context.get("request"))
        return address

    def get_genres(self, prediction: Prediction) -> list[str]:
        """Names of the decided genres, most likely first."""
        return [row.genre.name for row in prediction.decided_genres.all()]

    @extend_schema_field(SCORES_FIELD)
    def get_scores(self, prediction: Prediction) -> dict[str, float]:
        """Every genre's calibrated probability, of the model that decided."""
        return prediction.scores

    @extend_schema_field(PredictionPartSerializer(many=True))
    def get_parts(self, prediction: Prediction) -> Any:
        """What each model version said: plot first, then poster, then both."""
        parts = sorted(prediction.parts.all(), key=lambda part: Kind.values.index(part.kind))
        return [self._part.to_representation(part) for part in parts]

    @extend_schema_field(MODELS_FIELD)
    def get_models(self, prediction: Prediction) -> dict[str, str]:
        """The names of the model versions by kind."""
        return {part.kind: part.version.name for part in prediction.parts.all()}
