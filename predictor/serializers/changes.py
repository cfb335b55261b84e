"""What changed between model versions, as the API takes and gives it."""

from typing import Any

from rest_framework import serializers

from predictor.models import Feedback


class IntervalField(serializers.ListField):
    """Both ends of a 95 % interval; null where none was measured."""

    child = serializers.FloatField()


class RerunRequestSerializer(serializers.Serializer):
    """Which version is to be asked about what."""

    version = serializers.CharField(max_length=80, help_text="Name of a model version.")
    scope = serializers.ChoiceField(
        choices=["history", "corrections"],
        default="history",
        help_text="Your own predictions, or for reviewers everybody's with an accepted correction.",
    )


class ChangeSerializer(serializers.Serializer):
    """A figure of two versions."""

    name = serializers.CharField(read_only=True)
    support = serializers.IntegerField(read_only=True, allow_null=True, help_text="Test films of a genre.")
    before = serializers.FloatField(read_only=True, allow_null=True)
    after = serializers.FloatField(read_only=True, allow_null=True)
    difference = serializers.FloatField(read_only=True, allow_null=True)
    before_interval = IntervalField(read_only=True, allow_null=True)
    after_interval = IntervalField(read_only=True, allow_null=True)
    verdict = serializers.CharField(
        read_only=True, help_text="`better` or `worse` where the intervals do not touch, else empty."
    )


class FlipSerializer(serializers.Serializer):
    """A prediction for which the two versions decide for other genres."""

    prediction = serializers.IntegerField(source="after.prediction_id", read_only=True)
    title = serializers.CharField(source="after.prediction.title", read_only=True)
    before = serializers.ListField(source="before.genres", child=serializers.CharField(), read_only=True)
    after = serializers.ListField(source="after.genres", child=serializers.CharField(), read_only=True)
    gained = serializers.ListField(child=serializers.CharField(), read_only=True)
    lost = serializers.ListField(child=serializers.CharField(), read_only=True)


class CorrectionsSerializer(serializers.Serializer):
    """How a version does on accepted corrections."""

    version = serializers.CharField(source="version.name", read_only=True)
    checked = serializers.IntegerField(source="answered", read_only=True)
    exact = serializers.SerializerMethodField(help_text="How many it gives exactly.")
    f1 = serializers.FloatField(read_only=True, allow_null=True)

    def get_exact(self, corrections: Any) -> int:
        """How many it gives exactly."""
        return len(corrections.exact)


class ChangedCorrectionSerializer(serializers.ModelSerializer):
    """An accepted correction that one of the two versions gives exactly and the other does not."""

    feedback = serializers.IntegerField(source="pk", read_only=True)
    prediction = serializers.IntegerField(source="prediction_id", read_only=True)
    genres: Any = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)

    class Meta:
        model = Feedback
        fields = ["feedback", "prediction", "genres"]
        read_only_fields = fields


class ComparisonSerializer(serializers.Serializer):
    """Two versions side by side."""

    before = serializers.CharField(source="before.name", read_only=True)
    after = serializers.CharField(source="after.name", read_only=True)
    same_films = serializers.BooleanField(read_only=True, help_text="Whether both were measured on the same films.")
    figures = ChangeSerializer(many=True, read_only=True)
    genres = ChangeSerializer(many=True, read_only=True)
    compared = serializers.IntegerField(read_only=True, help_text="Predictions that both were asked about.")
    flipped = serializers.IntegerField(read_only=True)
    flips = FlipSerializer(source="flip_rows", many=True, read_only=True, help_text="20 a page.")
    corrections = CorrectionsSerializer(many=True, read_only=True)
    now_right = ChangedCorrectionSerializer(many=True, read_only=True)
    now_wrong = ChangedCorrectionSerializer(many=True, read_only=True)


class DriftSerializer(serializers.Serializer):
    """One distribution against that of the test films."""

    index = serializers.FloatField(read_only=True, help_text="Population stability index.")
    noise = serializers.SerializerMethodField(help_text="What chance alone stays below in 95 of 100 cases.")
    level = serializers.ChoiceField(choices=["few", "steady", "moving", "drifted"], read_only=True)

    def get_noise(self, drift: Any) -> float | None:
        """Null where nothing was said at all: JSON has no infinity."""
        return None if drift.noise == float("inf") else float(drift.noise)


class MovedSerializer(serializers.Serializer):
    """A genre's share of all genres said."""

    name = serializers.CharField(read_only=True)
    expected = serializers.FloatField(read_only=True, help_text="In the test films.")
    observed = serializers.FloatField(read_only=True, help_text="In the week.")


class WeekDriftSerializer(serializers.Serializer):
    """A week beside the test films."""

    start = serializers.DateField(read_only=True, help_text="A Monday.")
    films = serializers.IntegerField(source="counts.films", read_only=True)
    drawn = serializers.IntegerField(
        source="counts.drawn", read_only=True, help_text="How many of them were looked at."
    )
    unsure = serializers.FloatField(source="unsure_share", read_only=True, allow_null=True)
    mean_first = serializers.FloatField(
        read_only=True, allow_null=True, help_text="Mean probability of the first guess."
    )
    genres = DriftSerializer(read_only=True, allow_null=True)
    confidence = DriftSerializer(read_only=True, allow_null=True)
    moved = MovedSerializer(many=True, read_only=True)


class DriftReportSerializer(serializers.Serializer):
    """What a version says week by week, beside its test films."""

    version = serializers.CharField(source="version.name", read_only=True)
    split = serializers.CharField(read_only=True, help_text="Which films it was measured on.")
    films = serializers.IntegerField(read_only=True, help_text="How many these were.")
    hit_at_1 = serializers.FloatField(
        read_only=True, allow_null=True, help_text="How often its first guess is right on them."
    )
    weeks = WeekDriftSerializer(many=True, read_only=True)
