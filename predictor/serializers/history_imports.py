"""What came of an import of history, as the API says it."""

from rest_framework import serializers

from movies.api_imports import ImportProblemSerializer


class HistorySummarySerializer(serializers.Serializer):
    """What came of an import of history."""

    made = serializers.IntegerField(help_text="Rows whose prediction was not here.")
    completed = serializers.IntegerField(help_text="Rows whose prediction was, and got a correction more.")
    unchanged = serializers.IntegerField()
    corrections = serializers.IntegerField(help_text="Corrections written.")
    without_person = serializers.IntegerField(help_text="Written without a person, for nobody here has the name.")
    without_film = serializers.IntegerField(help_text="Written without their film, which the catalogue does not have.")
    without_version = serializers.IntegerField(help_text="Written with a version that this site does not have.")
    error_count = serializers.IntegerField(source="errors", help_text="Rows that could not be taken.")
    first_errors = ImportProblemSerializer(many=True)
    whole = serializers.BooleanField(help_text="Whether the file could be read to its end.")
