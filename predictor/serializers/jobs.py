"""Jobs as the API takes and gives them."""

from typing import Any

from rest_framework import serializers

from predictor.models import Job, Kind


class JobRequestSerializer(serializers.Serializer):
    """What is to be done."""

    kind = serializers.ChoiceField(
        choices=[(kind.value, kind.label) for kind in (Job.Kind.CATALOGUE, Job.Kind.TRAINING, Job.Kind.VECTORS)]
    )
    model_kind = serializers.ChoiceField(
        choices=Kind.choices, required=False, help_text="Of a training: what its model reads."
    )
    recipe = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=40,
        help_text="Of a training: adapt-plot, tfidf-linear, adapt-poster, cnn-scratch or late-fusion; by default the "
        "one that learns from the version in use.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A training names what its model reads; nothing else does."""
        is_training = attrs["kind"] == Job.Kind.TRAINING
        if is_training and "model_kind" not in attrs:
            raise serializers.ValidationError({"model_kind": "A training needs it: plot, poster or both."})
        strange = sorted(set(attrs) - {"kind"}) if not is_training else []
        if strange:
            raise serializers.ValidationError({strange[0]: "Only a training has it."})
        return attrs


class JobSerializer(serializers.ModelSerializer):
    """Slow work and how far it is."""

    requested_by = serializers.CharField(source="requested_by.username", default=None, read_only=True, allow_null=True)
    outcome = serializers.DictField(read_only=True)
    model_kind = serializers.ChoiceField(
        choices=Kind.choices, allow_blank=True, read_only=True, help_text="Of a training: what its model reads."
    )
    version = serializers.CharField(source="version.name", default=None, read_only=True, allow_null=True)
    seconds_left = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="Of the present stage, by its pace so far."
    )

    class Meta:
        model = Job
        fields = [
            "id", "kind", "state", "requested_by", "trigger", "model_kind", "version", "stage", "done", "total",
            "seconds_left", "outcome", "failure", "cancel_requested", "created_at", "started_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields
