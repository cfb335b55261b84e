"""Exports as the API takes and gives them."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from predictor.models import Export, Job


class ExportRequestSerializer(serializers.Serializer):
    """What to take out. Who may have what is checked by the service."""

    subject = serializers.ChoiceField(choices=Export.Subject.choices)
    form = serializers.ChoiceField(choices=Export.Form.choices)
    filters = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=300),
        required=False,
        default=dict,
        help_text="How it is narrowed, by the names of the list's own filters.",
    )


class ExportSerializer(serializers.ModelSerializer):
    """A file that is being written, or lies ready."""

    state = serializers.ChoiceField(source="job.state", choices=Job.State.choices, read_only=True)
    done = serializers.IntegerField(source="job.done", read_only=True)
    total = serializers.IntegerField(source="job.total", read_only=True)
    failure = serializers.CharField(source="job.failure", read_only=True)
    filters = serializers.DictField(read_only=True)
    url = serializers.SerializerMethodField()
    file = serializers.SerializerMethodField(help_text="Where the file is; null until it is written.")

    class Meta:
        model = Export
        fields = [
            "id", "url", "subject", "form", "filters", "state", "done", "total", "failure", "size_bytes", "created_at",
            "file",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, export: Export) -> str:
        """Where to look how far it is."""
        address: str = reverse("api-export-detail", [export.pk], request=self.context.get("request"))
        return address

    @extend_schema_field({"type": "string", "format": "uri", "nullable": True})
    def get_file(self, export: Export) -> str | None:
        """Where the file is, for the same token or session."""
        if not export.file:
            return None
        address: str = reverse("api-export-file", [export.pk], request=self.context.get("request"))
        return address
