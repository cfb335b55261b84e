"""Model versions as the API gives them."""

from rest_framework import serializers

from predictor.models import Activation, Kind, ModelVersion


class ModelVersionSerializer(serializers.ModelSerializer):
    """A model version."""

    genres = serializers.ListField(child=serializers.CharField(), read_only=True)
    metrics = serializers.DictField(read_only=True)
    started_from = serializers.CharField(source="parent.name", default=None, read_only=True, allow_null=True)
    comparison = serializers.DictField(
        read_only=True, help_text="How it did beside the version that answered when it was made."
    )

    class Meta:
        model = ModelVersion
        fields = [
            "id", "kind", "name", "recipe", "state", "genres", "metrics", "training_fingerprint", "started_from",
            "comparison", "created_at",
            "activated_at",
        ]  # fmt: skip
        read_only_fields = fields


class NoteSerializer(serializers.Serializer):
    """Why a version is to answer."""

    note = serializers.CharField(required=False, allow_blank=True, max_length=300)


class RollbackSerializer(NoteSerializer):
    """Which kind is to go back, and why."""

    kind = serializers.ChoiceField(choices=Kind.choices)


class ActivationSerializer(serializers.ModelSerializer):
    """That a version began to answer."""

    version = serializers.CharField(source="version.name", read_only=True)
    previous = serializers.CharField(source="previous.name", default=None, read_only=True, allow_null=True)
    person = serializers.CharField(source="person.username", default=None, read_only=True, allow_null=True)

    class Meta:
        model = Activation
        fields = ["id", "kind", "version", "previous", "person", "reason", "note", "created_at"]
        read_only_fields = fields
