"""Model versions as the API gives them."""

from rest_framework import serializers

from predictor.models import ModelVersion


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
