"""Batches and their rows as the API takes and gives them."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from predictor.models import Batch, Job, Kind


class BatchRequestSerializer(serializers.Serializer):
    """A file of films, and how its rows are predicted. The file's rules are checked by the service."""

    file = serializers.FileField(
        allow_empty_file=True,
        help_text="CSV or JSON lines with id, plot and poster, or a ZIP of posters with at most one such list.",
    )
    kind = serializers.ChoiceField(
        choices=Kind.choices, required=False, allow_blank=True, default="", help_text="Empty: what each row has."
    )
    version = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=80,
        default="",
        help_text="A model version by name; by default those in use. They answer for every row to the end.",
    )


class BatchSerializer(serializers.ModelSerializer):
    """A file of films and how far it is."""

    owner = serializers.CharField(source="owner.username", read_only=True)
    version = serializers.CharField(source="version.name", default=None, read_only=True, allow_null=True)
    versions = serializers.DictField(
        child=serializers.CharField(), read_only=True, help_text="Kind -> version that answers for every row."
    )
    state = serializers.ChoiceField(source="job.state", choices=Job.State.choices, read_only=True)
    job = serializers.IntegerField(source="job_id", read_only=True)
    total = serializers.IntegerField(source="job.total", read_only=True, help_text="Rows that this run is to predict.")
    done = serializers.IntegerField(source="job.done", read_only=True, help_text="Rows that it has been through.")
    seconds_left = serializers.IntegerField(source="job.seconds_left", read_only=True, allow_null=True)
    failure = serializers.CharField(source="job.failure", read_only=True)
    started_at = serializers.DateTimeField(source="job.started_at", read_only=True, allow_null=True)
    finished_at = serializers.DateTimeField(source="job.finished_at", read_only=True, allow_null=True)
    waits_for_queue = serializers.BooleanField(
        source="job.waits_for_queue",
        read_only=True,
        help_text="The queue could not be reached; the batch starts by itself once it can.",
    )
    url = serializers.SerializerMethodField()
    results = serializers.SerializerMethodField(help_text="Addresses of the result.")

    class Meta:
        model = Batch
        fields = [
            "id", "url", "name", "form", "owner", "kind", "version", "versions", "size_bytes", "state", "job",
            "waits_for_queue", "rows", "total", "done", "failed_rows", "files_ignored", "seconds_left", "failure",
            "created_at", "started_at", "finished_at", "results",
        ]  # fmt: skip
        read_only_fields = fields

    def _address(self, name: str, batch: Batch, *more: str) -> str:
        address: str = reverse(name, [batch.pk, *more], request=self.context.get("request"))
        return address

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, batch: Batch) -> str:
        """Where to look how far it is."""
        return self._address("api-batch-detail", batch)

    @extend_schema_field(
        {
            "type": "object",
            "properties": {name: {"type": "string", "format": "uri"} for name in ("rows", "csv", "jsonl")},
            "required": ["rows", "csv", "jsonl"],
        }
    )
    def get_results(self, batch: Batch) -> dict[str, str]:
        """The rows page by page, and the whole result as a file."""
        files = {form: self._address("api-batch-result", batch, form) for form in ("csv", "jsonl")}
        return {"rows": self._address("api-batch-rows", batch), **files}


class RowErrorSerializer(serializers.Serializer):
    """Why a row could not be predicted."""

    code = serializers.CharField()
    message = serializers.CharField()


class BatchRowSerializer(serializers.Serializer):
    """What came of one row."""

    line = serializers.IntegerField(help_text="The row's line in the file; in a ZIP without a list, its place.")
    id = serializers.SerializerMethodField()
    kind = serializers.CharField(help_text="plot, poster or both; empty for a row that failed.")
    genres = serializers.ListField(child=serializers.CharField())
    unsure = serializers.BooleanField()
    scores = serializers.DictField(child=serializers.FloatField(min_value=0, max_value=1))
    models = serializers.DictField(child=serializers.CharField())
    error = RowErrorSerializer(allow_null=True)

    @extend_schema_field({"oneOf": [{"type": "string"}, {"type": "integer"}], "nullable": True})
    def get_id(self, row: Any) -> str | int | None:
        """The id as the file has it; null where it has none that can be read."""
        value: str | int | None = row.id
        return value
