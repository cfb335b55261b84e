"""Jobs as the API takes and gives them."""

from rest_framework import serializers

from predictor.models import Job


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
