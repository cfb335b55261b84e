"""How predictions, feedback, models and jobs look in the API, and what it takes in."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from movies.models import Movie
from movies.validators import TITLE_MAX_CHARS
from predictor.ml.explain import METHODS, OCCLUSION
from predictor.models import Feedback, Job, Kind, ModelVersion, Prediction, PredictionPart

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

    @extend_schema_field(OpenApiTypes.URI)
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
        return PredictionPartSerializer(parts, many=True).data

    @extend_schema_field(MODELS_FIELD)
    def get_models(self, prediction: Prediction) -> dict[str, str]:
        """The names of the model versions by kind."""
        return {part.kind: part.version.name for part in prediction.parts.all()}


class ModelVersionSerializer(serializers.ModelSerializer):
    """A model version."""

    genres = serializers.ListField(child=serializers.CharField(), read_only=True)
    metrics = serializers.DictField(read_only=True)

    class Meta:
        model = ModelVersion
        fields = [
            "id", "kind", "name", "recipe", "state", "genres", "metrics", "training_fingerprint", "created_at",
            "activated_at",
        ]  # fmt: skip
        read_only_fields = fields


class JobRequestSerializer(serializers.Serializer):
    """What is to be done."""

    kind = serializers.ChoiceField(choices=[(Job.Kind.CATALOGUE.value, Job.Kind.CATALOGUE.label)])


class JobSerializer(serializers.ModelSerializer):
    """Slow work and how far it is."""

    requested_by = serializers.CharField(source="requested_by.username", default=None, read_only=True, allow_null=True)
    outcome = serializers.DictField(read_only=True)

    class Meta:
        model = Job
        fields = [
            "id", "kind", "state", "requested_by", "done", "total", "outcome", "failure", "cancel_requested",
            "created_at", "started_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields


class ExplanationRequestSerializer(serializers.Serializer):
    """What to explain. Whether the model knows the genre is checked by the service that explains."""

    genre = serializers.CharField(max_length=80, help_text="A genre of the prediction's scores.")
    method = serializers.ChoiceField(
        choices=METHODS,
        default=OCCLUSION,
        help_text="How the poster's heat map is made: by covering regions (slower, truer) or from the feature map.",
    )


class SpanSerializer(serializers.Serializer):
    """A word or a phrase of the plot."""

    start = serializers.IntegerField(help_text="Characters of the plot before it.")
    end = serializers.IntegerField(help_text="Characters of the plot up to its end.")
    text = serializers.CharField()
    weight = serializers.FloatField(help_text="Natural log-odds that the genre loses without it; below 0 it gains.")
    level = serializers.IntegerField(min_value=0, max_value=3, help_text="How strongly the page marks it.")


class PlotReasonSerializer(serializers.Serializer):
    """What the words of the plot did."""

    model = serializers.CharField(source="version.name")
    spans = SpanSerializer(many=True)


class BoxSerializer(serializers.Serializer):
    """A rectangle in pixels of the poster, the right and the bottom edge not included."""

    left = serializers.IntegerField()
    top = serializers.IntegerField()
    right = serializers.IntegerField()
    bottom = serializers.IntegerField()


class PosterReasonSerializer(serializers.Serializer):
    """Where the poster speaks for the genre."""

    model = serializers.CharField(source="version.name")
    method = serializers.ChoiceField(source="heat.method", choices=METHODS)
    box = BoxSerializer(source="heat.box", help_text="What the cells cover in equal parts.")
    values = serializers.ListField(
        source="rounded_values",
        child=serializers.ListField(child=serializers.FloatField(min_value=0, max_value=1)),
        help_text="Rows of cells from the top left; 1 is what speaks most for the genre.",
    )


class ExplanationSerializer(serializers.Serializer):
    """Why a prediction has a genre."""

    genre = serializers.CharField()
    plot = PlotReasonSerializer(allow_null=True, help_text="Null without a plot, or if its model lacks the genre.")
    poster = PosterReasonSerializer(
        allow_null=True, help_text="Null without a poster, or if its model lacks the genre."
    )
